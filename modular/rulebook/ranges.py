"""Sets of code points, as ranges from first to last: sorted, and without overlap."""

from collections.abc import Iterable
from itertools import pairwise

Ranges = list[tuple[int, int]]

_LAST = 0x10FFFF


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges, and merge those that overlap or are adjacent."""
    together: Ranges = []
    for first, last in sorted(ranges):
        if together and first <= together[-1][1] + 1:
            together[-1] = (together[-1][0], max(last, together[-1][1]))
        else:
            together.append((first, last))
    return together


def all_but(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return all code points that are in none of these."""
    edges = [(-1, -1), *merged(ranges), (_LAST + 1, _LAST + 1)]
    return [(before[1] + 1, after[0] - 1) for before, after in pairwise(edges) if before[1] + 1 < after[0]]


def size(ranges: Iterable[tuple[int, int]], first: int, last: int) -> int:
    """Return the number of their code points from `first` to `last`."""
    return sum(max(0, min(end, last) - max(begin, first) + 1) for begin, end in ranges)
