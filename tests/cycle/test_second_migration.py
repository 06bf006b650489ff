"""A whole second migration: the first candidate, alone since a retirement, is what the next one falls back to."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from crash_driver import PLAN
from private_tmux import private_server

from rollout.judgement.chain import Transition, verify
from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.rollout_status import Refusal, Request, RequestKind
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle_result import CycleResult
from rollout.loop.daemon import StopSignal, loop
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.stage_controller import rollout_status, trail
from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from private_tmux import TmuxServer

    from rollout.loop.runtime import Runtime

pytestmark = pytest.mark.timeout(900)  # eight stages of a real loop, also on a machine that has other things to do
MOST_CYCLES = 1500


@dataclass
class Story:
    """What was seen of both migrations, a fact for each test."""

    trail: tuple[Transition, ...] = ()
    too_early: object = None
    alone: list[CycleResult] = field(default_factory=list)
    off: bool = False
    restored: CycleResult | None = None
    off_after_start: bool = False
    renewed: CycleResult | None = None
    remembered: int = 0
    knew: int = 0
    fallen_back: CycleResult | None = None
    upgraded: CycleResult | None = None


@contextmanager
def runtime(server: TmuxServer, state: Path, incumbent: str, candidate: str) -> Iterator[Runtime]:
    names = (f"clockwork:{incumbent}", f"clockwork:{candidate}")
    with open_runtime(Blueprint(server.address, StateFolder(state), *names, PLAN, act=True, gap_s=0.01)) as built:
        yield built


def cycles(runtime: Runtime, until: Callable[[CycleResult], bool]) -> list[CycleResult]:
    """Run the real loop until a cycle is what is waited for."""
    seen, stop = list[CycleResult](), StopSignal()

    def watch(cycle_result: CycleResult) -> None:
        seen.append(cycle_result)
        if until(cycle_result):
            stop()

    loop(runtime, interval_s=0.05, cycles=MOST_CYCLES, stop=stop, watch=watch)
    assert until(seen[-1]), f"after {len(seen)} cycles: {seen[-1].rollout_status.stage}, {seen[-1].judgement}"
    return seen


def is_promotable_in_production(cycle_result: CycleResult) -> bool:
    judgement = cycle_result.judgement
    return (
        cycle_result.rollout_status.stage is Stage.PRODUCTION
        and judgement is not None
        and judgement.verdict is Verdict.PROMOTABLE
    )


def ask(runtime: Runtime, what: RequestKind, verdict: Verdict | None = None) -> Transition | Refusal:
    return runtime.controller.request(Request(what, "ann", "a test", runtime.clock.now(), verdict=verdict))


def lived(runtime: Runtime, part: MonitorRole) -> dict[str, int]:
    memory = runtime.ledger.memory(part)
    return json.loads(memory.body) or {} if memory else {}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    patch, state = pytest.MonkeyPatch(), tmp_path_factory.mktemp("second") / "state"
    patch.setenv("PYTHONPATH", str(Path(__file__).parent))
    patch.setenv("XDG_RUNTIME_DIR", str(state.parent))
    story = Story()
    with private_server() as server:
        for window in ("pm", "idle-1", "idle-2", "idle-3"):
            server.new_window("sleep 1000", session="team", name=window)
        with runtime(server, state, "First", "Second") as first:
            cycles(first, lambda cycle_result: cycle_result.rollout_status.stage is Stage.PRODUCTION)
            story.too_early = ask(first, RequestKind.RETIRE, Verdict.CONTINUE)
            cycles(first, is_promotable_in_production)
            ask(first, RequestKind.RETIRE, Verdict.PROMOTABLE)
            story.alone = cycles(first, lambda cycle_result: cycle_result.rollout_status.stage is Stage.RETIRED)[-1:]
            story.off = first.hosts[MonitorRole.INCUMBENT].pid is None
            ask(first, RequestKind.RESTORE)
            story.restored = cycles(first, is_promotable_in_production)[-1]
            ask(first, RequestKind.RETIRE, Verdict.PROMOTABLE)
            story.alone += cycles(first, lambda cycle_result: len(cycle_result.reports) == 1)[-1:]
        with runtime(server, state, "First", "Second") as same:
            story.alone += cycles(same, lambda _: True)
            story.off_after_start = same.hosts[MonitorRole.INCUMBENT].pid is None
            story.knew = lived(same, MonitorRole.CANDIDATE)["second"]
        with runtime(server, state, "Second", "Third") as second:
            story.renewed = cycles(second, lambda _: True)[0]
            story.remembered = lived(second, MonitorRole.INCUMBENT)["second"]
            cycles(second, lambda cycle_result: cycle_result.rollout_status.stage is Stage.BETA)
        with runtime(server, state, "Second", "ThirdAgain") as upgraded:
            story.upgraded = cycles(upgraded, lambda _: True)[0]
            cycles(upgraded, is_promotable_in_production)
            ask(upgraded, RequestKind.ROLLBACK)
            story.fallen_back = cycles(upgraded, lambda _: True)[0]
            story.trail = trail(upgraded.ledger)
            assert rollout_status(upgraded.ledger).stage is Stage.SHADOW
    yield story
    patch.undo()


def owners(cycle_result: CycleResult) -> set[MonitorRole]:
    return set(cycle_result.routing.owners.values())


def test_nobody_retires_the_incumbent_before_production_has_shown_enough(story: Story) -> None:
    assert isinstance(story.too_early, Refusal)


def test_a_retired_incumbent_does_not_run_and_is_not_asked(story: Story) -> None:
    assert (story.off, story.off_after_start) == (True, True)
    assert len(story.alone) == 3
    for cycle_result in story.alone:
        assert (set(cycle_result.reports), owners(cycle_result)) == ({MonitorRole.CANDIDATE}, {MonitorRole.CANDIDATE})


def test_a_retirement_that_is_taken_back_brings_both_back_to_production(story: Story) -> None:
    assert story.restored is not None
    assert set(story.restored.reports) == set(MonitorRole)
    assert story.restored.routing.exposure_percent == 100


def test_the_next_version_begins_in_shadow_and_the_first_candidate_is_the_fallback(story: Story) -> None:
    assert story.renewed is not None
    assert (story.renewed.rollout_status.stage, story.renewed.rollout_status.exposure_percent) == (Stage.SHADOW, 0)
    assert owners(story.renewed) == {MonitorRole.INCUMBENT}
    assert story.renewed.reports[MonitorRole.INCUMBENT].monitor == "second"


def test_the_fallback_remembers_what_it_knew_as_a_candidate(story: Story) -> None:
    assert story.remembered > story.knew


def test_a_new_version_in_the_middle_of_beta_proves_itself_from_shadow_on(story: Story) -> None:
    assert story.upgraded is not None
    assert story.upgraded.rollout_status.stage is Stage.SHADOW
    assert "begins in shadow" in story.upgraded.rollout_status.reason
    assert owners(story.upgraded) == {MonitorRole.INCUMBENT}


def test_a_rollback_of_the_second_migration_gives_everything_to_the_first_candidate(story: Story) -> None:
    assert story.fallen_back is not None
    assert owners(story.fallen_back) == {MonitorRole.INCUMBENT}
    assert story.fallen_back.reports[MonitorRole.INCUMBENT].monitor == "second"


def test_the_trail_tells_both_migrations_and_is_whole(story: Story) -> None:
    assert verify(story.trail) == ()
    moves = [(row.request, row.to) for row in story.trail]
    forward = [("promote", "canary"), ("promote", "beta"), ("promote", "production")]
    retired = [("retire", "retired")]
    assert moves == [
        ("begin", "shadow"), *forward, *retired, ("restore", "production"), *retired,
        ("restart", "shadow"), *forward[:2], ("restart", "shadow"), *forward, ("rollback", "shadow"),
    ]  # fmt: skip
