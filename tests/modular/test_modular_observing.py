"""Strategies at work: who is left out is unknown, what stood about it stands, and nothing rests on its old screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawn_fleet import APPROVAL, BUSY, IDLE, SHELL, manager, pane

from modular.service import MonitorService
from understudy import EVERYTHING, CycleReport, Frame, VirtualClock
from understudy.intents import intent_key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from understudy import PaneShot


class StaleSource:
    """Eyes that show of whom nobody asked for the screen that was read last, as those on a live server do."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._read: dict[str, str] = {}
        self.now: dict[str, PaneShot] = {}
        self.trips: list[tuple[str, ...] | None] = []

    def look(self, frames: int = 1, gap_s: float = 0.3, panes: Collection[str] | None = None) -> Sequence[Frame]:
        del gap_s
        self.trips.append(None if panes is None else tuple(panes))
        for name, shot in self.now.items():
            if panes is None or name in panes:
                self._read[name] = shot.ansi
        shown = tuple(shot.model_copy(update={"ansi": self._read.get(name, "")}) for name, shot in self.now.items())
        return [Frame(at=self._clock.now(), panes=shown)] * frames


class Watching:
    def __init__(self) -> None:
        self.clock = VirtualClock(1_000_000.0)
        self.source = StaleSource(self.clock)
        self.service = MonitorService()

    def see(self, *panes: PaneShot, after: float = 10.0) -> CycleReport:
        self.clock.sleep(after)
        self.source.now = {shot.pane: shot for shot in panes}
        self.source.trips.clear()
        return self.service.cycle("c", self.source, self.clock, EVERYTHING, ())


@pytest.fixture
def priority(monkeypatch: pytest.MonkeyPatch) -> Watching:
    """A cold worker and a manager, of whom `priority` looks at the manager alone: at the worker every 30 s."""
    monkeypatch.setenv("UNDERSTUDY_STRATEGY", "priority")
    watching = Watching()
    watching.see(pane("%1"), manager())
    watching.see(pane("%1"), manager(), after=700)
    watching.see(pane("%1"), manager(), after=31)
    return watching


def wishes(report: CycleReport) -> list[tuple[str, int]]:
    return [(intent_key(intent), intent.ordinal) for intent in report.intents]


def test_the_default_looks_at_everybody_in_one_trip() -> None:
    watching = Watching()
    watching.see(pane("%1"), manager())
    watching.see(pane("%1"), manager())
    assert watching.source.trips == [None]


def test_who_was_not_looked_at_is_unknown_since_its_last_look_and_what_stood_stands(priority: Watching) -> None:
    last = priority.clock.now()
    before = wishes(priority.see(pane("%1"), manager(), after=0))
    report = priority.see(pane("%1", BUSY), manager())
    assert priority.source.trips == [("%9",)]
    verdict = report.verdicts["%1"]
    assert (verdict.state, verdict.why.rule, verdict.since) == ("unknown", "strategy.waits", last)
    assert wishes(report) == before, "silence would withdraw it"
    report = priority.see(pane("%1", BUSY), manager(), after=20)
    assert (report.verdicts["%1"].state, wishes(report)) == ("busy", [])


def test_the_memory_carries_since_when_over_the_cycles_in_between(priority: Watching) -> None:
    priority.see(pane("%1"), manager())
    report = priority.see(pane("%1"), manager(), after=20)
    assert (report.verdicts["%1"].state, report.verdicts["%1"].since) == ("idle", 1_000_010.0)


def test_no_reminder_comes_due_on_a_screen_that_was_not_read(priority: Watching) -> None:
    (told,) = wishes(priority.see(pane("%1"), manager(), after=0))
    priority.service._extensions._strategy = Never()
    assert wishes(priority.see(pane("%1"), manager(), after=7200)) == [told]


def test_an_agent_whose_process_is_gone_is_crashed_without_a_look_at_its_screen(priority: Watching) -> None:
    report = priority.see(pane("%1", SHELL, processes=("bash",)), manager())
    assert priority.source.trips == [("%9",)]
    assert (report.verdicts["%1"].state, wishes(report)) == ("crashed", [("notify_manager:crash", 1)])


def test_who_is_new_is_looked_at_whatever_the_plan_says(priority: Watching) -> None:
    report = priority.see(pane("%1"), pane("%2", BUSY), manager())
    assert priority.source.trips == [("%9",), ("%2",)]
    assert report.verdicts["%2"].state == "busy"


def test_polling_reads_one_agent_a_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_STRATEGY", "polling")
    watching = Watching()
    fleet = [pane("%1"), pane("%2", BUSY), manager()]
    watching.see(*fleet)
    report = watching.see(*fleet)
    assert watching.source.trips == [("%1",), ("%2",), ("%9",)]
    assert [verdict.state for verdict in report.verdicts.values()] == ["idle", "busy", "busy"]


def test_a_team_of_which_somebody_waits_is_not_said_to_be_idle(priority: Watching) -> None:
    fleet = pane("%1"), manager(screen=IDLE)
    for _ in range(30):
        priority.see(*fleet)
    told = wishes(priority.see(*fleet, after=31))
    waits = wishes(priority.see(*fleet, after=1))
    assert ("notify_manager:team_idle", 1) in told or ("notify_manager:team_idle", 2) in told
    assert [one for one in waits if one not in told] == [], "nothing new while it waits"


def test_a_lone_pane_is_looked_at_whatever_the_plan_says(priority: Watching) -> None:
    report = priority.see(pane("%1", APPROVAL))
    assert report.verdicts["%1"].state == "waiting_approval", "the guard asks so, before a pane is touched"


class Never:
    name, learns = "never", True

    def plan(self, watched: Sequence[object], now: float, budget: object) -> object:
        del now, budget
        from modular.strategies import Batch, Plan

        first, *others = (agent.pane for agent in watched if agent.pane != "%1")  # type: ignore[attr-defined]
        return Plan((Batch((first, *others)),), ("%1",))
