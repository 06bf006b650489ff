"""The number of runs of each fault, and the table of the results.

`FAULTS` is the number of runs of each fault; without it each is tried a few times, and all of them take less than ten
minutes together.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

FEW = 2
"""Runs of each fault where `FAULTS` is not set."""
BOUND_S = 600.0
"""Seconds that all of them may take then."""


def asked() -> int | None:
    """The number of runs that `FAULTS` asks for; None where it is not set."""
    text = os.environ.get("FAULTS", "")
    return max(1, int(text)) if text else None


def runs(few: int = FEW) -> int:
    """Return how often to try a fault; `few` is for where `FAULTS` is not set."""
    return asked() or few


@dataclass
class FaultTable:
    """The faults of this session and their results, row by row."""

    rows: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, fault: str, tried: int, result: str) -> None:
        """Enter that a fault was tried so often, with this result."""
        self.rows.append((fault, tried, result))

    def text(self) -> str:
        """The rows as a Markdown table."""
        lines = [f"| {fault} | {tried} | {result} |" for fault, tried, result in self.rows]
        return "\n".join(["| fault | runs | result |", "|---|---|---|", *lines])


TABLE = FaultTable()
"""Of this session."""
