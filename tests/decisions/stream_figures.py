"""Streams of yes and no, judged one guardrail at a time; seeded, so that every run prints the same figures."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from decision_table import Figure
from rival_judges import RIVALS, Rival
from sequential_twin import NEVER, Moments, Streams, proven_at, rolled_back_at

from rollout.judgement.backtest import backtest
from rollout.judgement.enums import Guardrail, Stage, Verdict
from rollout.judgement.evidence import Battery, Evidence
from rollout.judgement.judge import judge
from rollout.judgement.plan import STAGES, GuardrailLimits
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.seen import JudgementContext
from rollout.judgement.sequential import EventTally, EvidenceProcess, needed, risk_of_version

BUDGET, BOUND, ALPHA, BETA = 0.001, 0.01, 0.01, 0.05
ALONE: Final = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=1 / ALPHA)
SPLIT: Final = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=5 / ALPHA)
OPEN_ENDED: Final = EvidenceProcess(unsafe=BUDGET, promote=BOUND, limit=1e6, open_ended=True)
SHIPPED: Final = Battery.of(DEFAULT_PLAN, Stage.CANARY).processes[Guardrail.FAILURE, None]
"""As the default plan splits alpha."""

_THIRD_LATER: Final = 4 / 3
_SPLIT_LATER: Final = 1.5  # a limit of 1,500 instead of 100
_EPISODE: Final = 8  # looks of one burst


def stream_figures(scale: float = 1.0) -> Iterator[Figure]:
    """Every figure in turn; `scale` shortens the number of runs, for a test."""
    yield from _false_rollbacks(scale)
    yield from _delays(scale)
    yield from _late(scale)
    yield from _promotions(scale)
    yield from _nobody()


def drawn(seed: int, runs: int, *stretches: tuple[int, float]) -> Streams:
    """Streams whose rate changes: of each stretch its length and its rate."""
    rng = np.random.default_rng(seed)
    parts = [rng.random((runs, length), dtype=np.float32) < rate for length, rate in stretches]
    return np.concatenate(parts, axis=1)


def bursty(seed: int, runs: int, looks: int) -> tuple[Streams, Streams]:
    """Episodes of eight looks at the budget: look by look, and as the bouts that they are (a burst counts once)."""
    rng = np.random.default_rng(seed)
    starts = rng.random((runs, looks), dtype=np.float32) < BUDGET
    raw = starts.copy()
    for later in range(1, _EPISODE):
        raw[:, later:] |= starts[:, :-later]
    bouts = raw.copy()
    bouts[:, 1:] &= ~raw[:, :-1]
    return raw, bouts


def _false_rollbacks(scale: float) -> Iterator[Figure]:
    runs = _runs(3000, scale)
    streams, control = drawn(1, runs, (20_000, BUDGET)), drawn(2, runs, (20_000, BUDGET))
    value = _share(rolled_back_at(streams, ALONE))
    few = slice(0, _runs(300, scale))
    others = _shares(streams[few], control[few])
    yield Figure("false rollback in 20,000 at 0.1 %", value, ALPHA, runs, rivals=others)
    value = _share(rolled_back_at(streams, SHIPPED))
    yield Figure("  alpha split as the default plan splits it", value, ALPHA, runs)
    del streams, control
    raw, bouts = bursty(3, runs, 20_000)
    others = _shares(bouts[few], bouts[few][::-1])
    yield Figure(
        "false rollback, bursts of 8 looks, as bouts", _share(rolled_back_at(bouts, ALONE)), ALPHA, runs, rivals=others
    )
    note = "why a bout counts once, not every look"
    few = slice(0, _runs(200, scale))
    others = _shares(raw[few], raw[few][::-1])
    yield Figure(
        "  the same, every look counted",
        _share(rolled_back_at(raw[few], ALONE)),
        None,
        few.stop,
        note=note,
        rivals=others,
    )


def _delays(scale: float) -> Iterator[Figure]:
    runs = _runs(4000, scale)
    for rate, median, late, length in ((0.01, 450, 1050, 4000), (0.05, 50, 115, 1000)):
        streams = drawn(4, runs, (length, rate))
        few = slice(0, _runs(300, scale))
        rivals = _medians(streams[few], drawn(5, few.stop, (length, BUDGET)))
        at = rolled_back_at(streams, ALONE)
        yield _delay(f"0.1 % -> {rate:.0%}: median", at, 50, median, rivals)
        yield _delay("  p90", at, 90, late)
        for name, process in (("alpha / 5", SPLIT), ("alpha as the default plan splits it", SHIPPED)):
            at = rolled_back_at(streams, process)
            yield _delay(f"  {name}: median", at, 50, median * _SPLIT_LATER)
            yield _delay(f"  {name}: p90", at, 90, late * _SPLIT_LATER)


def _late(scale: float) -> Iterator[Figure]:
    runs, past = _runs(1000, scale), 10_000
    for rate, median, length in ((0.01, 620, 4000), (0.05, 75, 1000)):
        streams = drawn(6, runs, (past, BUDGET), (length, rate))
        few = slice(0, _runs(200, scale))
        rivals = _medians(streams[few], drawn(7, few.stop, (past + length, BUDGET)), past)
        for name, process, bound in (
            (f"production, {rate:.0%} from 10,000 on: median", OPEN_ENDED, median),
            (
                "  alarm rate split over five",
                EvidenceProcess(BUDGET, BOUND, 5e6, open_ended=True),
                median * _THIRD_LATER,
            ),
        ):
            at = rolled_back_at(streams, process)
            yield _delay(name, np.where(at > past, at - past, NEVER)[(at > past) | (at == NEVER)], 50, bound, rivals)
            rivals = ()


def _promotions(scale: float) -> Iterator[Figure]:
    runs = _runs(4000, scale)
    for rate in (BOUND, BOUND / 2):
        streams, control = drawn(8, runs, (20_000, rate)), drawn(9, runs, (1000, BUDGET))
        few = slice(0, _runs(300, scale))
        rivals = tuple(f"{rival.promotes(streams[few], control[few]):.1%}" for rival in RIVALS)
        value = _share(proven_at(streams, rate, BETA))
        yield Figure(f"wrong promotion at {rate:.1%} (ever in 20,000)", value, BETA, runs, rivals=rivals)
    for bound in (0.01, 0.005):
        wanted = needed(bound, risk_of_version(BETA, 1), EventTally())
        plan = DEFAULT_PLAN.model_copy(
            update={"guardrails": {Guardrail.FAILURE: GuardrailLimits(promote=bound)}, "states": {}}
        )
        (clean,) = backtest(['{"guardrail": "failure", "event": false}'] * 1000, Stage.CANARY, plan)
        yield Figure(f"a clean stream proves < {bound:.1%} at", clean.promotable_at or NEVER, wanted, 1, is_rate=False)


def _nobody() -> Iterator[Figure]:
    """No data, only events, and an empty ledger: judged in every stage, and from a stream."""
    evidence_events = {
        "no data": [],
        "all errors": [f'{{"guardrail": "{name}", "event": true}}' for name in Guardrail] * 2000,
    }
    for name, lines in evidence_events.items():
        verdicts = [backtest(lines, stage, DEFAULT_PLAN)[0] for stage in STAGES]
        promoted = sum(result.promotable_at is not None for result in verdicts)
        yield Figure(f"{name}: promoted", promoted, 0, len(verdicts), is_rate=False)
    rich = JudgementContext(watched_s=1e9, panes=10**6, sessions=10**6)
    words = [judge(stage, Evidence(), rich, DEFAULT_PLAN, 1e9).verdict for stage in STAGES]
    held = sum(word is Verdict.HOLD for word in words)
    yield Figure("empty, every minimum reached: held", held, len(words), len(words), is_rate=False, at_least=True)


def _delay(claim: str, at: Moments, share: int, bound: float, rivals: tuple[str, ...] = ()) -> Figure:
    value = float(np.percentile(np.where(at == NEVER, 10**6, at), share))
    return Figure(claim, round(value), round(bound), len(at), is_rate=False, rivals=rivals)


def _medians(streams: Streams, control: Streams, past: int = 0) -> tuple[str, ...]:
    return tuple(_median(rival, streams, control, past) for rival in RIVALS)


def _median(rival: Rival, streams: Streams, control: Streams, past: int) -> str:
    at = rival.gives_up_at(streams, control)
    early = (at != NEVER) & (at <= past)
    delays = np.where(at == NEVER, np.inf, at - past)[~early]
    value = float(np.median(delays)) if delays.size else np.inf
    said = "missed" if np.isinf(value) else f"{value:g}"
    return f"{said} ({early.mean():.0%} false)" if past else said


def _shares(streams: Streams, control: Streams) -> tuple[str, ...]:
    return tuple(f"{_share(rival.gives_up_at(streams, control)):.1%}" for rival in RIVALS)


def _share(at: Moments) -> float:
    return float((at != NEVER).mean())


def _runs(many: int, scale: float) -> int:
    return max(20, round(many * scale))
