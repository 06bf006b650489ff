"""The gate's judgement, rule by rule: what passes, what does not, and that nothing passes without proof."""

from __future__ import annotations

import json
import random

import pytest
from bench_files import ROUNDS, SIZES, bench, document, fleet, noisy, rules
from hypothesis import given
from hypothesis import strategies as st

from rollout.judgement.gate import (
    BadBench,
    BadGate,
    GateFinding,
    GateVerdict,
    judge,
    ratios,
    read_measured,
    read_ratios,
    read_rules,
)
from rollout.judgement.gate.paired import compare

INCUMBENT = 'rule = "ratio", of = "candidate", to = "incumbent", at_most = 1.0'
FLOOR = 'rule = "ratio", of = "candidate", to = "tmux", at_most = 3.0'
GROWTH = 'rule = "growth", of = "candidate", at_most = 1.1'
BUDGET = 'rule = "budget", of = "candidate"'
REGRESSION = 'rule = "regression", of = "candidate", to = "tmux", at_most = 1.25'


def found(bench_text: str, *rows: str, head: str = "", baseline: str | None = None) -> tuple[GateFinding, ...]:
    gate = read_rules(rules(*rows, head=head), "pyproject.toml")
    then = None if baseline is None else read_ratios(baseline, gate.group, "ratios.json")
    return judge(read_measured(bench_text, gate.group, "bench.json"), gate, then)


def verdicts(findings: tuple[GateFinding, ...]) -> list[GateVerdict]:
    return [finding.verdict for finding in findings]


def test_a_candidate_that_is_faster_keeps_every_rule() -> None:
    stored = json.dumps({"ratios": [{"of": "candidate", "to": "tmux", "agents": n, "ratio": 2.0} for n in SIZES]})
    findings = found(fleet(), INCUMBENT, FLOOR, GROWTH, BUDGET, REGRESSION, baseline=stored)
    assert set(verdicts(findings)) == {GateVerdict.PASSED}
    assert len(findings) == 4 * len(SIZES) + 1


def test_slower_than_the_incumbent_is_shown_with_figure_and_bound() -> None:
    finding, *_ = found(fleet(incumbent=0.5, rounds=400), INCUMBENT)
    assert finding.verdict is GateVerdict.FAILED
    assert finding.figure == pytest.approx(2.0, rel=0.1)
    assert finding.bound == 1.0
    assert "20 of 20 blocks" in finding.says


def test_over_the_floors_multiple_is_a_failure_at_the_size_where_it_is() -> None:
    findings = found(fleet({50: 0.2}, rounds=400), FLOOR)
    assert verdicts(findings) == [GateVerdict.PASSED, GateVerdict.PASSED, GateVerdict.FAILED, GateVerdict.PASSED]


def test_time_that_grows_faster_than_the_agents_is_a_failure() -> None:
    (finding,) = found(fleet({n: n * n / 10_000 for n in SIZES}), GROWTH)
    assert finding.verdict is GateVerdict.FAILED
    assert finding.figure == pytest.approx(2.0, abs=0.05)


def test_growth_against_the_floor_is_not_fooled_by_a_machine_that_got_busier() -> None:
    busy = {10: 1.0, 25: 3.0, 50: 6.0, 100: 9.0}
    body = json.loads(fleet())
    for one in body["benchmarks"]:
        times = busy[one["params"]["agents"]]
        one["stats"]["data"] = [times * second for second in one["stats"]["data"]]
        one["extra_info"]["paired"]["tmux"] = [times * second for second in one["extra_info"]["paired"]["tmux"]]
    against = 'rule = "growth", of = "candidate", to = "tmux", at_most = 0.2'
    assert verdicts(found(json.dumps(body), GROWTH)) == [GateVerdict.FAILED]
    assert verdicts(found(json.dumps(body), against)) == [GateVerdict.PASSED]
    assert verdicts(found(fleet({n: n * n / 10_000 for n in SIZES}), against)) == [GateVerdict.FAILED]


