"""Judging what was measured by the rules: one finding a rule and a number of agents, and nothing is taken on trust."""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from rollout.judgement.gate.findings import GateFinding, GateVerdict
from rollout.judgement.gate.measured import Measurement
from rollout.judgement.gate.paired import compare, fewest_blocks
from rollout.judgement.gate.rules import BudgetRule, GateRules, GrowthRule, RatioRule, RegressionRule, Rule

Ratios = Mapping[tuple[str, str, int], float]
Baseline = Ratios | Measurement | None


def judge(measured: Measurement, gate: GateRules, baseline: Baseline = None) -> tuple[GateFinding, ...]:
    """Judge by every rule, in their order; what is missing, or too little to show anything, does not pass."""
    return tuple(finding for rule in gate.rules for finding in _JUDGES[type(rule)](measured, gate, rule, baseline))


def ratios(measured: Measurement, gate: GateRules) -> list[dict[str, object]]:
    """What a later run is judged against: the ratio of every two series that a rule names."""
    wanted = {
        (rule.of, rule.to, agents): None
        for rule in gate.rules
        if isinstance(rule, RatioRule | RegressionRule)
        for agents in rule.agents or gate.agents
    }
    return [
        {"of": of, "to": to, "agents": agents, "ratio": found}
        for of, to, agents in wanted
        if (found := _ratio(measured, of, to, agents)) is not None
    ]


def _of_ratio(measured: Measurement, gate: GateRules, rule: Rule, _baseline: Baseline) -> Iterator[GateFinding]:
    assert isinstance(rule, RatioRule)
    for agents in rule.agents or gate.agents:
        subject = f"{rule.of} / {rule.to}, {agents} agents"
        if (lack := _lack(measured, gate, agents, rule.of, rule.to)) is not None:
            yield _finding(rule, subject, GateVerdict.MISSING, None, rule.at_most, lack)
            continue
        shown = compare(
            measured.rounds[rule.of, agents],
            measured.rounds[rule.to, agents],
            rule.at_most,
            block=gate.block,
            alpha=gate.alpha,
            beta=gate.beta,
        )
        says = f"{shown.over} of {shown.blocks} blocks of {gate.block} rounds over the bound"
        if shown.verdict is GateVerdict.UNDECIDED:
            says += f"; {fewest_blocks(gate.beta)} within it would have shown that it keeps to it"
        yield _finding(rule, subject, shown.verdict, shown.ratio, rule.at_most, says)


def _of_growth(measured: Measurement, gate: GateRules, rule: Rule, _baseline: Baseline) -> Iterator[GateFinding]:
    assert isinstance(rule, GrowthRule)
    sizes = sorted(set(rule.agents or gate.agents))
    name = rule.of if rule.to is None else f"{rule.of} / {rule.to}"
    subject = f"{name}, {sizes[0]} to {sizes[-1]} agents"
    series = (rule.of,) if rule.to is None else (rule.of, rule.to)
    lacks = [lack for agents in sizes if (lack := _lack(measured, gate, agents, *series)) is not None]
    if lacks or len(sizes) < 2:  # noqa: PLR2004 - a line takes two points
        lack = lacks[0] if lacks else "growth needs two numbers of agents: name another"
        yield _finding(rule, subject, GateVerdict.MISSING, None, rule.at_most, lack)
        return
    costs = [_cost(measured, rule, size) for size in sizes]
    exponent = _slope([math.log(size) for size in sizes], [math.log(cost) for cost in costs])
    verdict = GateVerdict.PASSED if exponent <= rule.at_most else GateVerdict.FAILED
    unit = "s" if rule.to is None else "x"
    says = ", ".join(f"{size}: {cost:.3g} {unit}" for size, cost in zip(sizes, costs, strict=True))
    yield _finding(rule, subject, verdict, exponent, rule.at_most, says)


def _cost(measured: Measurement, rule: GrowthRule, agents: int) -> float:
    if rule.to is None:
        return median(measured.rounds[rule.of, agents])
    found = _ratio(measured, rule.of, rule.to, agents)
    assert found is not None
    return found


def _of_budget(measured: Measurement, gate: GateRules, rule: Rule, _baseline: Baseline) -> Iterator[GateFinding]:
    assert isinstance(rule, BudgetRule)
    for agents in rule.agents or gate.agents:
        subject, limit = f"{rule.of}, {agents} agents", rule.seconds(agents)
        if (lack := _lack(measured, gate, agents, rule.of)) is not None:
            yield _finding(rule, subject, GateVerdict.MISSING, None, limit, lack)
            continue
        rounds = sorted(measured.rounds[rule.of, agents])
        figure = rounds[math.ceil(rule.quantile * len(rounds)) - 1]
        verdict = GateVerdict.PASSED if figure < limit else GateVerdict.FAILED
        yield _finding(
            rule, subject, verdict, figure, limit, f"{rule.quantile:.0%} of {len(rounds)} rounds are within it"
        )


def _of_regression(measured: Measurement, gate: GateRules, rule: Rule, baseline: Baseline) -> Iterator[GateFinding]:
    assert isinstance(rule, RegressionRule)
    for agents in rule.agents or gate.agents:
        subject = f"{rule.of} / {rule.to}, {agents} agents"
        now, then = _ratio(measured, rule.of, rule.to, agents), _stored(baseline, rule, agents)
        lack = _lack(measured, gate, agents, rule.of, rule.to)
        if lack is None and then is None:
            lack = (
                "no ratio of it is stored: name a baseline" if baseline is None else "the baseline has no ratio of it"
            )
        if lack is not None or now is None or then is None:
            yield _finding(rule, subject, GateVerdict.MISSING, None, rule.at_most, lack or "")
            continue
        figure = now / then
        verdict = GateVerdict.PASSED if figure <= rule.at_most else GateVerdict.FAILED
        yield _finding(rule, subject, verdict, figure, rule.at_most, f"the ratio is {now:.3g}, and was {then:.3g}")


def _lack(measured: Measurement, gate: GateRules, agents: int, *series: str) -> str | None:
    """What keeps these series from being judged at all."""
    for name in series:
        found = measured.rounds.get((name, agents))
        if found is None:
            return f"{name} with {agents} agents was not measured in the group {gate.group}"
        if len(found) < gate.rounds:
            return f"{name} with {agents} agents has {len(found)} rounds, and {gate.rounds} are the fewest"
    return None


def _ratio(measured: Measurement, of: str, to: str, agents: int) -> float | None:
    pairs = zip(measured.rounds.get((of, agents), ()), measured.rounds.get((to, agents), ()), strict=False)
    found = [one / other for one, other in pairs]
    return median(found) if found else None


def _stored(baseline: Baseline, rule: RegressionRule, agents: int) -> float | None:
    if baseline is None:
        return None
    if isinstance(baseline, Measurement):
        return _ratio(baseline, rule.of, rule.to, agents)
    return baseline.get((rule.of, rule.to, agents))


def _slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The slope of the line that fits best."""
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


_UNITS = {"ratio": "x", "growth": "exponent", "budget": "s", "regression": "x"}


def _finding(
    rule: Rule, subject: str, verdict: GateVerdict, figure: float | None, bound: float, says: str
) -> GateFinding:
    return GateFinding(rule.rule, subject, verdict, figure, bound, _UNITS[rule.rule], says)


_JUDGES = {RatioRule: _of_ratio, GrowthRule: _of_growth, BudgetRule: _of_budget, RegressionRule: _of_regression}
