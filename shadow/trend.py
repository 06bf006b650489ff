"""The trend of a cluster: how often it occurs now and before, counted in equal slices of the watched time."""

from collections.abc import Sequence
from enum import StrEnum
from math import sqrt
from typing import Final

SLICES: Final = 8
"""Slices of the time from the first bout to the last."""
_SURE: Final = 2.0
"""Standard deviations that a change must exceed to count as one."""


class Trend(StrEnum):
    """The direction of the share of a cluster among all bouts."""

    NEW = "new"
    """It occurs in the second half of the time alone."""
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    GONE = "gone"
    """It occurs in the first half of the time alone."""


def sliced(instants: Sequence[float], first: float, last: float) -> tuple[int, ...]:
    """Count instants in equal slices from `first` to `last`, the oldest first; those outside go to the ends."""
    counts = [0] * SLICES
    for at in instants:
        counts[slice_number(at, first, last)] += 1
    return tuple(counts)


def slice_number(at: float, first: float, last: float) -> int:
    """Return the number of the slice of an instant, 0 for the oldest."""
    width = (last - first) / SLICES
    number = int((at - first) / width) if width > 0 else SLICES - 1
    return min(max(number, 0), SLICES - 1)


def trend(cluster: Sequence[int], everything: Sequence[int]) -> Trend:
    """Compare the halves of a cluster's slices, each as a share of all bouts in that half."""
    half = SLICES // 2
    before, after = sum(cluster[:half]), sum(cluster[half:])
    total_before, total_after = max(1, sum(everything[:half])), max(1, sum(everything[half:]))
    overall = (before + after) / (total_before + total_after)
    width = _SURE * sqrt(overall * (1 - overall) * (1 / total_before + 1 / total_after))
    change = after / total_after - before / total_before
    if abs(change) <= width or not before + after:
        return Trend.STEADY
    if change > 0:
        return Trend.RISING if before else Trend.NEW
    return Trend.FALLING if after else Trend.GONE