@pytest.mark.parametrize(("agents", "seconds"), [(10, 0.5), (25, 1.0), (50, 2.0), (100, 5.0)])
def test_the_budgets_are_those_of_the_source_documents(agents: int, seconds: float) -> None:
    over = {finding.subject: finding for finding in found(fleet({agents: seconds * 1.2}), BUDGET)}
    under = {finding.subject: finding for finding in found(fleet({agents: seconds * 0.8}), BUDGET)}
    name = f"candidate, {agents} agents"
    assert (over[name].verdict, over[name].bound) == (GateVerdict.FAILED, seconds)
    assert under[name].verdict is GateVerdict.PASSED


def test_a_ratio_that_went_up_against_the_stored_one_is_a_failure() -> None:
    gate = read_rules(rules(REGRESSION), "p")
    stored = json.dumps({"ratios": ratios(read_measured(fleet(), gate.group, "b"), gate)})
    assert set(verdicts(found(fleet(), REGRESSION, baseline=stored))) == {GateVerdict.PASSED}
    assert set(verdicts(found(fleet(tmux=0.35), REGRESSION, baseline=stored))) == {GateVerdict.FAILED}
    assert set(verdicts(found(fleet(tmux=0.35), REGRESSION, baseline=fleet()))) == {GateVerdict.FAILED}


def test_a_machine_that_is_slower_altogether_is_no_regression() -> None:
    slow = json.loads(fleet())
    for one in slow["benchmarks"]:
        one["stats"]["data"] = [5 * second for second in one["stats"]["data"]]
        one["extra_info"]["paired"] = {k: [5 * s for s in v] for k, v in one["extra_info"]["paired"].items()}
    assert set(verdicts(found(json.dumps(slow), REGRESSION, baseline=fleet()))) == {GateVerdict.PASSED}


@pytest.mark.parametrize("row", [INCUMBENT, FLOOR, GROWTH, BUDGET, REGRESSION])
def test_a_group_that_is_missing_does_not_pass(row: str) -> None:
    findings = found(document(), row, baseline=fleet())
    assert findings
    assert set(verdicts(findings)) == {GateVerdict.MISSING}
    assert "was not measured in the group cycle" in findings[0].says


@pytest.mark.parametrize("row", [INCUMBENT, GROWTH, BUDGET, REGRESSION])
def test_one_size_that_is_missing_does_not_pass(row: str) -> None:
    body = json.loads(fleet())
    del body["benchmarks"][1]
    assert GateVerdict.MISSING in verdicts(found(json.dumps(body), row, baseline=fleet()))


@pytest.mark.parametrize("row", [INCUMBENT, GROWTH, BUDGET, REGRESSION])
def test_too_few_rounds_do_not_pass(row: str) -> None:
    findings = found(fleet(rounds=ROUNDS - 1), row, baseline=fleet())
    assert set(verdicts(findings)) == {GateVerdict.MISSING}
    assert f"has {ROUNDS - 1} rounds, and {ROUNDS} are the fewest" in findings[0].says


def test_enough_rounds_for_the_rules_and_too_few_for_a_proof_are_undecided() -> None:
    findings = found(fleet(rounds=60), INCUMBENT, head="rounds = 60")
    assert set(verdicts(findings)) == {GateVerdict.UNDECIDED}
    assert "5 within it would have shown" in findings[0].says


def test_eleven_blocks_over_the_bound_are_a_failure_and_ten_are_not_yet() -> None:
    for blocks, verdict in ((10, GateVerdict.UNDECIDED), (11, GateVerdict.FAILED)):
        findings = found(fleet(incumbent=0.5, rounds=20 * blocks), INCUMBENT)
        assert set(verdicts(findings)) == {verdict}


def test_without_a_baseline_a_regression_rule_does_not_pass() -> None:
    findings = found(fleet(), REGRESSION)
    assert set(verdicts(findings)) == {GateVerdict.MISSING}
    assert "name a baseline" in findings[0].says


def test_one_disturbed_block_in_ten_decides_nothing() -> None:
    ours, theirs = noisy(1.0, 200), noisy(2.0, 200, seed=2)
    ours[40:60] = [9.0] * 20
    shown = compare(ours, theirs, 1.0, block=20, alpha=0.01, beta=0.05)
    assert (shown.verdict, shown.over, shown.blocks) == (GateVerdict.PASSED, 1, 10)


