"""The measurements: the rounds of every series at every number of agents, out of pytest-benchmark's JSON."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Key = tuple[str, int]
"""A series and a number of agents."""


class BadBench(ValueError):
    """A file that holds no benchmarks to judge; says what is missing, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run's benchmarks of one group. Seconds a round, in the order in which the rounds were done."""

    rounds: Mapping[Key, tuple[float, ...]]


def read_measured(text: str, group: str, source: str) -> Measurement:
    """Read what `pytest --benchmark-json` writes; raises `BadBench`.

    A benchmark says in its `extra_info`, or in its parameters, which `series` it is of and how many `agents` there
    were. One that timed other series in the same rounds, which is what pairing them asks for, has their seconds in
    `extra_info["paired"]`: series -> seconds a round.
    """
    document = _document(text, source)
    found = document.get("benchmarks")
    if not isinstance(found, list):
        raise BadBench(f"{source} has no benchmarks in it: write it with pytest --benchmark-json={source}")
    rounds: dict[Key, tuple[float, ...]] = {}
    for benchmark in found:
        if not isinstance(benchmark, Mapping) or benchmark.get("group") != group:
            continue
        for key, seconds in _series(benchmark, source):
            if key in rounds:
                raise BadBench(f"{source}: {key[0]} with {key[1]} agents was measured twice: keep one benchmark of it")
            rounds[key] = seconds
    return Measurement(rounds)


def read_ratios(text: str, group: str, source: str) -> Mapping[tuple[str, str, int], float] | Measurement:
    """Read what a regression is judged against: ratios that `gate --json` wrote, or another benchmark file."""
    document = _document(text, source)
    stored = document.get("ratios")
    if stored is None:
        return read_measured(text, group, source)
    try:
        return {(row["of"], row["to"], int(row["agents"])): _positive(row["ratio"]) for row in stored}
    except (TypeError, KeyError, ValueError) as error:
        raise BadBench(f"{source} does not hold ratios as gate --json writes them: write it anew") from error


def _document(text: str, source: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadBench(f"{source} is no JSON ({error}): write it with pytest --benchmark-json={source}") from error
    if not isinstance(document, Mapping):
        raise BadBench(f"{source} is no benchmark file: write it with pytest --benchmark-json={source}")
    return document


def _series(benchmark: Mapping[str, Any], source: str) -> Iterator[tuple[Key, tuple[float, ...]]]:
    name = str(benchmark.get("fullname") or benchmark.get("name"))
    facts = {**(benchmark.get("params") or {}), **(benchmark.get("extra_info") or {})}
    series, agents = facts.get("series"), facts.get("agents")
    if not isinstance(series, str) or isinstance(agents, bool) or not isinstance(agents, int):
        fix = 'put "series" (a text) and "agents" (a number) into its extra_info'
        raise BadBench(f"{source}: {name} does not name its series and its number of agents: {fix}")
    stats = benchmark.get("stats")
    data = stats.get("data") if isinstance(stats, Mapping) else None
    if data is None:
        raise BadBench(f"{source}: {name} has no rounds, only their summary: write it with --benchmark-json")
    yield (series, agents), _seconds(data, f"{source}: {name}")
    paired = facts.get("paired") or {}
    if not isinstance(paired, Mapping):
        raise BadBench(f'{source}: {name}: "paired" must be series -> seconds a round')
    for other, seconds in paired.items():
        yield (str(other), agents), _seconds(seconds, f"{source}: {name}: paired {other}")


def _seconds(found: Any, where: str) -> tuple[float, ...]:
    try:
        return tuple(_positive(one) for one in found)
    except (TypeError, ValueError) as error:
        raise BadBench(f"{where}: a round is no number of seconds above 0: measure it again") from error


def _positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise ValueError(value)
    return float(value)
