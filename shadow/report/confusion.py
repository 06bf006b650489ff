"""What one monitor says where the other says something else, and how often hindsight could tell who was right."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from contract.record import Record
from contract.verdicts import AgentState
from shadow.bout import Bout
from shadow.labels import Right

ABSENT: Final = "absent"
"""Where a monitor sees no agent in a pane that the other speaks of."""
_ORDER: Final = (*AgentState, ABSENT)


class Cell(Record):
    """The bouts in which the incumbent says one state and the candidate another, or the same."""

    incumbent: str
    candidate: str
    bouts: int
    settled_for: int = 0
    """Of these: the candidate was right."""
    settled_against: int = 0
    """Of these: the candidate was wrong."""

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.incumbent == self.candidate

    @property
    def unsettled(self) -> int:
        """How many nobody has settled."""
        return self.bouts - self.settled_for - self.settled_against


def confusion(bouts: Iterable[Bout]) -> tuple[Cell, ...]:
    """Count the bouts about panes by both states, in the order of the taxonomy; pairs that never occurred are left out.

    Only labels about states count here: where both say the same state, a person's word is about an act.
    """
    counts, right, wrong = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for bout in bouts:
        if bout.pane is None:
            continue
        pair = (bout.incumbent.state or ABSENT, bout.candidate.state or ABSENT)
        counts[pair] += 1
        if bout.label is not None:
            (wrong if bout.label.right in {Right.INCUMBENT, Right.NEITHER} else right)[pair] += 1
    return tuple(
        Cell(
            incumbent=one,
            candidate=two,
            bouts=counts[one, two],
            settled_for=right[one, two],
            settled_against=wrong[one, two],
        )
        for one in _ORDER
        for two in _ORDER
        if counts[one, two]
    )


def states_of(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The states that occur in some cell, in the order of the taxonomy."""
    seen = {state for cell in cells for state in (cell.incumbent, cell.candidate)}
    return tuple(state for state in _ORDER if state in seen)
