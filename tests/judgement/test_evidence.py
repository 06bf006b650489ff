"""What is counted where, how the risk is split, and that evidence goes through JSON unharmed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.judgement.evidence import Battery, Evidence, EvidenceKept, Fact
from rollout.judgement.plan import DEFAULT_PLAN, DEMO_PLAN, Plan
from rollout.judgement.words import Guardrail, Stage

FACTS = st.lists(
    st.builds(
        Fact,
        guardrail=st.sampled_from(Guardrail),
        event=st.booleans(),
        stratum=st.sampled_from([None, "draft", "notice_idle", "nowhere"]),
        whole=st.booleans(),
        at=st.none() | st.floats(min_value=0, max_value=2e9),
    ),
    max_size=60,
)


@pytest.mark.parametrize("plan", [DEFAULT_PLAN, DEMO_PLAN])
@pytest.mark.parametrize("stage", [Stage.SHADOW, Stage.CANARY, Stage.BETA])
def test_the_risks_of_all_tests_of_a_stage_add_up_to_alpha(plan: Plan, stage: Stage) -> None:
    battery = Battery.of(plan, stage)
    risks = [1 / process.limit for key, process in battery.processes.items() if key[0] is not Guardrail.NOISE]
    assert sum(risks) == pytest.approx(plan.alpha)


def test_alone_a_guardrail_has_the_whole_alpha() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.CANARY, guardrails={Guardrail.FAILURE}, strata=())
    assert battery.processes[Guardrail.FAILURE, None].limit == pytest.approx(100)


def test_in_production_false_alarms_come_once_in_a_million_over_all_guardrails() -> None:
    processes = Battery.of(DEFAULT_PLAN, Stage.PRODUCTION).processes
    rails = [process for key, process in processes.items() if key[0] is not Guardrail.NOISE]
    assert all(process.open_ended for process in rails)
    assert sum(1 / process.limit for process in rails) == pytest.approx(1e-6)


def test_a_bout_of_two_strata_counts_once_for_the_whole() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    facts = [
        Fact(Guardrail.ACTION_DIFFERENCE, event=True),
        Fact(Guardrail.ACTION_DIFFERENCE, event=True, stratum="draft", whole=False),
        Fact(Guardrail.ACTION_DIFFERENCE, event=False, stratum="approval", whole=False),
    ]
    evidence = Evidence().fold(facts, battery)
    counts = {key[1]: (tally.bouts, tally.events) for key, tally in evidence.tallies.items()}
    assert counts == {None: (1, 1), "draft": (1, 1), "approval": (1, 0)}


def test_a_line_with_a_stratum_counts_for_the_whole_and_for_the_stratum() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence = Evidence().fold([Fact(Guardrail.ACTION_DIFFERENCE, event=False, stratum="draft")], battery)
    assert evidence.of(Guardrail.ACTION_DIFFERENCE).bouts == 1
    assert evidence.of(Guardrail.ACTION_DIFFERENCE, "draft").bouts == 1


def test_fewer_than_five_differing_bouts_need_no_proof_of_who_was_right() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence, needs = Evidence(), []
    for _ in range(6):
        needs.append(battery.row((Guardrail.CANDIDATE_WRONG, None), evidence.of(Guardrail.CANDIDATE_WRONG)).needed)
        evidence = evidence.fold([Fact(Guardrail.CANDIDATE_WRONG, event=True)], battery)
    assert needs[:5] == [0, 0, 0, 0, 0]
    assert needs[5] > 0


def test_five_differing_bouts_all_settled_for_the_candidate_are_proof_enough() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence = Evidence().fold([Fact(Guardrail.CANDIDATE_WRONG, event=False)] * 5, battery)
    assert battery.row((Guardrail.CANDIDATE_WRONG, None), evidence.of(Guardrail.CANDIDATE_WRONG)).needed == 0


def test_only_required_strata_stand_in_the_way() -> None:
    rows = Evidence().table(Battery.of(DEMO_PLAN, Stage.CANARY))
    needed = {row.stratum: row.needed for row in rows if row.guardrail is Guardrail.ACTION_DIFFERENCE and row.needed}
    assert needed == {None: 27, "notice_idle": 27, "notice_crash": 27}


def test_always_wrong_in_one_stratum_is_shown_though_right_everywhere_else() -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence = Evidence()
    for _ in range(40):
        right = [Fact(Guardrail.CANDIDATE_WRONG, event=False)] * 9
        wrong = [Fact(Guardrail.CANDIDATE_WRONG, event=True, stratum="draft")]
        evidence = evidence.fold([*right, *wrong], battery)
    crossed = {(row.guardrail, row.stratum) for row in evidence.table(battery) if row.crossed}
    assert crossed == {(Guardrail.CANDIDATE_WRONG, "draft")}


@given(FACTS, st.integers(min_value=0, max_value=60))
def test_evidence_kept_at_any_point_and_restored_goes_on_as_if_nothing_happened(facts: list[Fact], cut: int) -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    whole = Evidence().fold(facts, battery)
    kept = Evidence().fold(facts[:cut], battery).keep().model_dump_json()
    assert EvidenceKept.model_validate_json(kept).restore().fold(facts[cut:], battery) == whole


@given(FACTS)
def test_every_row_says_what_was_counted(facts: list[Fact]) -> None:
    battery = Battery.of(DEFAULT_PLAN, Stage.SHADOW)
    evidence = Evidence().fold(facts, battery)
    for row in evidence.table(battery):
        counted = [fact for fact in facts if (row.guardrail, row.stratum) in fact.keys]
        assert (row.bouts, row.events) == (len(counted), sum(fact.event for fact in counted))
        assert 0 <= row.spent <= 1
        assert row.events / max(1, row.bouts) <= row.bound <= 1
