"""From settled bouts, own looks and cycles to facts."""

import pytest

from contract.verdicts import AgentState
from rollout.judgement.events import Differing, bout_facts, cycle_fact, look_facts, right_or_wrong
from rollout.judgement.evidence import Fact
from rollout.judgement.guards import Guard, GuardKind, confirmed, crash_loop, missed_crashes, sightings
from rollout.judgement.plan import CycleTime
from rollout.judgement.words import Guardrail
from shadow.bout import Bout, Excuse
from shadow.differences import Difference, Fingerprint, Severity, Side
from shadow.labels import Label, Referee, Right
from shadow.strata import Stratum, events_of, strata_of

IDLE = Side(state=AgentState.IDLE, wishes=(("notify_manager:idle", 1),))
BUSY = Side(state=AgentState.BUSY)
CRASHED = Side(state=AgentState.CRASHED, wishes=(("notify_manager:crash", 1),))


def difference(incumbent: Side, candidate: Side, *, expected: str | None = None, pid: int = 1) -> Difference:
    fingerprint = Fingerprint.of(incumbent, candidate)
    severity = Severity.ACTION if incumbent.wants != candidate.wants else Severity.STATE
    if incumbent.state is candidate.state and severity is Severity.STATE:
        severity = Severity.DETAIL
    return Difference(
        pane="%1",
        pid=pid,
        session="team",
        window="w",
        agent="claude",
        severity=severity,
        incumbent=incumbent,
        candidate=candidate,
        fingerprint=fingerprint,
        cluster=fingerprint.cluster,
        expected=expected,
    )


def bout(
    incumbent: Side, candidate: Side, *, right: Right | None = None, excuse: Excuse | None = None, detail: bool = False
) -> Bout:
    differs = incumbent != candidate or detail
    return Bout(
        id="b-1",
        pane="%1",
        pid=1,
        session="team",
        window="w",
        agent="claude",
        began=100.0,
        ended=130.0,
        looks=3,
        agrees=not differs,
        difference=difference(incumbent, candidate) if differs else None,
        fingerprint=Fingerprint.of(incumbent, candidate),
        incumbent=incumbent,
        candidate=candidate,
        strata=strata_of(incumbent, candidate),
        differs_in=events_of(incumbent, candidate),
        label=None if right is None else Label(right=right, by=Referee.HINDSIGHT),
        counts=excuse is None,
        why_not=excuse,
        settled_at=200.0,
    )


def counted(facts: list[Fact], guardrail: Guardrail) -> dict[str | None, bool]:
    return {fact.stratum: fact.event for fact in facts if fact.guardrail is guardrail}


def test_an_agreement_is_clean_in_every_stratum_that_it_is_about() -> None:
    facts = list(bout_facts(bout(IDLE, IDLE)))
    assert counted(facts, Guardrail.ACTION_DIFFERENCE) == {None: False, Stratum.NOTICE_IDLE: False}
    assert counted(facts, Guardrail.CANDIDATE_WRONG) == {}
    assert counted(facts, Guardrail.NOISE) == {None: False}


def test_an_act_that_only_one_wants_is_an_event_of_its_stratum() -> None:
    facts = list(bout_facts(bout(CRASHED, BUSY)))
    assert counted(facts, Guardrail.ACTION_DIFFERENCE) == {
        None: True,
        Stratum.NOTICE_CRASH: True,
        Stratum.BUSY_CALLED_IDLE: False,
        Stratum.CALLED_CRASHED: False,
    }


def test_a_state_that_differs_without_consequence_is_no_difference_of_action() -> None:
    facts = list(bout_facts(bout(BUSY, Side(state=AgentState.IDLE))))
    assert not any(fact.event for fact in facts)


@pytest.mark.parametrize("right", [Right.CANDIDATE, Right.BOTH])
def test_settled_for_the_candidate_it_is_no_event(right: Right) -> None:
    facts = list(bout_facts(bout(CRASHED, BUSY, right=right)))
    assert not any(fact.event for fact in facts)
    assert counted(facts, Guardrail.CANDIDATE_WRONG)[None] is False


@pytest.mark.parametrize("right", [Right.INCUMBENT, Right.NEITHER])
def test_settled_against_the_candidate_it_never_counts_as_clean(right: Right) -> None:
    facts = list(bout_facts(bout(CRASHED, BUSY, right=right)))
    assert counted(facts, Guardrail.ACTION_DIFFERENCE)[Stratum.NOTICE_CRASH] is True
    assert counted(facts, Guardrail.CANDIDATE_WRONG) == {None: True, Stratum.NOTICE_CRASH: True}


