"""The right side over time: the bouts that differ, in at most forty slices of the reported time."""

from collections.abc import Sequence
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


def timeline(placed: Sequence[tuple[float, BoutPlace]], since: float | None, until: float | None) -> Timeline:
    """Slice the time from `since` to `until`; each bout that differs counts where it began."""
    if since is None or until is None or not placed:
        return Timeline()
    step = _step(until - since)
    first = since // step * step
    heaps: list[list[BoutPlace]] = [[] for _ in range(int((until - first) // step) + 1)]
    for at, place in placed:
        heaps[min(int((at - first) // step), len(heaps) - 1)].append(place)
    return Timeline(
        step_s=step,
        slices=tuple(
            Slice(at=round(first + number * step, 6), balance=Balance.count(heap)) for number, heap in enumerate(heaps)
        ),
    )


def _step(span: float) -> float:
    fitting = next((step for step in _STEPS_S if span / step < SLICES - 1), None)
    return float(fitting if fitting is not None else _STEPS_S[-1] * ceil((span + 1) / (SLICES - 2) / _STEPS_S[-1]))