def test_what_disturbs_a_pair_disturbs_no_ratio() -> None:
    chance = random.Random(3)  # noqa: S311 - the same in every run
    weather = [chance.lognormvariate(0, 1) for _ in range(200)]
    ours = [0.9 * factor for factor in weather]
    assert compare(ours, weather, 1.0, block=20, alpha=0.01, beta=0.05).verdict is GateVerdict.PASSED


def verdict_at_the_bound(seed: int, ratio: float, block: int = 20) -> GateVerdict:
    """Judge rounds whose noise lasts from one to the next (AR .7), at a true ratio against a bound of 1.05."""
    chance, level, logs = random.Random(seed), 0.0, []  # noqa: S311 - seeded
    for _ in range(600):
        level = 0.7 * level + chance.gauss(0, 0.05)
        logs.append(level)
    ours = [ratio * 2.718281828**noise for noise in logs]
    return compare(ours, [1.0] * 600, 1.05, block=block, alpha=0.01, beta=0.05).verdict


def test_at_the_bound_hardly_anything_is_failed_and_well_over_it_hardly_anything_passes() -> None:
    at_bound = [verdict_at_the_bound(seed, 1.05) for seed in range(300)]
    assert at_bound.count(GateVerdict.FAILED) <= 300 * 0.01 + 3 * (300 * 0.01 * 0.99) ** 0.5
    by_rounds = [verdict_at_the_bound(seed, 1.05, block=1) for seed in range(300)]
    assert by_rounds.count(GateVerdict.FAILED) > 100  # why there are blocks
    counts = f"{by_rounds.count(GateVerdict.FAILED)} by rounds, {at_bound.count(GateVerdict.FAILED)} by blocks"
    print(f"failed at the bound, of 300: {counts}")  # noqa: T201 - a figure for docs/gate.md, seen with -rP
    over = [verdict_at_the_bound(seed, 1.15) for seed in range(300)]
    assert over.count(GateVerdict.PASSED) == 0
    assert over.count(GateVerdict.FAILED) >= 290


@given(st.lists(st.floats(1e-6, 1e3), min_size=20, max_size=60), st.floats(1.01, 50))
def test_no_stream_of_rounds_over_the_bound_ever_passes(to: list[float], times: float) -> None:
    of = [times * one for one in to]
    shown = compare(of, to, 1.0, block=4, alpha=0.01, beta=0.05)
    assert shown.verdict is not GateVerdict.PASSED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no JSON"),
        ("[]", "is no benchmark file"),
        ('{"benchmarks": 3}', "has no benchmarks in it"),
        (document({"group": "cycle", "name": "x", "stats": {"data": [1.0]}}), "does not say of what it is"),
        (document(bench([0.0], 10)), "a round is no number of seconds above 0"),
        (document(bench(["fast"], 10)), "a round is no number"),  # type: ignore[list-item]  # that is the point
        (document(bench([1.0], 10), bench([1.0], 10)), "was measured twice"),
        (document({**bench([1.0], 10), "stats": {"median": 1.0}}), "only their summary"),
    ],
)
def test_a_file_that_cannot_be_judged_is_a_sentence(text: str, says: str) -> None:
    with pytest.raises(BadBench, match=says):
        read_measured(text, "cycle", "bench.json")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool", "is no TOML"),
        ("", r"put them under \[tool.understudy.gate\]"),
        ("[tool.understudy.gate]\nrules = []", "rules"),
        (rules(BUDGET, head="ronds = 3"), "tool.understudy.gate.ronds: no such key"),
        (rules('rule = "guess", of = "a"'), "rules.0"),
        (rules('rule = "ratio", of = "a", to = "b", at_most = 0'), "at_most"),
        (rules('rule = "budget", of = "a", up_to = { many = 1.0 }'), "numbers of agents"),
    ],
)
def test_rules_that_cannot_be_used_are_a_sentence(text: str, says: str) -> None:
    with pytest.raises(BadGate, match=says):
        read_rules(text, "pyproject.toml")
