"""A figure with its bound, and the table of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, of how many, against which bound, and what others make of the same streams."""

    claim: str
    value: float
    bound: float | None
    """None: shown for orientation, with no bound of its own."""
    runs: int
    is_rate: bool = True
    """A rate may exceed its bound by three standard errors of so many runs; a delay may not."""
    at_least: bool = False
    """True if the bound is the least that is wanted, and not the most."""
    note: str = ""
    rivals: tuple[str, ...] = field(default=())

    @property
    def allowed(self) -> float:
        """The bound, with three standard errors where it is a rate."""
        assert self.bound is not None
        error = 3 * sqrt(self.bound * (1 - self.bound) / self.runs) if self.is_rate else 0.0
        return self.bound - error if self.at_least else self.bound + error

    @property
    def holds(self) -> bool:
        """Return whether it lies within its bound."""
        if self.bound is None:
            return True
        return self.value >= self.allowed if self.at_least else self.value <= self.allowed

    def say(self, value: float) -> str:
        """Say a value of its kind."""
        return f"{value:.2%}" if self.is_rate else f"{value:g}"

    @property
    def cells(self) -> tuple[str, ...]:
        """Its line of the table."""
        sign = ">=" if self.at_least else "<="
        bound = "-" if self.bound is None else f"{sign} {self.say(self.bound)}"
        word = "" if self.bound is None else "ok" if self.holds else "FAILS"
        return (word, self.claim, self.say(self.value), bound, str(self.runs), *self.rivals, self.note)


def table(title: str, header: Sequence[str], figures: Sequence[Figure]) -> str:
    """Lay out a table; columns are as wide as what stands in them."""
    head = ("", "figure", "measured", "bound", "runs", *header)
    rows = [head, *(figure.cells for figure in figures)]
    width = max(map(len, rows))
    rows = [(*row, *("",) * (width - len(row))) for row in rows]
    columns = [max(len(row[column]) for row in rows) for column in range(width)]
    lines = ["  ".join(cell.ljust(size) for cell, size in zip(row, columns, strict=True)).rstrip() for row in rows]
    return "\n".join((title, lines[0], "-" * max(map(len, lines)), *lines[1:]))
