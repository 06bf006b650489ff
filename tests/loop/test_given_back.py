"""An action that was given back to the incumbent: its word counts in every session, the candidate's in none."""

from __future__ import annotations

from rollout.judgement.enums import Stage
from rollout.loop.acting.actuator_input import given_back
from tests.loop.worlds import CANDIDATE, World, draft, idle, kill, report

IDLE = frozenset({"notify_manager:idle"})


def at_full_exposure() -> World:
    return World(owner=CANDIDATE)


def test_the_candidates_word_is_ignored_in_its_own_session() -> None:
    world = at_full_exposure()
    assert world.cycle((), (idle(),), given_back=IDLE) == ()
    assert world.cycle((), (idle(),), given_back=IDLE) == ()


def test_the_incumbents_word_counts_in_the_candidates_session() -> None:
    world = at_full_exposure()
    (delivery,) = world.cycle((idle(),), (), given_back=IDLE)
    assert delivery.kind == "notify_manager"
    assert world.cycle((idle(),), (), given_back=IDLE) == ()


def test_other_actions_stay_with_the_owner() -> None:
    world = at_full_exposure().with_rules(single_key=frozenset({"submit_draft"}))
    (delivery,) = world.cycle((idle(),), (draft("%2"),), given_back=frozenset({"notify_manager:crash"}))
    assert delivery.kind == "submit_draft"


def test_the_candidate_is_no_second_key_either() -> None:
    world = at_full_exposure()
    assert world.cycle((kill(),), (kill(),), given_back=frozenset({"kill_window"})) == ()
    assert {delivery.kind for delivery in at_full_exposure().cycle((kill(),), (kill(),))} == {"kill_window"}


def test_what_the_candidate_told_before_is_not_told_again_by_the_incumbent() -> None:
    world = at_full_exposure()
    assert len(world.cycle((idle(),), (idle(),))) == 1
    for _ in range(20):
        assert world.cycle((idle(),), (idle(),), given_back=IDLE, after=30.0) == ()


def test_after_an_operator_has_looked_the_candidates_word_counts_again() -> None:
    world = at_full_exposure()
    assert world.cycle((), (idle(),), given_back=IDLE) == ()
    assert len(world.cycle((), (idle(),))) == 1


def test_where_there_is_no_incumbent_any_more_nothing_is_given_back() -> None:
    assert given_back(IDLE, Stage.PRODUCTION) == IDLE
    assert given_back(IDLE, Stage.RETIRED) == frozenset()


def test_where_the_incumbent_gave_no_report_nothing_is_done() -> None:
    assert at_full_exposure().cycle(None, report(idle()), given_back=IDLE) == ()
