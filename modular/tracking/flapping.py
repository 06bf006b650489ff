"""States that are taken back: an agent that is read by turns as this and that, though nothing new was asked of it.

Agents change their state often, and rightly: a quick turn is busy and idle within seconds, a tool asks and goes on.
What contradicts itself is work that is over and goes on in the same turn, or a state that comes back on the very same
screen.
"""

from typing import Final

from modular.memory import AgentMemory, Visit
from understudy import AgentState

WINDOW_S: Final = 60.0
FLIPS_A_MINUTE: Final = 5
"""So many states that are taken back within a minute may be chance."""
_KEPT: Final = 3
"""So many states that were left last are remembered: who flaps goes round among so few."""

_AT_REST: Final = frozenset({AgentState.IDLE, AgentState.UNSUBMITTED_INPUT, AgentState.UNKNOWN, AgentState.STARTING})
_BY_A_PERSON: Final = frozenset({AgentState.IDLE, AgentState.UNSUBMITTED_INPUT, AgentState.WAITING_APPROVAL})
"""A person goes back and forth between these without the agent: types and deletes, opens a menu and leaves it."""


def left(before: AgentMemory | None, state: AgentState, now: float) -> tuple[Visit, ...]:
    """Return the states that were left lately, oldest first, with what they rested on."""
    if before is None or before.state is state:
        return () if before is None else before.left
    others = [visit for visit in before.left if visit.state is not before.state and now - visit.until < WINDOW_S]
    return (*others[1 - _KEPT :], Visit(state=before.state, turn=before.turn, screen=before.screen, until=now))


def flips(before: AgentMemory | None, state: AgentState, turn: str, screen: str, now: float) -> tuple[float, ...]:
    """Return when a state was taken back within the last minute, this look included; as many as the alarm needs.

    `turn` names the turn that the screen shows last, empty where it shows none; `screen` names the screen.
    """
    if before is None or before.state is state or not _takes_back(before, state, turn, screen, now):
        return () if before is None else before.flips
    recent = (*(at for at in before.flips if now - at < WINDOW_S), now)
    return recent[-FLIPS_A_MINUTE - 1 :]


def flaps(agent: AgentMemory, now: float) -> bool:
    """Whether an agent's state was taken back more often within the last minute than chance would have it."""
    return sum(now - at < WINDOW_S for at in agent.flips) > FLIPS_A_MINUTE


def _takes_back(before: AgentMemory, state: AgentState, turn: str, screen: str, now: float) -> bool:
    last = next((visit for visit in before.left if visit.state is state and now - visit.until < WINDOW_S), None)
    if last is None or {before.state, state} <= _BY_A_PERSON:
        return False
    resumes = state is AgentState.BUSY and before.state in _AT_REST
    rests = state in _AT_REST and before.state is AgentState.BUSY
    return last.screen == screen or ((resumes or rests) and bool(turn) and last.turn == turn)
