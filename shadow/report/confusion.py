"""The confusion matrix: the incumbent's state against the candidate's."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from shadow.grouping import CountedBout
from understudy.record import Record
from understudy.verdicts import AgentState

ABSENT: Final = "absent"
"""The state of a monitor that sees no agent in a pane on which the other reports."""
_ORDER: Final = (*AgentState, ABSENT)


class ConfusionCell(Record):
    """The bouts with one state of the incumbent and one, possibly the same, of the candidate."""

    incumbent: str
    candidate: str
    bouts: int

    @property
    def agrees(self) -> bool:
        """Return whether both report the same state."""
        return self.incumbent == self.candidate


def confusion(bouts: Iterable[CountedBout]) -> tuple[ConfusionCell, ...]:
    """Count the bouts of panes by both states, in the order of the taxonomy; pairs that never occurred are left out."""
    counts = Counter[tuple[str, str]]()
    for bout, times in bouts:
        one, two = bout.incumbent.state, bout.candidate.state
        if bout.pane is not None and (one or two):
            counts[one or ABSENT, two or ABSENT] += times
    return tuple(
        ConfusionCell(incumbent=one, candidate=two, bouts=counts[one, two])
        for one in _ORDER
        for two in _ORDER
        if counts[one, two]
    )


def states_of(cells: Iterable[ConfusionCell]) -> tuple[str, ...]:
    """The states that occur in some cell, in the order of the taxonomy."""
    seen = {state for cell in cells for state in (cell.incumbent, cell.candidate)}
    return tuple(state for state in _ORDER if state in seen)
