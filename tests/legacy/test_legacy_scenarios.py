"""Scenarios by our own hand: a folder per case, a world and the exact sequence of what is wanted of whom, and when."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.legacy.player import Play, load, play

CASES = sorted(path.parent for path in (Path(__file__).parent / "scenarios").glob("*/world.toml"))
KINDS = {
    "continuous-idle",
    "fresh-worker",
    "crashed-worker",
    "crashed-manager",
    "missing-agent",
    "idle-team",
    "limit-ahead",
    "limit-passed",
    "limit-stale",
    "draft-never-sent",
    "two-teams-one-manager-lost",
}
LONG = {"limit-ahead", "limit-across-midnight", "limit-stale"}


def world(case: Path) -> dict[str, Any]:
    return load((case / "world.toml").read_text(encoding="utf-8"))


def events(result: Play) -> list[str]:
    until = result.world.script["until_s"]
    acts = sorted((act for act in result.acts if act[0] <= until), key=lambda act: act[0])
    return [f"{t:g} {act} {target or '-'} {detail}".rstrip() for t, act, target, detail in acts]


def test_every_kind_of_scenario_has_a_case() -> None:
    assert {case.name for case in CASES} >= KINDS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_wants_exactly_this_at_exactly_these_times(case: Path) -> None:
    assert events(play(world(case))) == (case / "events.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("agents", [1, 2, 7])
def test_a_cycle_lists_windows_once_for_every_window_and_captures_five_times_an_agent(agents: int) -> None:  # quirk 17
    windows = ["web:0 pm busy", *(f"web:{number} claude-{number} busy" for number in range(1, agents))]
    calls = play({"windows": windows, "until_s": 0.9 * agents + 0.05, "interval_s": 60}).world.calls
    assert calls["list-windows"] == 3 * agents + 2
    # one for limits and four samples an agent, one to find the manager, one to see that the team is not idle
    assert calls["capture-pane"] == 5 * agents + 2


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in LONG], ids=lambda case: case.name)
@given(restarts=st.sets(st.integers(0, 60)))
@examples(max_examples=6)
def test_a_monitor_that_is_started_anew_in_between_goes_on_as_if_nothing_had_been(
    case: Path, restarts: set[int]
) -> None:
    whole, interrupted = play(world(case)), play(world(case), restart=lambda number: number in restarts)
    assert interrupted.reports == whole.reports
    assert interrupted.acts == whole.acts


@pytest.mark.parametrize("case", [case for case in CASES if case.name in LONG], ids=lambda case: case.name)
def test_a_pause_survives_a_restart_before_every_cycle(case: Path) -> None:
    assert play(world(case), restart=lambda _: True).reports == play(world(case)).reports
