"""Memory only smooths: an agent is busy or blocked at once, and idle only when that is confirmed. Pure.

Between two tools an agent often draws its composer for a moment without a sign of work above it. One frame of that
looks idle; a few frames do not, and neither does the look after it.
"""

from collections.abc import Callable, Sequence
from typing import Final

from modular.memory import AgentMemory
from modular.reading.classifier import Reading
from understudy import AgentState, PaneShot

HELD: Final = "held."
"""What the rule of a reading begins with that was not taken at its word; what it said follows."""
_AT_WORK: Final = frozenset({AgentState.BUSY, AgentState.WAITING_APPROVAL})


def wants_confirming(before: AgentMemory | None, reading: Reading) -> bool:
    """Whether an agent that was at work, or blocked, looks idle all at once."""
    return before is not None and before.state in _AT_WORK and reading.state is AgentState.IDLE


def confirmed(
    before: AgentMemory | None, reading: Reading, shots: Sequence[PaneShot], read: Callable[[PaneShot], Reading]
) -> Reading:
    """Take a reading of some shots, oldest first, at its word, or hold what was said before.

    Idle is refuted by any earlier shot that shows the agent at work, and confirmed by every one that shows it idle too;
    where they settle neither, or something was printed just now, by a second look in a row. `read` reads one
    shot.
    """
    if before is None or not wants_confirming(before, reading):
        return reading
    earlier = [read(shot).state for shot in shots[:-1]]
    refuted = before.state in earlier
    settled = bool(earlier) and {*earlier} == {AgentState.IDLE} and not reading.settling
    if not refuted and (before.rule.startswith(HELD) or settled):
        return reading
    return reading._replace(state=before.state, detail=None, rule=HELD + reading.rule)
