"""What is counted where, how the risk is split, and that evidence goes through JSON unharmed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.judgement.enums import ONE_RIGHT, Guardrail, Stage
from rollout.judgement.evidence import Battery, Evidence, EvidenceEvent, StoredEvidence
from rollout.judgement.plan import Plan
from rollout.judgement.plans import DEFAULT_PLAN, DEMO_PLAN
from rollout.judgement.sequential import EventTally, risk_of_version

FACTS = st.lists(
    st.builds(
        EvidenceEvent,
        guardrail=st.sampled_from(Guardrail),
        event=st.booleans(),
        stratum=st.sampled_from([None, "busy", "crashed", "nowhere"]),
        whole=st.booleans(),
        at=st.none() | st.floats(min_value=0, max_value=2e9),
    ),
    max_size=60,
)


@pytest.mark.parametrize("plan", [DEFAULT_PLAN, DEMO_PLAN])
@pytest.mark.parametrize("stage", [Stage.SHADOW, Stage.CANARY, Stage.BETA])
def test_the_risks_of_all_tests_of_a_stage_add_up_to_the_plans_risk_and_to_alpha_at_most(
    plan: Plan, stage: Stage
) -> None:
    battery = Battery.of(plan, stage)
    risks = [
        1 / process.limit
        for key, process in battery.processes.items()
        if key[0] is not Guardrail.NOISE and process.unsafe is not None
    ]
    assert sum(risks) == pytest.approx(plan.risk)
    assert plan.risk <= plan.alpha


def test_in_production_false_alarms_come_less_than_once_in_a_million_over_all_guardrails() -> None:
    processes = Battery.of(DEFAULT_PLAN, Stage.PRODUCTION).processes
    rails = [process for key, process in processes.items() if key[0] is not Guardrail.NOISE]
    assert all(process.open_ended for process in rails)
    assert sum(1 / process.limit for process in rails if process.unsafe is not None) <= 1e-6


def test_a_spell_counts_for_the_whole_and_for_its_state_once_each() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence_events = [
        EvidenceEvent(Guardrail.WRONG, event=True),
        EvidenceEvent(Guardrail.WRONG, event=True, stratum="busy", whole=False),
        EvidenceEvent(Guardrail.WRONG, event=False, stratum="idle", whole=False),
    ]
    evidence = Evidence().fold(evidence_events, battery)
    counts = {key[1]: (tally.bouts, tally.events) for key, tally in evidence.tallies.items()}
    assert counts == {None: (1, 1), "busy": (1, 1), "idle": (1, 0)}


def test_worse_is_proven_over_all_spells_and_unsafe_by_those_in_which_one_alone_was_right() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    whole, one_right = battery.processes[Guardrail.WORSE, None], battery.processes[Guardrail.WORSE, ONE_RIGHT]
    assert (whole.unsafe, whole.promote) == (None, 0.05)
    assert (one_right.unsafe, one_right.promote) == (0.5, None)
    lost = [
        EvidenceEvent(Guardrail.WORSE, event=True),
        EvidenceEvent(Guardrail.WORSE, event=True, stratum=ONE_RIGHT, whole=False),
    ]
    rows = Evidence().fold(lost * 30, battery).table(battery)
    assert {row.stratum for row in rows if row.crossed} == {ONE_RIGHT}


def test_a_line_that_can_only_prove_never_becomes_unsafe() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.PRODUCTION)
    evidence = Evidence().fold([EvidenceEvent(Guardrail.WORSE, event=True)] * 5000, battery)
    row = battery.row((Guardrail.WORSE, None), evidence.of(Guardrail.WORSE))
    assert (row.crossed, row.crossed_now, row.spent) == (False, False, 0.0)


def test_an_incumbent_that_hardly_acts_rightly_needs_no_proof_that_the_candidate_does_too() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence, needs = Evidence(), []
    for _ in range(6):
        needs.append(battery.row((Guardrail.TOLD, None), evidence.of(Guardrail.TOLD)).needed)
        evidence = evidence.fold([EvidenceEvent(Guardrail.TOLD, event=True)], battery)
    assert needs[:5] == [0, 0, 0, 0, 0]
    assert needs[5] > 0


def test_a_state_that_is_not_required_or_is_waived_stands_in_no_way() -> None:
    def in_the_way(waived: frozenset[str] = frozenset()) -> set[str | None]:
        battery = Battery.of(DEMO_PLAN, Stage.CANARY, waived=waived)
        return {row.stratum for row in Evidence().table(battery) if row.guardrail is Guardrail.WRONG and row.needed}

    assert in_the_way() == {None, "busy", "idle", "crashed"}
    assert in_the_way(frozenset({"crashed"})) == {None, "busy", "idle"}


def test_leaving_beta_takes_more_spells_of_each_state_than_leaving_shadow() -> None:
    needs = [
        Battery.of(DEFAULT_PLAN, stage).row((Guardrail.WRONG, "crashed"), EventTally()).needed
        for stage in (Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION)
    ]
    assert needs[0] == needs[1] < needs[2] == needs[3]


def test_every_later_version_of_a_candidate_must_prove_more() -> None:
    needs = [
        Battery.of(DEFAULT_PLAN, Stage.SHADOW, version=version).row((Guardrail.WRONG, "busy"), EventTally()).needed
        for version in range(1, 15)
    ]
    assert needs == sorted(needs)
    assert needs[0] < needs[1] < needs[4] < needs[13]


@given(st.integers(min_value=1, max_value=400))
def test_all_versions_together_spend_no_more_than_the_promotion_risk(versions: int) -> None:
    assert sum(risk_of_version(0.05, number) for number in range(1, versions + 1)) <= 0.05 + 1e-12


def test_always_wrong_in_one_state_is_shown_though_right_everywhere_else() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence = Evidence()
    for _ in range(12):
        right = [EvidenceEvent(Guardrail.WRONG, event=False)] * 19
        wrong = [EvidenceEvent(Guardrail.WRONG, event=True, stratum="crashed")]
        evidence = evidence.fold([*right, *wrong], battery)
    crossed = {(row.guardrail, row.stratum) for row in evidence.table(battery) if row.crossed}
    assert crossed == {(Guardrail.WRONG, "crashed")}


def test_clean_spells_take_back_what_is_shown_now_and_leave_what_was_ever_shown() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence = Evidence().fold([EvidenceEvent(Guardrail.WRONG, event=True)] * 8, battery)
    before = battery.row((Guardrail.WRONG, None), evidence.of(Guardrail.WRONG))
    evidence = evidence.fold([EvidenceEvent(Guardrail.WRONG, event=False)] * 200, battery)
    after = battery.row((Guardrail.WRONG, None), evidence.of(Guardrail.WRONG))
    assert (before.crossed, before.crossed_now) == (True, True)
    assert (after.crossed, after.crossed_now) == (True, False)


@given(FACTS, st.integers(min_value=0, max_value=60))
def test_evidence_kept_at_any_point_and_restored_goes_on_as_if_nothing_happened(
    evidence_events: list[EvidenceEvent], cut: int
) -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    whole = Evidence().fold(evidence_events, battery)
    kept = Evidence().fold(evidence_events[:cut], battery).keep().model_dump_json()
    assert StoredEvidence.model_validate_json(kept).restore().fold(evidence_events[cut:], battery) == whole


@given(FACTS)
def test_every_row_says_what_was_counted(evidence_events: list[EvidenceEvent]) -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence = Evidence().fold(evidence_events, battery)
    for row in evidence.table(battery):
        counted = [
            evidence_event
            for evidence_event in evidence_events
            if (row.guardrail, row.stratum) in evidence_event.counted_in
        ]
        assert (row.bouts, row.events) == (len(counted), sum(evidence_event.event for evidence_event in counted))
        assert 0 <= row.spent <= 1
        assert row.events / max(1, row.bouts) <= row.bound <= 1
