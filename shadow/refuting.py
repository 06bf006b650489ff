"""The states that a pane's later behaviour rules out, as a table: each fact with the states that it refutes.

Between two states hindsight can decide for either side only if one fact refutes the one, and another fact the
other. If it can refute only one of them, the bouts that it settles are not a fair sample of all: such a label is
shown, and no guardrail counts it.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from understudy.verdicts import AgentState

_S = AgentState
_ALIVE: Final = frozenset(_S) - {_S.CRASHED, _S.UNKNOWN}


class PaneFactKind(StrEnum):
    """The kind of fact."""

    SHELL = "shell"
    """The agent was gone: a shell, or no process, was in front all the time."""
    PROGRAM = "program"
    """A program was in front all the time."""
    PRINTED = "printed"
    """It printed on."""
    ANSWERED = "answered"
    """A dialog stood there, was answered, and the screen moved on."""
    SUBMITTED = "submitted"
    """The text in the composer was sent, and the screen moved on."""
    STILL = "still"
    """Nothing at all moved."""


@dataclass(frozen=True, slots=True)
class PaneFact:
    """One observed fact, with its text."""

    kind: PaneFactKind
    text: str

    @property
    def refutes(self) -> frozenset[AgentState]:
        """The states that the pane cannot have been in."""
        return REFUTES[self.kind]


REFUTES: Final = {
    PaneFactKind.SHELL: _ALIVE,
    PaneFactKind.PROGRAM: frozenset({_S.CRASHED}),
    PaneFactKind.PRINTED: frozenset({_S.IDLE, _S.UNSUBMITTED_INPUT, _S.WAITING_APPROVAL, _S.CRASHED}),
    PaneFactKind.ANSWERED: frozenset({_S.IDLE, _S.UNSUBMITTED_INPUT, _S.BUSY, _S.CRASHED}),
    PaneFactKind.SUBMITTED: frozenset({_S.IDLE, _S.WAITING_APPROVAL, _S.STARTING, _S.CRASHED}),
    PaneFactKind.STILL: frozenset({_S.BUSY, _S.STARTING}),
}
_SELDOM: Final = frozenset({PaneFactKind.STILL})
"""Facts that are observed in few of their panes: a pane at rest gets a prompt, or shows a clock, long before."""


@cache
def two_sided(one: AgentState, two: AgentState) -> bool:
    """Return whether a pane's behaviour can settle for either of two states, about equally often."""
    often = [refuted for kind, refuted in REFUTES.items() if kind not in _SELDOM]
    return any(one in refuted and two not in refuted for refuted in often) and any(
        two in refuted and one not in refuted for refuted in often
    )
