"""The plan: the house's figures, files that change it, and faults that name key and remedy."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rollout.judgement.plan import DEFAULT_PLAN, DEMO_PLAN, Plan
from rollout.judgement.plan_file import BadPlan, find_plan, parse_plan, read_plan
from rollout.judgement.sequential import Tally, needed
from rollout.judgement.words import Guardrail, Stage


@pytest.mark.parametrize("plan", [DEFAULT_PLAN, DEMO_PLAN])
def test_exposure_goes_from_nothing_over_5_and_50_to_all(plan: Plan) -> None:
    stages = (Stage.OFF, Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION, Stage.RETIRED)
    assert [plan.of_stage(stage).exposure_percent for stage in stages] == [0, 0, 5, 50, 100, 100]


def test_in_the_demo_every_bound_takes_27_clean_ones() -> None:
    bounds = [limits.bound for name, limits in DEMO_PLAN.guardrails.items() if name is not Guardrail.CANDIDATE_WRONG]
    bounds += [DEMO_PLAN.strata[name].bound for name in DEMO_PLAN.required_strata]
    assert {needed(bound, DEMO_PLAN.beta, Tally()) for bound in bounds} == {27}


def test_the_demo_requires_the_two_strata_that_its_actors_play() -> None:
    assert DEMO_PLAN.required_strata == ("notice_idle", "notice_crash")


def test_a_plan_is_said_in_a_few_short_lines() -> None:
    for plan in (DEFAULT_PLAN, DEMO_PLAN):
        lines = plan.in_few_lines()
        assert len(lines) <= 9
        assert max(map(len, lines)) < 160
    assert "leases of 5 s" in DEMO_PLAN.in_few_lines()[0]
    assert "shadow 24 h" in "\n".join(DEFAULT_PLAN.in_few_lines())


def test_a_plan_goes_through_json_unharmed() -> None:
    assert Plan.model_validate_json(DEMO_PLAN.model_dump_json()) == DEMO_PLAN


def test_the_fingerprint_changes_with_the_plan_and_with_nothing_else() -> None:
    assert DEMO_PLAN.fingerprint != DEMO_PLAN.model_copy(update={"alpha": 0.02}).fingerprint
    code = "from rollout.judgement.plan import DEMO_PLAN; print(DEMO_PLAN.fingerprint)"
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
        'alpha = 0.02\nsingle_key = ["submit_draft"]\n[guardrails.eyes]\nbudget = 0.002\n'
        "[stages.beta]\nperson = true\n[strata.deploys]\nrequired = true\n"
    )
    plan = read_plan(path)
    assert (plan.name, plan.alpha, plan.single_key) == ("ours", 0.02, {"submit_draft"})
    assert (plan.guardrails[Guardrail.EYES].budget, plan.guardrails[Guardrail.EYES].bound) == (0.002, 0.01)
    assert plan.stages[Stage.BETA].person
    assert plan.stages[Stage.BETA].exposure_percent == 50
    assert "deploys" in plan.required_strata


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
        ("[guardrails.speed]\nbudget = 0.1", ("guardrails.speed",)),
        ("[guardrails.eyes]\nbudget = 0.2", ("guardrails.eyes", "20 %", "make the budget the smaller")),
        ("[stages.canary]\nexposure_percent = 70", ("stages", "never fall")),
        ("[stages.canary]\nexposure_percent = 5.5", ("stages.canary.exposure_percent",)),
        ('single_key = ["press_enter"]', ("single_key", "press_enter")),
        ('coverage = ["asleep"]', ("coverage", "asleep")),
        ("alpha = ", ("TOML", "mend")),
        ('based_on = "theirs"', ("based_on", "'default' or 'demo'")),
        ("guardrails = 3", ("guardrails", "3")),
        ("[guardrails.noise]\nbudget = 0.01", ("guardrails.noise", "signal")),
    ],
)
def test_a_bad_plan_names_the_key_and_what_to_do(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(BadPlan) as caught:
        parse_plan(text, source="plan.toml")
    assert str(caught.value).startswith("plan.toml")
    for word in words:
        assert word in str(caught.value)


def test_a_plan_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="cannot be read as a plan"):
        find_plan(str(tmp_path / "none.toml"))


def test_a_plan_may_stand_in_the_settings_as_a_table() -> None:
    plan = find_plan({"based_on": "demo", "stages": {"canary": {"person": True}}, "signals": {"cpu": 0.2}})
    assert plan.stages[Stage.CANARY].person
    assert (plan.stages[Stage.CANARY].exposure_percent, plan.signals.cpu) == (5, 0.2)
    with pytest.raises(BadPlan, match=r"settings: plan\.stages\.canary\.persn: no such setting"):
        find_plan({"stages": {"canary": {"persn": True}}})
