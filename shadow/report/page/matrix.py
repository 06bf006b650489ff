"""The confusion matrix as a table: what the incumbent says down, what the candidate says across."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from typing import Final

from shadow.report.confusion import ConfusionCell, states_of

_HEATS: Final = 5


@dataclass(frozen=True, slots=True)
class Square:
    """One cell: None where the pair never occurred."""

    cell: ConfusionCell | None
    heat: int
    """0 for never, else 1 to 5."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows and columns are the same states."""

    states: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Square, ...]], ...]


def matrix(cells: Sequence[ConfusionCell]) -> Matrix:
    """Lay out the cells; heat goes with the logarithm, since idle panes are a hundred times as many as crashed ones."""
    states = states_of(cells)
    by_pair = {(cell.incumbent, cell.candidate): cell for cell in cells}
    most = max((cell.bouts for cell in cells), default=1)
    rows = tuple((one, tuple(_square(by_pair.get((one, two)), most) for two in states)) for one in states)
    return Matrix(states, rows)


def _square(cell: ConfusionCell | None, most: int) -> Square:
    if cell is None:
        return Square(None, 0)
    return Square(cell, max(1, round(_HEATS * log1p(cell.bouts) / log1p(most))))
