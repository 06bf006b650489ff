"""The plan: the house's figures, files that change it, and faults that name key and remedy."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.events import stratum_of
from rollout.judgement.evidence import Battery, Evidence
from rollout.judgement.plan import NAMED_STATES, Plan
from rollout.judgement.plan_file import BadPlan, find_plan, parse_plan, read_plan
from rollout.judgement.plan_text import plan_lines
from rollout.judgement.plans import DEFAULT_PLAN, DEMO_PLAN
from shadow.referee.records import NamedState
from understudy.verdicts import AgentState


@pytest.mark.parametrize("plan", [DEFAULT_PLAN, DEMO_PLAN])
def test_exposure_goes_from_nothing_over_5_and_50_to_all(plan: Plan) -> None:
    stages = (Stage.OFF, Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION, Stage.RETIRED)
    assert [plan.of_stage(stage).exposure_percent for stage in stages] == [0, 0, 5, 50, 100, 100]


def test_no_proof_of_the_demo_takes_more_than_30_clean_ones() -> None:
    rows = Evidence().table(Battery.of(DEMO_PLAN, Stage.BETA))
    assert max(row.needed for row in rows) <= 30


def test_the_demo_requires_the_states_that_its_actors_play() -> None:
    assert DEMO_PLAN.required_states == ("busy", "idle", "crashed")


def test_the_default_plan_has_the_rates_of_its_design() -> None:
    wrong, worse = DEFAULT_PLAN.guardrails[Guardrail.WRONG], DEFAULT_PLAN.guardrails[Guardrail.WORSE]
    assert (wrong.unsafe, wrong.promote_from(Stage.SHADOW), wrong.limit) == (0.10, 0.08, 400)
    assert [worse.promote_from(stage) for stage in (Stage.SHADOW, Stage.CANARY, Stage.BETA)] == [0.05, 0.03, 0.03]
    for state in DEFAULT_PLAN.states.values():
        assert [state.promote_from(stage) for stage in (Stage.SHADOW, Stage.CANARY, Stage.BETA)] == [0.20, 0.20, 0.10]
        assert (state.unsafe, state.limit) == (0.05, 4000)


def test_a_rate_that_is_unsafe_may_lie_above_the_one_that_promotes() -> None:
    plan = parse_plan("[guardrails.failure]\nunsafe = 0.2\npromote = 0.1")
    assert plan.guardrails[Guardrail.FAILURE].unsafe == 0.2


def test_one_rate_in_a_file_replaces_a_table_of_them() -> None:
    plan = parse_plan("[guardrails.worse]\npromote = 0.04\n[states.crashed]\npromote = 0.3\nrequired = false")
    assert plan.guardrails[Guardrail.WORSE].promote_from(Stage.BETA) == 0.04
    assert plan.states[AgentState.CRASHED].promote_from(Stage.BETA) == 0.3
    assert AgentState.CRASHED not in plan.required_states


def test_a_plan_is_said_in_a_few_short_lines() -> None:
    for plan in (DEFAULT_PLAN, DEMO_PLAN):
        lines = plan_lines(plan)
        assert len(lines) <= 9
        assert max(map(len, lines)) < 160
    assert "leases of 5 s" in plan_lines(DEMO_PLAN)[0]
    assert "shadow 24 h" in "\n".join(plan_lines(DEFAULT_PLAN))


def test_a_plan_goes_through_json_unharmed() -> None:
    assert Plan.model_validate_json(DEMO_PLAN.model_dump_json()) == DEMO_PLAN


def test_the_fingerprint_changes_with_the_plan_and_with_nothing_else() -> None:
    assert DEMO_PLAN.fingerprint != DEMO_PLAN.model_copy(update={"alpha": 0.02}).fingerprint
    code = "from rollout.judgement.plans import DEMO_PLAN; print(DEMO_PLAN.fingerprint)"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2", "3", "4")
    }
    assert said == {DEMO_PLAN.fingerprint}


def test_a_file_says_only_what_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        'alpha = 0.02\nsingle_key = ["submit_draft"]\n[guardrails.live_mismatch]\nunsafe = 0.002\n'
        "[stages.beta]\nperson = true\n[states.unsubmitted_input]\nrequired = true\n"
    )
    plan = read_plan(path)
    assert (plan.name, plan.alpha, plan.single_key) == ("ours", 0.02, {"submit_draft"})
    assert (plan.guardrails[Guardrail.LIVE_MISMATCH].unsafe, plan.guardrails[Guardrail.LIVE_MISMATCH].promote) == (
        0.002,
        0.01,
    )
    assert plan.stages[Stage.BETA].person
    assert plan.stages[Stage.BETA].exposure_percent == 50
    assert AgentState.UNSUBMITTED_INPUT in plan.required_states


def test_a_file_may_be_based_on_the_demo_and_written_in_json(tmp_path: Path) -> None:
    path = tmp_path / "quick.json"
    path.write_text(json.dumps({"based_on": "demo", "lease_s": 10}))
    plan = find_plan(str(path))
    assert (plan.lease_s, plan.settle_after_s) == (10.0, DEMO_PLAN.settle_after_s)


def test_a_setting_may_name_a_plan() -> None:
    assert find_plan("demo") is DEMO_PLAN
    assert find_plan("default") is DEFAULT_PLAN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alpha = 2", ("alpha", "less than 1", "2")),
        ("alhpa = 0.1", ("alhpa", "no such setting")),
        ("[guardrails.speed]\nunsafe = 0.1", ("guardrails.speed",)),
        ("[guardrails.wrong]\nlimit = 50", ("guardrails", "2.6 %", "alpha 1 %", "raise a limit")),
        ("[guardrails.live_mismatch.promote]\nbeta = 0.01", ("guardrails.live_mismatch.promote", "shadow")),
        ("[states.asleep]\nunsafe = 0.1", ("states.asleep",)),
        ("[stages.canary]\nexposure_percent = 70", ("stages", "never fall")),
        ("[stages.canary]\nexposure_percent = 5.5", ("stages.canary.exposure_percent",)),
        ('single_key = ["press_enter"]', ("single_key", "press_enter")),
        ("alpha = ", ("TOML", "correct")),
        ('based_on = "theirs"', ("based_on", "'default' or 'demo'")),
        ("guardrails = 3", ("guardrails", "3")),
        (
            "[states.error]\nunsafe = 0.1",
            ("states.error.required", "never names error", "events", "`required = false`"),
        ),
        ("[states.rate_limited]\nrequired = true", ("states.rate_limited.required", "only events of the CLI itself")),
        (
            "[states.starting]\nrequired = true",
            ("states.starting.required", "count for busy", "require one of busy, idle"),
        ),
        ("[states.unknown]\nrequired = true", ("states.unknown.required", "never names unknown")),
        ("[guardrails.noise]\nunsafe = 0.01", ("guardrails.noise", "signal")),
    ],
)
def test_a_bad_plan_names_the_key_and_what_to_do(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(BadPlan) as caught:
        parse_plan(text, source="plan.toml")
    assert str(caught.value).startswith("plan.toml")
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("state", list(AgentState))
def test_every_state_may_be_watched_without_a_proof(state: AgentState) -> None:
    assert state not in parse_plan(f"[states.{state}]\nrequired = false\nlimit = 1e9").required_states


def test_every_state_that_the_referee_names_may_be_required() -> None:
    named = {stratum_of(one) for one in NamedState}
    for state in sorted(named):
        assert state in parse_plan(f"alpha = 0.02\n[states.{state}]\nrequired = true").required_states
    assert {str(state) for state in NAMED_STATES} == named


def test_a_plan_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="cannot be read as a plan"):
        find_plan(str(tmp_path / "none.toml"))


def test_a_plan_may_stand_in_the_settings_as_a_table() -> None:
    plan = find_plan({"based_on": "demo", "stages": {"canary": {"person": True}}, "signals": {"cpu": 0.2}})
    assert plan.stages[Stage.CANARY].person
    assert (plan.stages[Stage.CANARY].exposure_percent, plan.signals.cpu) == (5, 0.2)
    with pytest.raises(BadPlan, match=r"settings: plan\.stages\.canary\.persn: no such setting"):
        find_plan({"stages": {"canary": {"persn": True}}})
