"""The judge over a stream."""

import json
import random

import pytest

from rollout.judgement.backtest import BadStream, RunResult, backtest, looks
from rollout.judgement.enums import Guardrail, Stage, Verdict
from rollout.judgement.plan import GuardrailLimits, Plan
from rollout.judgement.plans import DEFAULT_PLAN, DEMO_PLAN
from rollout.judgement.sequential import EventTally, needed, risk_of_version


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same run on every machine, not a secret


def lines(guardrail: str, events: list[bool], **more: object) -> list[str]:
    return [json.dumps({"guardrail": guardrail, "event": event} | more) for event in events]


def one(stream: list[str], stage: Stage = Stage.CANARY, plan: Plan = DEFAULT_PLAN) -> RunResult:
    (result,) = backtest(stream, stage, plan)
    return result


CLEAN = needed(0.01, risk_of_version(0.05, 1), EventTally())
"""Clean ones that prove less than 1 %."""


def test_clean_ones_are_promotable_exactly_where_the_proof_is_reached() -> None:
    assert one(lines("failure", [False] * (CLEAN - 1))).verdict is Verdict.CONTINUE
    result = one(lines("failure", [False] * CLEAN))
    assert (result.verdict, result.promotable_at, result.rollback_at) == (Verdict.PROMOTABLE, CLEAN, None)


def test_the_demo_plan_needs_fewer_than_30() -> None:
    at = one(lines("live_mismatch", [False] * 30), plan=DEMO_PLAN).promotable_at
    assert at == needed(0.15, risk_of_version(0.05, 1), EventTally())


def test_a_run_goes_on_after_it_was_promotable() -> None:
    result = one(lines("live_mismatch", [False] * 400 + [True] * 5))
    assert result.verdict is Verdict.ROLLBACK
    assert result.promotable_at == CLEAN
    assert result.rollback_at is not None
    assert 401 < result.rollback_at <= 405


def test_a_rollback_stays_one() -> None:
    result = one(lines("live_mismatch", [True] * 3 + [False] * 3000))
    assert (result.verdict, result.rollback_at, result.promotable_at) == (Verdict.ROLLBACK, 2, None)


def test_lines_are_counted_within_their_run_and_runs_may_be_mixed() -> None:
    first, second = lines("live_mismatch", [False] * CLEAN, run="a"), lines("live_mismatch", [False] * 100, run=2)
    mixed = [line for pair in zip(first, second, strict=False) for line in pair] + first[100:]
    results = backtest(mixed, Stage.CANARY, DEFAULT_PLAN)
    assert [(result.run, result.promotable_at) for result in results] == [("a", CLEAN), (2, None)]


def test_a_required_state_that_occurs_must_be_proven() -> None:
    whole = lines("wrong", [False] * 60)
    waiting = lines("wrong", [False] * 40, stratum="waiting_approval", whole=False)
    of_whole, of_state = (needed(bound, risk_of_version(0.05, 1), EventTally()) for bound in (0.08, 0.20))
    assert one(whole).promotable_at == of_whole
    assert one(waiting[: of_state - 1] + whole).promotable_at is None
    assert one(waiting[:of_state] + whole).promotable_at == of_state + of_whole


def test_worse_is_unsafe_by_the_spells_in_which_one_alone_was_right() -> None:
    lost = lines("worse", [True] * 30, stratum="one alone right", whole=False)
    assert one(lost).rollback_at is not None
    assert one(lines("worse", [True] * 300)).rollback_at is None


def test_production_is_watched_by_the_detector_of_a_stage_without_end() -> None:
    stream = lines("failure", [False] * 3000 + [True] * 6)
    assert one(stream, Stage.PRODUCTION).rollback_at is not None
    assert one(lines("failure", [False] * 3000), Stage.PRODUCTION).verdict is Verdict.PROMOTABLE


def test_a_noisy_incumbent_holds_and_never_rolls_back() -> None:
    stream = lines("failure", [False] * 400) + lines("noise", [True] * 60)
    result = one(stream)
    assert (result.verdict, result.rollback_at) == (Verdict.HOLD, None)


@pytest.mark.parametrize("stage", [Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION])
def test_an_empty_stream_is_no_data_and_holds(stage: Stage) -> None:
    expected = RunResult(run=None, verdict=Verdict.HOLD, rollback_at=None, promotable_at=None)
    assert one([], stage) == expected
    assert one(["", "  \n"], stage) == expected


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"guardrail": "live_mismatch"}', "event"),
        ('{"guardrail": "live_mismatch", "event": 1}', "event: must be true or false"),
        ('{"guardrail": "speed", "event": true}', "use one of wrong"),
        ('{"guardrail": ["live_mismatch"], "event": true}', "guardrail"),
        ('{"guardrail": "live_mismatch", "event": true, "run": 1.5}', "run"),
        ('{"guardrail": "live_mismatch", "event": true, "stratum": 3}', "stratum"),
    ],
)
def test_a_line_that_is_no_observation_is_named(line: str, word: str) -> None:
    with pytest.raises(BadStream, match="line 2: ") as caught:
        backtest([*lines("live_mismatch", [False]), line], Stage.CANARY, DEFAULT_PLAN)
    assert word in str(caught.value)


def test_a_clean_candidate_is_not_rolled_back_in_twenty_runs_at_its_budget() -> None:
    rng = dice(1)
    stream = [
        line for run in range(20) for line in lines("failure", [rng.random() < 0.001 for _ in range(1500)], run=run)
    ]
    assert sum(result.rollback_at is not None for result in backtest(stream, Stage.CANARY, DEFAULT_PLAN)) <= 1


def test_every_look_is_shown_and_the_last_is_the_verdict() -> None:
    stream = lines("failure", [False] * 400 + [True] * 5)
    shown = list(looks(stream, Stage.CANARY, DEFAULT_PLAN))
    result = one(stream)
    assert [look.line for look in shown] == list(range(1, 406))
    assert next(look.line for look in shown if look.verdict is Verdict.PROMOTABLE) == result.promotable_at == CLEAN
    assert next(look.line for look in shown if look.verdict is Verdict.ROLLBACK) == result.rollback_at
    assert shown[-1].verdict is result.verdict
    assert [look.needed for look in shown[:3]] == [CLEAN - 1, CLEAN - 2, CLEAN - 3]


def test_a_guardrail_in_dry_run_neither_rolls_back_nor_promotes() -> None:
    limits = DEFAULT_PLAN.guardrails | {Guardrail.LIVE_MISMATCH: GuardrailLimits(dry_run=True)}
    plan = DEFAULT_PLAN.model_copy(update={"guardrails": limits})
    result = one(lines("live_mismatch", [True] * 50), plan=plan)
    assert (result.verdict, result.rollback_at, result.promotable_at) == (Verdict.HOLD, None, None)
