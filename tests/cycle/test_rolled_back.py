"""Rolled back at 3 a.m. after twenty idle minutes under the candidate: both monitors as they ship, a virtual clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from rollout.loop.acting.actuator_input import ActuatorInput
from rollout.loop.acting.episode import EpisodeBook, Rules
from rollout.loop.acting.episodes import advance
from rollout.loop.acting.handover import hand_over
from rollout.loop.acting.settling import DeliveryEnd, DeliveryEndKind, outcomes, settle
from rollout.loop.monitor_role import MonitorRole
from tmuxio.sources import TapeClock, TapeSource
from understudy import EVERYTHING, Frame, PaneShot, Tape

if TYPE_CHECKING:
    from rollout.loop.acting.deliveries import Delivery
    from understudy import CycleReport

INTERVAL_S = 10.0
IDLE = "● Done, all tests pass.\n\n╭" + "─" * 40 + "╮\n│ >" + " " * 38 + "│\n╰" + "─" * 40 + "╯\n  ? for shortcuts\n"
TEAMS = {"north": ("claude-pm", "claude-dev", "claude-qa"), "south": ("claude-pm", "claude-dev")}


def pane(number: int, session: str, index: int, window: str) -> PaneShot:
    return PaneShot(
        pane=f"%{number}",
        pid=1000 + number,
        session=session,
        session_id=f"${1 + list(TEAMS).index(session)}",
        session_created=1,
        window_id=f"@{number}",
        window_index=index,
        window=window,
        title="✳ Claude Code",
        command="claude",
        processes=("bash", "claude"),
        ansi=IDLE,
    )


PANES = tuple(
    pane(number, session, index, window)
    for number, (session, index, window) in enumerate(
        (session, index, window) for session, windows in TEAMS.items() for index, window in enumerate(windows)
    )
)


@dataclass
class Night:
    """Cycle after cycle on tapes on which nothing ever moves; every touch is made at once."""

    now: float = 1_700_000_000.0
    owner: MonitorRole = MonitorRole.CANDIDATE
    book: EpisodeBook = field(default_factory=EpisodeBook)
    touched: list[Delivery] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.monitors = {MonitorRole.INCUMBENT: LegacyMonitor(), MonitorRole.CANDIDATE: MonitorService()}

    def cycle(self) -> None:
        frames = tuple(Frame(at=self.now - 0.3 * back, panes=PANES) for back in (3, 2, 1, 0))
        tape = Tape(id=f"t-{self.now}", frames=frames)
        reports: dict[str, CycleReport] = {}
        for part, monitor in self.monitors.items():
            source, clock = TapeSource(tape), TapeClock(tape)
            reports[part] = monitor.cycle(tape.id, source, clock, EVERYTHING, outcomes(self.book, part))  # type: ignore[attr-defined]
        self.wanted |= {intent.kind for intent in reports[MonitorRole.INCUMBENT].intents}
        owners = dict.fromkeys(TEAMS, self.owner)
        advanced = advance(self.book, ActuatorInput(self.now, owners, reports, Rules(), can_spawn=True))
        self.touched += advanced.deliveries
        ends = [DeliveryEnd(delivery.id, DeliveryEndKind.DONE, self.now + 1) for delivery in advanced.deliveries]
        self.book = settle(advanced.book, ends, Rules())
        self.now += INTERVAL_S

    def pass_minutes(self, minutes: float) -> None:
        for _ in range(int(minutes * 60 / INTERVAL_S)):
            self.cycle()


@pytest.fixture(scope="module")
def night() -> tuple[Night, list[Delivery]]:
    night = Night()
    night.pass_minutes(20)
    before = len(night.touched)
    night.owner, night.book = MonitorRole.INCUMBENT, hand_over(night.book)
    night.pass_minutes(9.5)
    return night, night.touched[before:]


def test_the_incumbent_would_have_killed(night: tuple[Night, list[Delivery]]) -> None:
    assert "kill_window" in night[0].wanted, "or this night proves nothing"


def test_nothing_is_killed_and_nobody_is_replaced(night: tuple[Night, list[Delivery]]) -> None:
    assert {delivery.kind for delivery in night[0].touched} == {"notify_manager"}


def test_each_manager_gets_one_digest(night: tuple[Night, list[Delivery]]) -> None:
    digests = [delivery.target for delivery in night[1] if delivery.digest]
    assert sorted(str(target) for target in digests) == ["%0", "%3"]


def test_the_digest_comes_before_anything_else_that_the_new_owner_says(night: tuple[Night, list[Delivery]]) -> None:
    first = {delivery.target: delivery for delivery in reversed(night[1])}
    assert all(delivery.digest for delivery in first.values())
