"""From scored spells, bouts, own looks and cycles to what is counted."""

import pytest

from rollout.judgement.enums import ONE_RIGHT, Guardrail, Stage
from rollout.judgement.events import cycle_event, live_check_events, noise_facts, spell_facts
from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.guards import (
    Guard,
    GuardKind,
    confirmed,
    crash_loop,
    guards_that_count,
    missed_crashes,
    sightings,
)
from rollout.judgement.plan import CycleTime
from rollout.loop.analysis import Analysis
from rollout.loop.evidence import facts_of_spells
from shadow.bout import Bout, Excuse
from shadow.differences import Difference, Fingerprint, Severity, Side
from shadow.labels import Label, Referee, Right
from shadow.referee.evidence import evidence_of
from shadow.referee.records import Duty, NamedState, NamingRule, ScoredSpell, Vote
from shadow.strata import events_of, strata_of
from understudy.verdicts import AgentState

IDLE = Side(state=AgentState.IDLE, intents=(("notify_manager:idle", 1),))
BUSY = Side(state=AgentState.BUSY)
CRASHED = Side(state=AgentState.CRASHED, intents=(("notify_manager:crash", 1),))


def difference(incumbent: Side, candidate: Side, *, expected: str | None = None, pid: int = 1) -> Difference:
    fingerprint = Fingerprint.of(incumbent, candidate)
    severity = Severity.ACTION if incumbent.intent_keys != candidate.intent_keys else Severity.STATE
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


def spell(named: NamedState, candidate: Vote, incumbent: Vote, **more: object) -> ScoredSpell:
    return ScoredSpell(
        id="s-1", pane="%1", pid=1, session="team", window="w", agent="claude", began=100.0, ended=130.0, looks=9,
        named=named, rule=NamingRule.CLOCK, candidate=candidate, incumbent=incumbent, **more,
    )  # fmt: skip


def counted(one: ScoredSpell) -> dict[tuple[Guardrail, str | None], bool]:
    evidence_events = [evidence_event for event in evidence_of(one) for evidence_event in spell_facts(event)]
    return {
        (evidence_event.guardrail, evidence_event.stratum): evidence_event.event for evidence_event in evidence_events
    }


def test_a_spell_counts_once_for_the_whole_and_once_in_its_state() -> None:
    found = counted(spell(NamedState.BUSY, Vote.WRONG, Vote.WRONG))
    assert found == {
        (Guardrail.WRONG, None): True,
        (Guardrail.WRONG, "busy"): True,
        (Guardrail.WORSE, None): False,
    }


def test_a_pane_at_rest_counts_for_idle() -> None:
    assert (Guardrail.WRONG, "idle") in counted(spell(NamedState.AT_REST, Vote.RIGHT, Vote.RIGHT))


@pytest.mark.parametrize(("candidate", "event"), [(Vote.RIGHT, False), (Vote.WRONG, True)])
def test_where_one_alone_was_right_it_counts_for_what_is_unsafe_too(candidate: Vote, *, event: bool) -> None:
    incumbent = Vote.WRONG if candidate is Vote.RIGHT else Vote.RIGHT
    found = counted(spell(NamedState.BUSY, candidate, incumbent))
    assert found[Guardrail.WORSE, None] is event
    assert found[Guardrail.WORSE, ONE_RIGHT] is event


def test_a_duty_that_was_missed_is_an_event_without_any_incumbent() -> None:
    found = counted(spell(NamedState.CRASHED, Vote.RIGHT, Vote.UNSCORED, duty=Duty.MISSED))
    assert found[Guardrail.DUTY, None] is True


def test_an_abstention_counts_for_no_guardrail_of_its_own() -> None:
    found = counted(spell(NamedState.BUSY, Vote.ABSTAINED, Vote.UNSCORED))
    assert found == {}


def test_noise_speaks_about_the_incumbent_alone() -> None:
    evidence_events = list(noise_facts(bout(CRASHED, BUSY, excuse=Excuse.NOISE)))
    assert [(evidence_event.guardrail, evidence_event.event) for evidence_event in evidence_events] == [
        (Guardrail.NOISE, True)
    ]
    assert [evidence_event.event for evidence_event in noise_facts(bout(IDLE, IDLE))] == [False]
    assert list(noise_facts(bout(IDLE, IDLE, excuse=Excuse.REPEAT))) == []


