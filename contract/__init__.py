"""The words that the rooms of Understudy share: agents, states, frames, intents, reports, and the Monitor protocol."""

from contract.clock import SystemClock, VirtualClock
from contract.intents import (
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
from contract.outcomes import EVERYTHING, Outcome, Result, Scope
from contract.ports import Clock, Eyes, Monitor, SessionSeen, WindowEyes, WindowSeen
from contract.report import CycleReport, Problem, ProblemKind
from contract.screens import Frame, PaneShot, Tape
from contract.verdicts import AgentState, AgentVerdict, IdleDetail, Role, Why

__all__ = [
    "EVERYTHING",
    "AgentState",
    "AgentVerdict",
    "Clock",
    "CycleReport",
    "Escalate",
    "Eyes",
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
    "Role",
    "Scope",
    "SessionSeen",
    "SpawnManager",
    "SubmitDraft",
    "SystemClock",
    "Tape",
    "VirtualClock",
    "Why",
    "WindowEyes",
    "WindowSeen",
]
