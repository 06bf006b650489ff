"""Outcomes: a candidate under which agents fare worse holds, whatever it says of their states."""

from __future__ import annotations

from random import Random

import pytest

from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.evidence import Evidence
from rollout.judgement.judge import judge
from rollout.judgement.outcome import LIMIT, LeaseSeen, OutcomeBook, OutcomeName
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.seen import JudgementContext
from understudy import AgentState

BUSY, WAITING, CRASHED, IDLE = AgentState.BUSY, AgentState.WAITING_APPROVAL, AgentState.CRASHED, AgentState.IDLE
LOOK_S = 60.0
LOOKS = 20
"""A lease."""


def watched(
    incumbent: float, candidate: float, *, state: AgentState = WAITING, leases: int = 200, seed: int = 1
) -> OutcomeBook:
    """Leases of one session, by lot of either monitor, in which an agent is in a state for such a share of the time."""
    chance, book, at = Random(seed), OutcomeBook(), 0.0  # noqa: S311 - the same in every run
    for lease in range(leases):
        own = chance.random() < 0.5
        share = candidate if own else incumbent
        for _ in range(LOOKS):
            at += LOOK_S
            states = tuple(state if chance.random() < share else BUSY for _ in range(3))
            book = book.fold([LeaseSeen(f"team@{lease}", own, states)], at)
    return OutcomeBook.model_validate_json(book.model_dump_json())


def holding(book: OutcomeBook) -> set[OutcomeName]:
    return {one.name for one in book.readings() if one.holds}


@pytest.mark.parametrize(
    ("state", "name"),
    [(WAITING, OutcomeName.BLOCKED), (CRASHED, OutcomeName.CRASHED), (IDLE, OutcomeName.IDLE)],
)
def test_a_candidate_that_leaves_agents_in_a_state_for_longer_holds(state: AgentState, name: OutcomeName) -> None:
    assert holding(watched(0.1, 0.4, state=state)) == {name}


def test_one_that_leaves_approvals_unanswered_holds_a_promotion_and_the_sentence_says_by_how_much() -> None:
    seen = JudgementContext(outcomes=watched(0.1, 0.5).readings())
    judgement = judge(Stage.CANARY, Evidence(), seen, DEFAULT_PLAN, 0.0)
    assert judgement.verdict is Verdict.HOLD
    assert any("agents wait for an approval in 5" in reason for reason in judgement.reasons)
    assert not judgement.unsafe


@pytest.mark.parametrize(("incumbent", "candidate"), [(0.3, 0.3), (0.3, 0.1), (0.0, 0.0), (0.3, 0.33)])
def test_one_that_is_no_worse_by_a_fifth_holds_nothing(incumbent: float, candidate: float) -> None:
    for seed in range(20):
        assert holding(watched(incumbent, candidate, leases=120, seed=seed)) == set()


def test_a_candidate_alone_is_compared_with_nothing() -> None:
    book = OutcomeBook()
    for lease in range(10):
        book = book.fold([LeaseSeen(f"team@{lease}", True, (CRASHED,))], lease * 60.0)
    assert book.readings() == ()


def test_a_gap_adds_at_most_five_minutes_and_a_jump_back_none() -> None:
    book = OutcomeBook()
    for at in (0.0, 60.0, 90_000.0, 10.0):
        book = book.fold([LeaseSeen("team@1", False, (BUSY,))], at)
    assert book.running["team@1"].agent_s == 360.0


def test_a_lease_that_changes_hands_counts_for_each_owner_by_itself() -> None:
    book = OutcomeBook()
    for at, own in ((0.0, False), (60.0, False), (120.0, True), (180.0, True), (240.0, True)):
        book = book.fold([LeaseSeen("team@1", own, (CRASHED if own else BUSY,))], at)
    book = book.fold([], 300.0)
    (crashed,) = [one for one in book.readings() if one.name is OutcomeName.CRASHED]
    assert (crashed.incumbent, crashed.candidate) == (0.0, 1.0)


def test_notices_that_change_nothing_are_counted_by_the_reminders_that_follow() -> None:
    book = OutcomeBook()
    for lease in range(120):
        own = bool(lease % 2)
        for look in range(6):
            ordinal = 1 + look // 2 if own else 1
            seen = LeaseSeen(f"team@{lease}", own, (IDLE,), {"%1 idle": ordinal})
            book = book.fold([seen], lease * 600.0 + look * 60.0)
    assert holding(book) == {OutcomeName.FUTILE_NOTICES}


def test_at_the_bound_itself_it_hardly_ever_holds() -> None:
    chance, false = Random(7), 0  # noqa: S311 - the same in every run
    for _ in range(300):
        book = OutcomeBook()
        for lease in range(60):
            own = bool(lease % 2)
            share = 0.36 if own else 0.30
            states = tuple(WAITING if chance.random() < share else BUSY for _ in range(8))
            book = book.fold([LeaseSeen(f"s@{lease}", own, states)], lease * 60.0)
            book = book.fold([LeaseSeen(f"s@{lease}", own, states)], lease * 60.0 + 30.0)
            false += any(one.e_value >= LIMIT for one in book.readings())
    assert false <= 3
