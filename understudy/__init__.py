"""The words that the rooms of Understudy share: agents, states, frames, intents, reports, and the Monitor protocol."""

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
