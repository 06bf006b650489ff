"""The confusion matrix: what one monitor says where the other says something else."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from shadow.bout import Bout
from understudy.record import Record
from understudy.verdicts import AgentState

ABSENT: Final = "absent"
"""Where a monitor sees no agent in a pane that the other speaks of."""
_ORDER: Final = (*AgentState, ABSENT)


class ConfusionCell(Record):
    """The bouts in which the incumbent says one state and the candidate another, or the same."""

    incumbent: str
    candidate: str
    bouts: int

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.incumbent == self.candidate


def confusion(bouts: Iterable[Bout]) -> tuple[ConfusionCell, ...]:
    """Count the bouts of panes by both states, in the order of the taxonomy; pairs that never occurred are left out."""
    pairs = ((bout.incumbent.state, bout.candidate.state) for bout in bouts if bout.pane is not None)
    counts = Counter((one or ABSENT, two or ABSENT) for one, two in pairs if one or two)
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
