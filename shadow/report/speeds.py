"""Cycle times: how long each monitor worked on a cycle, over time and in all."""

from collections.abc import Iterable, Sequence
from statistics import median, quantiles
from typing import Final

from understudy.record import Instant, Record

POINTS: Final = 60
"""A line on a chart has at most so many."""


class SpeedPoint(Record):
    """A stretch of cycles."""

    at: Instant
    """Of its first cycle."""
    median_s: float
    slowest_s: float


class Speed(Record):
    """The cycles of one monitor, in seconds of work: what it waited on purpose is taken off."""

    role: str
    """`incumbent` or `candidate`."""
    cycles: int
    median_s: float
    p95_s: float
    slowest_s: float
    points: tuple[SpeedPoint, ...]
    """Oldest first."""


def speed(role: str, samples: Iterable[tuple[float, float]]) -> Speed | None:
    """Sum up cycles, each its instant and its seconds of work; None where there was none."""
    cycles = sorted(samples)
    if not cycles:
        return None
    seconds = [work for _, work in cycles]
    length = -(-len(cycles) // POINTS)
    return Speed(
        role=role,
        cycles=len(cycles),
        median_s=round(median(seconds), 6),
        p95_s=round(_p95(seconds), 6),
        slowest_s=max(seconds),
        points=tuple(_point(cycles[start : start + length]) for start in range(0, len(cycles), length)),
    )


def _point(cycles: Sequence[tuple[float, float]]) -> SpeedPoint:
    seconds = [work for _, work in cycles]
    return SpeedPoint(at=cycles[0][0], median_s=round(median(seconds), 6), slowest_s=max(seconds))


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
