"""Benchmark files as pytest-benchmark writes them, with rounds of one's own choosing."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SIZES = (10, 25, 50, 100)
ROUNDS = 100


def bench(
    candidate: Sequence[float], agents: int, *, group: str = "cycle", **paired: Sequence[float]
) -> dict[str, Any]:
    """One benchmark of the candidate, with what was timed beside it."""
    return {
        "group": group,
        "name": f"cycle[{agents}]",
        "fullname": f"test_it.py::cycle[{agents}]",
        "params": {"agents": agents},
        "extra_info": {"series": "candidate", "paired": paired},
        "stats": {"data": list(candidate)},
    }


def document(*benchmarks: dict[str, Any]) -> str:
    return json.dumps({"machine_info": {}, "commit_info": {}, "benchmarks": benchmarks, "version": "5.3.1"})


def noisy(seconds: float, rounds: int = ROUNDS, *, seed: int = 1, spread: float = 0.05) -> list[float]:
    chance = random.Random(seed)  # noqa: S311 - the same file in every run
    return [seconds * chance.lognormvariate(0, spread) for _ in range(rounds)]


def fleet(
    cost: Mapping[int, float] | None = None, *, incumbent: float = 10.0, tmux: float = 0.5, rounds: int = ROUNDS
) -> str:
    """A run over all sizes: the candidate takes a millisecond an agent, the others so many times what it takes."""
    found = []
    for agents in SIZES:
        cycles = noisy((cost or {}).get(agents, agents / 1000), rounds, seed=agents)
        others = {"incumbent": incumbent, "tmux": tmux}
        paired = {name: noisy(times * agents / 1000, rounds, seed=agents + len(name)) for name, times in others.items()}
        found.append(bench(cycles, agents, **paired))
    return document(*found)


def rules(*rows: str, head: str = "") -> str:
    """A pyproject.toml with these rules."""
    return f"[tool.understudy.gate]\n{head}\nrules = [\n" + "".join(f"  {{ {row} }},\n" for row in rows) + "]\n"
