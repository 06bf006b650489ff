"""Who stood still is left alone, and whoever is left alone would have been said to be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawn_fleet import APPROVAL, BUSY, DRAFT, IDLE, SHELL, DrawnSource, manager, pane
from hypothesis import example, given
from hypothesis import strategies as st

from modular.observing import survey
from modular.observing.survey import Survey
from modular.observing.verdicts import VerdictCache
from modular.reading.classifier import Reading, classify
from modular.rulebook.book import shipped
from modular.service import MonitorService
from understudy import EVERYTHING, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy import PaneShot

NOW = 1_800_000_000.0

looks: dict[str, dict[str, object]] = {
    "idle": {"screen": IDLE},
    "busy": {"screen": BUSY},
    "typing": {"screen": DRAFT},
    "blocked": {"screen": APPROVAL},
    "dead": {"screen": SHELL, "processes": ("bash",)},
    "respawned": {"screen": IDLE, "pid": 77},
    "no agent's": {"screen": "$ ls\n", "processes": ("vim",), "window": "notes"},
    "split": {"screen": IDLE, "window_id": "@50", "window_panes": 2, "active": False},
    "split, no agent's": {
        "screen": "$ ls\n",
        "processes": ("vim",),
        "window_id": "@50",
        "window_panes": 2,
        "active": False,
    },
    "beside": {"screen": "$ ls\n", "processes": ("bash",), "window_id": "@50", "window_panes": 2},
    "attended": {"screen": IDLE, "typed_at": NOW},
    "vanished": {"screen": "", "vanished": True},
}
STILL, GONE = "still", "gone"
happenings = st.lists(
    st.fixed_dictionaries({f"%{number}": st.sampled_from([STILL, STILL, STILL, GONE, *looks]) for number in (1, 2, 3)}),
    min_size=1,
    max_size=12,
)


def drawn(happened: Mapping[str, str], before: Mapping[str, PaneShot]) -> dict[str, PaneShot]:
    """Who stands still is the same object; whoever is drawn is a new one, also where it looks as it did."""
    shots: dict[str, PaneShot] = {}
    for name, what in happened.items():
        if what in looks:
            shots[name] = pane(name, **looks[what])  # type: ignore[arg-type] # drawn by name
        elif what == STILL and name in before:
            shots[name] = before[name]
    return shots


@given(story=happenings)
@example(story=[{"%1": "beside", "%2": "split"}, {"%1": STILL, "%2": "idle"}])
@example(story=[{"%1": "no agent's", "%2": "idle"}, {"%1": STILL, "%2": STILL}, {"%1": "idle", "%2": STILL}])
def test_a_service_that_leaves_alone_who_stood_still_says_what_one_says_that_reads_everybody(
    story: list[dict[str, str]],
) -> None:
    clock, leader = VirtualClock(NOW), manager()
    source, keeping, forgetting = DrawnSource(clock), MonitorService(), MonitorService()
    shots: dict[str, PaneShot] = {}
    for happened in story:
        shots = drawn(happened, shots)
        source.show(leader, *shots.values())
        clock.sleep(10)
        forgetting._survey, forgetting._verdicts = Survey(shipped()), VerdictCache()

        said = [service.cycle("c", source, clock, EVERYTHING, ()) for service in (keeping, forgetting)]

        assert said[0] == said[1]
        assert list(said[0].verdicts) == list(said[1].verdicts)
        assert keeping.memory() == forgetting.memory()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which panes were tracked, look by look."""
    tracked: list[str] = []
    track = survey.track

    def noted(*asked: object) -> object:
        tracked.append(asked[1].shot.pane)  # type: ignore[attr-defined] # a sighting
        return track(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(survey, "track", noted)
    return tracked


def test_of_those_who_stand_still_nobody_is_read_again(read: list[str]) -> None:
    clock, service = VirtualClock(NOW), MonitorService()
    source, still, moving = DrawnSource(clock), pane("%1"), pane("%2", BUSY)
    for number in range(6):
        source.show(still, moving.model_copy(update={"ansi": BUSY.replace("4s", f"{number}s")}), manager())
        clock.sleep(10)
        read.clear()
        service.cycle("c", source, clock, EVERYTHING, ())
    assert read == ["%2", "%9"]  # both were drawn anew


def test_what_prints_beside_an_agent_makes_nobody_in_other_windows_be_read_again(read: list[str]) -> None:
    clock, service = VirtualClock(NOW), MonitorService()
    source, still, split = DrawnSource(clock), pane("%1"), pane("%2", **looks["split"])  # type: ignore[arg-type]
    leader = manager()
    for number in range(6):
        log = pane("%3", f"request {number}\n", processes=("tail",), window_id="@50", window_panes=2)
        source.show(still, split, log, leader)
        clock.sleep(10)
        read.clear()
        service.cycle("c", source, clock, EVERYTHING, ())
    assert read == ["%2"]


def test_a_reading_that_failed_is_tried_again_though_the_pane_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, service = VirtualClock(NOW), MonitorService()
    source = DrawnSource(clock)
    source.show(pane("%1"))

    def failing(*_: object, **__: object) -> Reading:
        raise ArithmeticError

    monkeypatch.setattr("modular.observing.readings.classify", failing)
    for _ in range(4):
        clock.sleep(10)
        assert service.cycle("c", source, clock, EVERYTHING, ()).verdicts["%1"].state == "unknown"
    monkeypatch.setattr("modular.observing.readings.classify", classify)

    clock.sleep(10)
    assert service.cycle("c", source, clock, EVERYTHING, ()).verdicts["%1"].state == "idle"


def test_somebody_elses_memory_is_taken_into_account_at_once() -> None:
    clock, service = VirtualClock(NOW), MonitorService()
    source = DrawnSource(clock)
    source.show(pane("%1"))
    for _ in range(4):
        clock.sleep(10)
        service.cycle("c", source, clock, EVERYTHING, ())
    memory = MonitorService()
    memory.recall(service.memory())
    assert service.cycle("c", source, clock, EVERYTHING, ()).verdicts["%1"].detail == "continuously"

    service.recall(None)  # a first day: nobody knows how long it has been standing still

    assert service.cycle("c", source, clock, EVERYTHING, ()).verdicts["%1"].detail == "newly"
