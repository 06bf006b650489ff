"""The records that all packages share: agents, states, frames, intents, reports, and the Monitor protocol."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.clock import SystemClock, VirtualClock
    from understudy.intents import (
        Escalate,
        Intent,
        Key,
        KillWindow,
        Notice,
        NotifyManager,
        PauseSession,
        SpawnManager,
        SubmitDraft,
    )
    from understudy.outcomes import EVERYTHING, Outcome, Result, Scope
    from understudy.ports import Clock, Monitor, ScreenSource, SessionEntry, WindowEntry, WindowSource
    from understudy.report import CycleReport, Problem, ProblemKind
    from understudy.screens import Frame, PaneShot, Tape
    from understudy.verdicts import AgentRole, AgentState, AgentVerdict, IdleDetail, Why

# Imported when first asked for: `python -m understudy --help` need not wait for pydantic.
_MODULES = {
    "understudy.clock": "SystemClock VirtualClock",
    "understudy.intents": "Escalate Intent Key KillWindow Notice NotifyManager PauseSession SpawnManager SubmitDraft",
    "understudy.outcomes": "EVERYTHING Outcome Result Scope",
    "understudy.ports": "Clock Monitor ScreenSource SessionEntry WindowEntry WindowSource",
    "understudy.report": "CycleReport Problem ProblemKind",
    "understudy.screens": "Frame PaneShot Tape",
    "understudy.verdicts": "AgentRole AgentState AgentVerdict IdleDetail Why",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "EVERYTHING",
    "AgentRole",
    "AgentState",
    "AgentVerdict",
    "Clock",
    "CycleReport",
    "Escalate",
    "Frame",
    "IdleDetail",
    "Intent",
    "Key",
    "KillWindow",
    "Monitor",
    "Notice",
    "NotifyManager",
    "Outcome",
    "PaneShot",
    "PauseSession",
    "Problem",
    "ProblemKind",
    "Result",
    "Scope",
    "ScreenSource",
    "SessionEntry",
    "SpawnManager",
    "SubmitDraft",
    "SystemClock",
    "Tape",
    "VirtualClock",
    "Why",
    "WindowEntry",
    "WindowSource",
]


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        msg = f"module 'understudy' has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
