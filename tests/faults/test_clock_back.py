"""A clock that goes back holds nothing up longer than the window that was meant."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from faulty_disks import RUNS

from rollout.judgement.chain import Transition
from rollout.judgement.plans import DEMO_PLAN
from rollout.judgement.rollout_status import Request, RequestKind
from rollout.judgement.stages import apply
from rollout.loop.acting.settling import DeliveryEndKind
from rollout.loop.stage_controller import StageController, rollout_status
from rollout.store.flags import FlagsFile
from rollout.store.ledger import Ledger
from tests.loop.worlds import CANDIDATE, INCUMBENT, World, idle, kill, report
from understudy import AgentState

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86400.0
BACK = [2.0, 60.0, 3600.0, DAY, 30 * DAY]


def world(**more: object) -> World:
    return World(now=100 * DAY, can_spawn=True, **more)


@pytest.mark.parametrize("back", BACK)
def test_a_refused_intent_is_tried_again_within_its_window(back: float) -> None:
    here = world(actuator=False)
    here.end(*here.cycle((idle(),)), kind=DeliveryEndKind.REFUSED, why="the pane is in copy mode")
    first_sight = here.cycle((idle(),), after=-back)
    assert first_sight == ()
    assert len(here.cycle((idle(),), after=here.rules.retry_s)) == 1


@pytest.mark.parametrize("back", BACK)
def test_a_question_to_a_person_lasts_no_longer_than_it_was_meant_to(back: float) -> None:
    here = world()
    act = kill()
    for _ in range(200):
        here.cycle((act,))
        if here.book.escalations(here.now):
            break
    (question,) = here.book.escalations(here.now)
    here.cycle((act,), after=-back)
    (asked_again,) = here.book.escalations(here.now)
    assert asked_again.episode == question.episode
    assert asked_again.expires_at <= here.now + here.rules.question_s


@pytest.mark.parametrize("back", BACK)
def test_a_new_owner_is_refused_no_longer_than_at_first(back: float) -> None:
    here = world().with_rules(single_key=frozenset({"kill_window"}))
    here.cycle()
    here.change_stage(CANDIDATE)
    assert here.cycle((), (kill(),)) == ()
    assert here.cycle((), (kill(),), after=-back) == ()
    assert len(here.cycle((), (kill(),), after=here.rules.newcomer_s)) == 1


@pytest.mark.parametrize("back", [3600.0, DAY])
def test_an_intent_of_unknown_age_is_no_agreement_of_the_second_monitor(back: float) -> None:
    here = world()
    crashed = {"%1": AgentState.CRASHED}
    here.cycle((), (kill(),))
    assert here.cycle(report(kill(), states=crashed), (), after=-back) == ()


@pytest.mark.parametrize("back", BACK)
def test_both_keys_at_once_open_the_lock_after_it(back: float) -> None:
    here = world()
    here.cycle((), (kill(),))
    assert len(here.cycle((kill(),), (kill(),), after=-back)) == 1


@pytest.mark.parametrize("back", BACK)
def test_an_episode_goes_over_to_the_owner_within_its_grace(back: float) -> None:
    here = world()
    here.cycle((idle(),), (idle(),))
    here.owner = CANDIDATE
    here.cycle((idle(),), (idle(),))
    here.cycle((idle(),), (idle(),), after=-back)
    here.cycle((idle(),), (idle(),), after=here.rules.grace_s)
    (episode,) = here.book.episodes.values()
    assert episode.holder == CANDIDATE != INCUMBENT


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_standing_intent_is_tried_again_in_time_however_the_clock_jumps(seed: int) -> None:
    chance, here, waited = random.Random(seed), world(actuator=False), 0.0  # noqa: S311 - the same jumps in every run
    for _ in range(100):
        passed, jump = chance.randint(1, 8) / 2, chance.choice([0, 0, 0, 0, 0, 0, -chance.randint(1, 172_800), -3])
        wanted = here.cycle((idle(),), after=passed + jump)
        waited += passed
        if wanted:
            here.end(*wanted, kind=DeliveryEndKind.REFUSED, why="somebody types")
            waited = 0.0
        if jump:  # each may begin the window anew, once
            waited = 0.0
        assert waited <= here.rules.retry_s + 4.0


@pytest.mark.parametrize("back", BACK)
def test_a_move_that_was_left_pending_is_settled(tmp_path: Path, back: float) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    controller = StageController(ledger, FlagsFile(tmp_path / "flags.json"), DEMO_PLAN)
    now = 100 * DAY
    controller.wake(now)
    move = apply(rollout_status(ledger), Request(RequestKind.PROMOTE, "ann", "so", now), DEMO_PLAN)
    assert isinstance(move, Transition)
    controller._add(move, after=rollout_status(ledger).last_hash)
    controller.settle(now - back)
    controller.settle(now - back + 16)
    assert [row.status for row in ledger.transitions()] == ["committed", "undone"]
    ledger.close()
