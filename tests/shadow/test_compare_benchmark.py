"""What comparing costs: agreement must cost next to nothing, and a fleet that differs must not stop the loop."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from deepdiff import DeepDiff
from pytest_benchmark.fixture import BenchmarkFixture
from shadow_cases import T0, report, verdict, want

from shadow.bouts import BoutBook, ComparedLook, advance
from shadow.compare import _changes, compare
from understudy import CycleReport


def _fleet(agents: int, differing_every: int, monitor: str) -> CycleReport:
    """Draw a fleet in which the candidate calls every so-manieth busy agent idle, and would tell its manager."""
    other = [index for index in range(agents) if monitor == "new" and differing_every and index % differing_every == 0]
    panes = [f"%{index}" for index in range(agents)]
    states = ["idle" if index in other else "busy" for index in range(agents)]
    verdicts = [verdict(pane, state, f"{monitor}.{state}") for pane, state in zip(panes, states, strict=True)]
    return report(verdicts, [want("notify_manager:idle", panes[index]) for index in other], monitor)


@pytest.mark.parametrize("differing_every", [0, 20], ids=["equal", "5% differ"])
@pytest.mark.parametrize("agents", [50, 500])
def test_compare(benchmark: BenchmarkFixture, agents: int, differing_every: int) -> None:
    ours, theirs = _fleet(agents, differing_every, "old"), _fleet(agents, differing_every, "new")
    once: Any = benchmark.pedantic
    found = once(compare, (ours, theirs), setup=_changes.cache_clear, rounds=50)
    assert len(found) == (agents // differing_every + bool(agents % differing_every) if differing_every else 0)


@pytest.mark.parametrize("agents", [50, 500])
def test_entering_a_look_into_the_book(benchmark: BenchmarkFixture, agents: int) -> None:
    ours, theirs = _fleet(agents, 20, "old"), _fleet(agents, 20, "new")
    look = ComparedLook(at=T0, incumbent=ours, candidate=theirs, differences=compare(ours, theirs))
    book, _ = advance(BoutBook(), look, T0)
    later = look.model_copy(update={"at": T0 + 1})
    after, settled = benchmark(advance, book, later, T0 + 1)
    assert (len(after.open), settled) == (agents, ())


BUDGETS_MS = [(20, 0, 0.3), (20, 20, 1.0), (1000, 100, 10.0)]
"""Agents, every so-manieth differs (0 for none), milliseconds on two cores: printed beside what it took."""


def _best_ms(work: Callable[[], object], rounds: int = 20) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = perf_counter()
        work()
        best = min(best, perf_counter() - began)
    return best * 1e3


@pytest.mark.parametrize(("agents", "differing_every", "budget_ms"), BUDGETS_MS)
def test_comparing_costs_a_small_part_of_holding_two_whole_documents_against_each_other(
    agents: int, differing_every: int, budget_ms: float
) -> None:
    ours, theirs = _fleet(agents, differing_every, "old"), _fleet(agents, differing_every, "new")
    took = _best_ms(lambda: (_changes.cache_clear(), compare(ours, theirs)))
    documents = [report.model_dump(mode="json", include={"verdicts", "intents"}) for report in (ours, theirs)]
    whole = _best_ms(lambda: DeepDiff(*documents, threshold_to_diff_deeper=0), rounds=3 if agents <= 20 else 1)
    print(f"{agents} agents: {took:.3f} ms (budget {budget_ms} ms), DeepDiff on everything {whole:.1f} ms")  # noqa: T201 - the figure is what this is for
    assert took * 10 < whole