@pytest.mark.parametrize("excuse", [Excuse.REPEAT, Excuse.EXPECTED, Excuse.SIGNED_OFF, Excuse.HARNESS])
def test_what_is_excused_is_in_neither_numerator_nor_denominator(excuse: Excuse) -> None:
    assert list(bout_facts(bout(CRASHED, BUSY, right=Right.INCUMBENT, excuse=excuse))) == []


def test_noise_speaks_about_the_incumbent_alone() -> None:
    facts = list(bout_facts(bout(CRASHED, BUSY, excuse=Excuse.NOISE)))
    assert [(fact.guardrail, fact.event) for fact in facts] == [(Guardrail.NOISE, True)]


def test_a_label_that_comes_late_still_says_who_was_right() -> None:
    assert list(right_or_wrong(bout(CRASHED, BUSY))) == []
    late = list(right_or_wrong(bout(CRASHED, BUSY, right=Right.CANDIDATE)))
    assert counted(late, Guardrail.CANDIDATE_WRONG) == {None: False, Stratum.NOTICE_CRASH: False}


def test_details_need_no_referee() -> None:
    assert Differing.of([bout(BUSY, BUSY, detail=True)]).bouts == 0


def test_more_than_half_of_what_differs_must_be_settled() -> None:
    open_one, settled = bout(CRASHED, BUSY), bout(CRASHED, BUSY, right=Right.CANDIDATE)
    assert Differing.of([]).mostly_settled
    assert not Differing.of([open_one, settled]).mostly_settled
    assert Differing.of([open_one, settled, settled]).mostly_settled


@pytest.mark.parametrize(
    ("wall_s", "floor_s", "slow"),
    [(0.4, 0.1, False), (0.6, 0.1, True), (0.6, None, False), (11.0, 5.0, True), (11.0, None, True)],
)
def test_a_look_is_slow_by_the_floor_of_the_same_look_or_by_the_plan(
    *, wall_s: float, floor_s: float | None, slow: bool
) -> None:
    facts = list(look_facts("l", 1.0, differs=False, wall_s=wall_s, floor_s=floor_s, limits=CycleTime(factor=5.0)))
    assert [(fact.guardrail, fact.event) for fact in facts] == [(Guardrail.EYES, False), (Guardrail.CYCLE_TIME, slow)]


def test_a_cycle_that_failed_is_an_event() -> None:
    assert cycle_fact("c", 1.0, failed=True) == Fact(Guardrail.FAILURE, event=True, subject="c", at=1.0)


KILL = Side(state=AgentState.CRASHED, wishes=(("kill_window", 1),))


def test_wanting_to_kill_alone_hits_a_guard_only_over_two_looks() -> None:
    look = sightings([difference(BUSY, KILL)])
    assert confirmed((), look) == ()
    assert [guard.kind for guard in confirmed(look, look)] == [GuardKind.DEADLY_WISH]
    assert confirmed(look, ()) == ()


def test_the_guard_has_a_direction() -> None:
    assert not sightings([difference(KILL, BUSY)])
    assert not sightings([difference(KILL, KILL)])


def test_drafts_are_no_hard_guard() -> None:
    draft = Side(state=AgentState.UNSUBMITTED_INPUT, wishes=(("submit_draft", 1),))
    assert not sightings([difference(BUSY, draft)])


def test_what_is_expected_or_signed_off_hits_no_guard() -> None:
    deadly = difference(BUSY, KILL)
    assert not sightings([difference(BUSY, KILL, expected="Q3")])
    assert not sightings([deadly], excused={deadly.cluster})


def test_another_process_in_the_pane_begins_anew() -> None:
    assert confirmed(sightings([difference(BUSY, KILL)]), sightings([difference(BUSY, KILL, pid=2)])) == ()


def test_a_settled_missed_crash_hits_at_once() -> None:
    hit = missed_crashes([bout(CRASHED, IDLE, right=Right.INCUMBENT)])
    assert [guard.kind for guard in hit] == [GuardKind.MISSED_CRASH]
    assert missed_crashes([bout(CRASHED, IDLE)]) == ()
    assert missed_crashes([bout(CRASHED, IDLE, right=Right.CANDIDATE)]) == ()
    assert missed_crashes([bout(CRASHED, IDLE, right=Right.INCUMBENT, excuse=Excuse.EXPECTED)]) == ()


def test_a_crash_loop_is_as_many_failures_in_a_row_as_the_plan_says() -> None:
    assert crash_loop(4, 5) == ()
    assert isinstance(crash_loop(5, 5)[0], Guard)
