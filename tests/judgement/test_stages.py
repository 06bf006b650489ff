"""The state machine: which moves are allowed to which actor, and the trail that they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rollout.judgement.chain import Transition, verify
from rollout.judgement.due import due
from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import StagePlan
from rollout.judgement.plans import DEFAULT_PLAN, DEMO_PLAN
from rollout.judgement.rollout_status import (
    HARNESS,
    Refusal,
    RefusalReason,
    Request,
    RequestKind,
    RolloutStatus,
    shown_state,
    status_after,
    stopped,
)
from rollout.judgement.stages import apply, begin

if TYPE_CHECKING:
    from rollout.judgement.plan import Plan

WITH_PERSON = DEMO_PLAN.model_copy(
    update={"stages": DEMO_PLAN.stages | {Stage.CANARY: StagePlan(exposure_percent=5, hours=0, person=True)}}
)
LIVE = [Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION, Stage.RETIRED]


def rollout_status(stage: Stage, **more: object) -> RolloutStatus:
    return RolloutStatus(stage=stage, exposure_percent=DEFAULT_PLAN.of_stage(stage).exposure_percent, **more)


def request(ask: RequestKind, *, actor: str = "ann", reason: str = "because", **more: object) -> Request:
    return Request(ask, actor, reason, at=50.0, **more)


def moved(answer: Transition | Refusal) -> Transition:
    assert isinstance(answer, Transition), answer
    return answer


def refused(answer: Transition | Refusal) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def judgement(verdict: Verdict) -> Judgement:
    return Judgement(verdict=verdict, reasons=("so it is",), rows=())


def test_a_trail_begins_in_shadow_with_nothing_exposed() -> None:
    first = begin(10.0)
    assert (first.from_, first.to, first.exposure_percent, first.actor) == (Stage.OFF, Stage.SHADOW, 0, HARNESS)
    assert verify([first]) == ()


@pytest.mark.parametrize(
    ("stage", "to", "exposure"),
    [(Stage.SHADOW, "canary", 5), (Stage.CANARY, "beta", 50), (Stage.BETA, "production", 100)],
)
def test_what_is_promotable_is_promoted_by_itself(stage: Stage, to: str, exposure: int) -> None:
    asked = due(rollout_status(stage), judgement(Verdict.PROMOTABLE), DEFAULT_PLAN, 60.0, act=True, incumbent_well=True)
    assert asked is not None
    after = moved(apply(rollout_status(stage), asked, DEFAULT_PLAN))
    assert (after.to, after.exposure_percent, after.epoch) == (to, exposure, 1)
    assert after.moves_flag


@pytest.mark.parametrize("verdict", [Verdict.HOLD, Verdict.CONTINUE])
@pytest.mark.parametrize("stage", LIVE)
def test_nothing_moves_by_itself_on_any_other_verdict(stage: Stage, verdict: Verdict) -> None:
    assert due(rollout_status(stage), judgement(verdict), DEFAULT_PLAN, 60.0, act=True, incumbent_well=True) is None


@pytest.mark.parametrize("stage", LIVE)
@pytest.mark.parametrize("more", [{}, {"state": State.PAUSED}, {"frozen": True}])
def test_a_rollback_happens_in_every_state(stage: Stage, more: dict) -> None:
    before = rollout_status(stage, **more)
    asked = due(before, judgement(Verdict.ROLLBACK), DEFAULT_PLAN, 60.0, act=True, incumbent_well=True)
    assert asked is not None
    after = moved(apply(before, asked, DEFAULT_PLAN))
    assert (after.to, after.state, after.exposure_percent) == (Stage.SHADOW, State.ROLLED_BACK, 0)
    assert after.moves_flag  # an operator may have raised the flag by hand
    assert after.frozen == before.frozen


def test_a_rollback_that_is_due_while_the_incumbent_is_ill_freezes() -> None:
    before = rollout_status(Stage.BETA)
    asked = due(before, judgement(Verdict.ROLLBACK), DEFAULT_PLAN, 60.0, act=True, incumbent_well=False)
    assert asked is not None
    after = moved(apply(before, asked, DEFAULT_PLAN))
    assert (after.to, after.frozen, after.exposure_percent, after.request) == (Stage.BETA, True, 50, "freeze")
    frozen = status_after(after, before)
    assert due(frozen, judgement(Verdict.ROLLBACK), DEFAULT_PLAN, 61.0, act=True, incumbent_well=False) is None
    assert due(frozen, judgement(Verdict.ROLLBACK), DEFAULT_PLAN, 62.0, act=True, incumbent_well=True) is not None


def test_a_person_may_roll_back_to_an_ill_incumbent() -> None:
    after = moved(apply(rollout_status(Stage.BETA), request(RequestKind.ROLLBACK, incumbent_well=False), DEFAULT_PLAN))
    assert after.state is State.ROLLED_BACK


def test_after_a_rollback_nothing_moves_until_retry() -> None:
    back = rollout_status(Stage.SHADOW, state=State.ROLLED_BACK)
    for verdict in Verdict:
        assert due(back, judgement(verdict), DEFAULT_PLAN, 60.0, act=True, incumbent_well=True) is None
    for ask in (RequestKind.PROMOTE, RequestKind.APPROVE, RequestKind.RESUME, RequestKind.PAUSE, RequestKind.ROLLBACK):
        refused(apply(back, request(ask, verdict=Verdict.PROMOTABLE), DEFAULT_PLAN))
    again = moved(apply(back, request(RequestKind.RETRY), DEFAULT_PLAN))
    assert (again.to, again.state, again.exposure_percent, again.epoch) == (Stage.SHADOW, State.RUNNING, 0, 1)


def test_an_operator_may_promote_at_their_own_risk_but_not_into_a_rollback() -> None:
    for verdict in (None, Verdict.HOLD, Verdict.CONTINUE, Verdict.PROMOTABLE):
        assert (
            moved(apply(rollout_status(Stage.SHADOW), request(RequestKind.PROMOTE, verdict=verdict), DEFAULT_PLAN)).to
            == "canary"
        )
    no = refused(
        apply(rollout_status(Stage.SHADOW), request(RequestKind.PROMOTE, verdict=Verdict.ROLLBACK), DEFAULT_PLAN)
    )
    assert "understudy why" in no.text


def test_watch_only_the_rollout_stays_in_shadow() -> None:
    no = refused(apply(rollout_status(Stage.SHADOW), request(RequestKind.PROMOTE, act=False), DEFAULT_PLAN))
    assert "--act" in no.text
    tied = due(
        rollout_status(Stage.SHADOW), judgement(Verdict.PROMOTABLE), DEFAULT_PLAN, 60.0, act=False, incumbent_well=True
    )
    assert tied is None


def test_where_the_plan_wants_a_person_only_an_approval_moves_it() -> None:
    before = rollout_status(Stage.CANARY)
    assert due(before, judgement(Verdict.PROMOTABLE), WITH_PERSON, 60.0, act=True, incumbent_well=True) is None
    assert shown_state(before, judgement(Verdict.PROMOTABLE), WITH_PERSON) is State.AWAITING_APPROVAL
    refused(apply(before, request(RequestKind.APPROVE, verdict=Verdict.CONTINUE), WITH_PERSON))
    assert moved(apply(before, request(RequestKind.APPROVE, verdict=Verdict.PROMOTABLE), WITH_PERSON)).to is Stage.BETA


def test_paused_it_is_not_promoted_until_resumed() -> None:
    paused = status_after(
        moved(apply(rollout_status(Stage.CANARY), request(RequestKind.PAUSE), DEFAULT_PLAN)),
        rollout_status(Stage.CANARY),
    )
    assert paused.epoch == 0  # evidence goes on
    asked = due(paused, judgement(Verdict.PROMOTABLE), DEFAULT_PLAN, 60.0, act=True, incumbent_well=True)
    assert asked is None
    assert moved(apply(paused, request(RequestKind.RESUME), DEFAULT_PLAN)).state is State.RUNNING


def test_frozen_it_comes_back_to_the_state_that_it_had() -> None:
    before = rollout_status(Stage.CANARY, state=State.PAUSED)
    frozen = status_after(moved(apply(before, request(RequestKind.FREEZE), DEFAULT_PLAN)), before)
    assert shown_state(frozen, None, DEFAULT_PLAN) is State.FROZEN
    refused(apply(frozen, request(RequestKind.PROMOTE), DEFAULT_PLAN))
    after = status_after(moved(apply(frozen, request(RequestKind.UNFREEZE), DEFAULT_PLAN)), frozen)
    assert (after.state, after.frozen) == (State.PAUSED, False)


def test_a_freeze_and_its_end_leave_the_reason_of_a_pause_alone() -> None:
    canary = rollout_status(Stage.CANARY)
    paused = status_after(moved(apply(canary, request(RequestKind.PAUSE, reason="holiday"), DEFAULT_PLAN)), canary)
    frozen = status_after(moved(apply(paused, request(RequestKind.FREEZE, reason="pager"), DEFAULT_PLAN)), paused)
    after = status_after(moved(apply(frozen, request(RequestKind.UNFREEZE, reason="looked"), DEFAULT_PLAN)), frozen)
    assert ("(pager)" in stopped(frozen), "(holiday)" in stopped(after)) == (True, True)


def test_only_a_person_retires_the_incumbent_and_only_from_a_proven_production() -> None:
    proven = {"verdict": Verdict.PROMOTABLE}
    after = moved(apply(rollout_status(Stage.PRODUCTION), request(RequestKind.RETIRE, **proven), DEFAULT_PLAN))
    assert (after.to, after.exposure_percent) == (Stage.RETIRED, 100)
    refused(apply(rollout_status(Stage.BETA), request(RequestKind.RETIRE, **proven), DEFAULT_PLAN))
    refused(
        apply(rollout_status(Stage.PRODUCTION), request(RequestKind.RETIRE, verdict=Verdict.CONTINUE), DEFAULT_PLAN)
    )
    refused(apply(rollout_status(Stage.PRODUCTION), request(RequestKind.RETIRE, actor=HARNESS, **proven), DEFAULT_PLAN))
    assert (
        "retire"
        in refused(apply(rollout_status(Stage.PRODUCTION), request(RequestKind.PROMOTE, **proven), DEFAULT_PLAN)).text
    )


def test_two_writers_at_once_are_a_conflict() -> None:
    before = rollout_status(Stage.CANARY, revision=7)
    no = refused(apply(before, request(RequestKind.PAUSE, expected_revision=6), DEFAULT_PLAN))
    assert no.why is RefusalReason.CONFLICT
    assert moved(apply(before, request(RequestKind.PAUSE, expected_revision=7), DEFAULT_PLAN)).revision == 8


def test_a_move_without_a_reason_is_refused() -> None:
    no = refused(apply(rollout_status(Stage.CANARY), Request(RequestKind.PAUSE, "ann", "  ", at=1.0), DEFAULT_PLAN))
    assert "--reason" in no.text


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.HOLD, State.HELD),
        (Verdict.CONTINUE, State.RUNNING),
        (Verdict.PROMOTABLE, State.RUNNING),
        (Verdict.ROLLBACK, State.RUNNING),
    ],
)
def test_held_is_how_a_running_one_looks(verdict: Verdict, state: State) -> None:
    assert shown_state(rollout_status(Stage.CANARY), judgement(verdict), DEFAULT_PLAN) is state


def trail() -> list[Transition]:
    rows, now = [begin(1.0)], RolloutStatus()
    now = status_after(rows[0], now)
    for ask in (RequestKind.PROMOTE, RequestKind.PAUSE, RequestKind.RESUME, RequestKind.ROLLBACK, RequestKind.RETRY):
        rows.append(moved(apply(now, request(ask), DEFAULT_PLAN)))
        now = status_after(rows[-1], now)
    return rows


def test_a_whole_trail_has_no_break_also_through_json() -> None:
    rows = [Transition.model_validate_json(row.model_dump_json()) for row in trail()]
    assert verify(rows) == ()


def test_a_row_that_was_changed_taken_out_or_moved_is_found() -> None:
    rows = trail()
    changed = [*rows[:2], rows[2].model_copy(update={"reason": "another"}), *rows[3:]]
    assert "row 3" in verify(changed)[0]
    assert verify([*rows[:2], *rows[3:]])
    assert verify([rows[1], rows[0], *rows[2:]])


def test_the_json_of_a_row_has_the_keys_that_scripts_rely_on() -> None:
    row = begin(1.0).model_dump(mode="json")
    assert {"from", "to", "actor", "reason", "evidence", "flag_revision", "hash", "previous_hash"} <= row.keys()


class Rollouts(RuleBasedStateMachine):
    """Any actor may request anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.rollout_status = RolloutStatus()
        self.rows: list[Transition] = []
        self.plan: Plan = DEFAULT_PLAN

    @initialize(person=st.booleans())
    def start(self, *, person: bool) -> None:
        self.plan = WITH_PERSON if person else DEFAULT_PLAN
        self.commit(begin(1.0))

    def commit(self, row: Transition) -> None:
        self.rows.append(row)
        self.rollout_status = status_after(row, self.rollout_status)

    @rule(
        ask=st.sampled_from(RequestKind),
        verdict=st.none() | st.sampled_from(Verdict),
        actor=st.sampled_from(["ann", HARNESS]),
        act=st.booleans(),
        well=st.booleans(),
    )
    def an_actor_asks(self, *, ask: RequestKind, verdict: Verdict | None, actor: str, act: bool, well: bool) -> None:
        before = self.rollout_status
        asked = Request(ask, actor, "because", 2.0, verdict=verdict, act=act, incumbent_well=well)
        answer = apply(before, asked, self.plan)
        if isinstance(answer, Refusal):
            assert answer.text
            return
        self.commit(answer)
        if answer.to.next is None or answer.exposure_percent > before.exposure_percent:
            assert not before.frozen or answer.exposure_percent <= before.exposure_percent
        if answer.exposure_percent > before.exposure_percent:
            assert act
            assert verdict is not Verdict.ROLLBACK
            assert before.state is State.RUNNING
            if actor == HARNESS:
                assert verdict is Verdict.PROMOTABLE
                assert not self.plan.of_stage(before.stage).person
        if answer.exposure_percent != before.exposure_percent:
            assert answer.moves_flag

    @rule(verdict=st.sampled_from(Verdict), act=st.booleans(), well=st.booleans())
    def a_cycle_passes(self, *, verdict: Verdict, act: bool, well: bool) -> None:
        asked = due(self.rollout_status, judgement(verdict), self.plan, 3.0, act=act, incumbent_well=well)
        if asked is not None:
            self.commit(moved(apply(self.rollout_status, asked, self.plan)))
        if verdict is Verdict.ROLLBACK:
            assert self.rollout_status.state is State.ROLLED_BACK or self.rollout_status.frozen

    @invariant()
    def the_trail_is_whole(self) -> None:
        assert verify(self.rows) == ()

    @invariant()
    def exposure_is_that_of_the_stage(self) -> None:
        assert self.rollout_status.exposure_percent == self.plan.of_stage(self.rollout_status.stage).exposure_percent

    @invariant()
    def rolled_back_means_shadow_with_nothing_exposed(self) -> None:
        if self.rollout_status.state is State.ROLLED_BACK:
            assert (self.rollout_status.stage, self.rollout_status.exposure_percent) == (Stage.SHADOW, 0)

    @invariant()
    def every_move_counts_up(self) -> None:
        assert self.rollout_status.revision == len(self.rows)


TestRollouts = Rollouts.TestCase