@pytest.mark.parametrize(
    ("wall_s", "tmux_s", "slow"),
    [(0.4, 0.1, False), (0.6, 0.1, True), (0.6, None, False), (11.0, 5.0, True), (11.0, None, True)],
)
def test_a_look_is_slow_by_tmuxs_own_cost_in_the_same_look_or_by_the_plan(
    *, wall_s: float, tmux_s: float | None, slow: bool
) -> None:
    evidence_events = list(
        live_check_events("l", 1.0, differs=False, wall_s=wall_s, tmux_s=tmux_s, limits=CycleTime(factor=5.0))
    )
    assert [(evidence_event.guardrail, evidence_event.event) for evidence_event in evidence_events] == [
        (Guardrail.LIVE_MISMATCH, False),
        (Guardrail.CYCLE_TIME, slow),
    ]


def test_a_cycle_that_failed_is_an_event() -> None:
    assert cycle_event("c", 1.0, failed=True) == EvidenceEvent(Guardrail.FAILURE, event=True, subject="c", at=1.0)


KILL = Side(state=AgentState.CRASHED, intents=(("kill_window", 1),))


def test_wanting_to_kill_alone_hits_a_guard_only_over_two_looks() -> None:
    look = sightings([difference(BUSY, KILL)])
    assert confirmed((), look) == ()
    assert [guard.kind for guard in confirmed(look, look)] == [GuardKind.DESTRUCTIVE_KEY]
    assert confirmed(look, ()) == ()


def test_the_guard_has_a_direction() -> None:
    assert not sightings([difference(KILL, BUSY)])
    assert not sightings([difference(KILL, KILL)])


def test_drafts_are_no_hard_guard() -> None:
    draft = Side(state=AgentState.UNSUBMITTED_INPUT, intents=(("submit_draft", 1),))
    assert not sightings([difference(BUSY, draft)])


def test_what_is_expected_or_signed_off_hits_no_guard() -> None:
    deadly = difference(BUSY, KILL)
    assert not sightings([difference(BUSY, KILL, expected="Q3")])
    assert not sightings([deadly], excused={deadly.cluster})
    assert not sightings([deadly], excused_actions={deadly.cluster: {"kill_window"}})


def test_a_decision_excuses_only_the_actions_that_it_was_about() -> None:
    deadly = difference(BUSY, KILL)
    assert sightings([deadly], excused_actions={deadly.cluster: {"notify_manager:crash"}})


def test_another_process_in_the_pane_begins_anew() -> None:
    assert confirmed(sightings([difference(BUSY, KILL)]), sightings([difference(BUSY, KILL, pid=2)])) == ()


def test_crashes_missed_on_two_panes_hit_and_on_one_do_not() -> None:
    assert missed_crashes({}) == ()
    assert missed_crashes({"%1/1": "s-1"}) == ()
    (guard,) = missed_crashes({"%1/1": "s-1", "%2/7": "s-2"})
    assert guard.kind is GuardKind.MISSED_CRASH
    assert guard.spells == ("s-1", "s-2")
    assert "s-1" in guard.text


def test_missed_crashes_hit_the_guard_once_and_later_ones_on_two_panes_hit_it_again() -> None:
    missed = {"%1/1": "s-1", "%2/7": "s-2"}
    before = missed_crashes(missed)
    assert missed_crashes(missed, before) == ()
    assert missed_crashes(missed | {"%1/1": "s-3"}, before) == ()
    (again,) = missed_crashes(missed | {"%1/1": "s-3", "%4/2": "s-4"}, before)
    assert again.spells == ("s-3", "s-4")
    assert "%1/1 (spell s-3), %4/2 (spell s-4)" in again.text


def test_the_same_missed_crashes_hold_a_shadow_for_an_hour_and_later_ones_hold_it_again() -> None:
    """Else a shadow could be promoted an hour after its first two, whatever it missed since."""
    spells = [crash(f"%{pane}", at) for pane, at in ((1, 0.0), (2, 10.0), (1, 4000.0), (2, 4010.0))]
    analysis, held = Analysis(), list[bool]()
    for spell in spells:
        analysis, _ = facts_of_spells(analysis, [spell], spell.ended)
        held.append(bool(guards_that_count(analysis.guards, Stage.SHADOW, spell.ended)))
    assert held == [False, True, False, True]


def crash(pane: str, ended: float) -> ScoredSpell:
    """A crash that the candidate missed."""
    return ScoredSpell(
        id=f"{pane}@{ended}", pane=pane, pid=1, session="s", window="w", agent="claude", began=ended, ended=ended,
        looks=3, named=NamedState.CRASHED, rule=NamingRule.SHELL, incumbent=Vote.RIGHT, candidate=Vote.WRONG,
    )  # fmt: skip


def test_a_crash_loop_is_as_many_failures_in_a_row_as_the_plan_says() -> None:
    assert crash_loop(4, 5) == ()
    assert isinstance(crash_loop(5, 5)[0], Guard)
