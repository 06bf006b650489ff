"""What one cycle came to."""

from collections.abc import Mapping
from dataclasses import dataclass

from rollout.judgement.chain import Transition
from rollout.judgement.judge import Judgement
from rollout.judgement.rollout_status import RolloutStatus
from rollout.loop.acting.episode import Escalation
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.routing.router import Routing
from shadow.differences import Difference
from understudy.outcomes import Outcome
from understudy.record import instant_text
from understudy.report import CycleReport


def cycle_name(began: float) -> str:
    """Name a cycle by when it began, in seconds since the epoch: names sort as their cycles do."""
    return f"c-{instant_text(began)[:-1].replace(':', '').replace('-', '')}"


@dataclass(frozen=True, slots=True)
class CycleResult:
    """What one cycle came to, for whoever watches. Instants and durations in seconds."""

    cycle: str
    at: float
    wall_s: float
    mode: str
    """`shadow` (both at one tape) or `solo` (each owner for itself)."""
    act: bool
    routing: Routing
    reports: Mapping[MonitorRole, CycleReport]
    problems: Mapping[MonitorRole, str]
    """By part: why it gave no report."""
    differences: tuple[Difference, ...]
    outcomes: tuple[Outcome, ...]
    escalations: tuple[Escalation, ...]
    rollout_status: RolloutStatus
    """Before the transition, if there is one."""
    judgement: Judgement | None
    transition: Transition | None
    pause_s: float
