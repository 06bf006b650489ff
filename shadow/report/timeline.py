"""The right side over time: the bouts that differ, in at most forty slices of the reported time."""

from collections import Counter
from collections.abc import Callable, Iterable
from math import ceil
from typing import Final

from shadow.report.balance import Balance, BoutPlace
from understudy.record import Instant, Record

SLICES: Final = 40
_STEPS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800)
"""Lengths of slices that are readable on an axis, in seconds."""


class Slice(Record):
    """The bouts that differ and began within one slice of time."""

    at: Instant
    """Its beginning."""
    balance: Balance


class Timeline(Record):
    """Slices of equal length, empty ones too, oldest first."""

    step_s: float = 1.0
    slices: tuple[Slice, ...] = ()


def timeline(
    placed: Callable[[float, float], Iterable[tuple[int, BoutPlace, int]]], since: float, until: float
) -> Timeline:
    """Slice the time from `since` to `until`.

    `placed` counts, for a first instant and the length of a step, the bouts that differ by the number of the step in
    which they began, and by place.
    """
    step = _step(until - since)
    first = since // step * step
    heaps = [Counter[BoutPlace]() for _ in range(int((until - first) // step) + 1)]
    for number, place, times in placed(first, step):
        heaps[min(number, len(heaps) - 1)][place] += times
    if not any(heaps):
        return Timeline()
    return Timeline(
        step_s=step,
        slices=tuple(
            Slice(at=round(first + number * step, 6), balance=Balance.of_counts(heap))
            for number, heap in enumerate(heaps)
        ),
    )


def _step(span: float) -> float:
    fitting = next((step for step in _STEPS_S if span / step < SLICES - 1), None)
    return float(fitting if fitting is not None else _STEPS_S[-1] * ceil((span + 1) / (SLICES - 2) / _STEPS_S[-1]))
