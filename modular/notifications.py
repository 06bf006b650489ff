"""Which notices stand: once on the edge, then reminders by backoff. Pure.

A notice is wanted for as long as its cause lasts, and counts its reminders in its ordinal; when the cause is gone it is
withdrawn. Doubt neither raises nor withdraws: an agent that cannot be read for a look keeps what stood before.
"""

from math import inf
from typing import Final

from contract import AgentState, IdleDetail
from contract.intents import Notice
from modular.drafts import given_up
from modular.memory import AgentMemory, StandingNotice

_BACKOFF_S: Final = (300.0, 600.0, 1200.0, 2400.0)
"""Seconds from one reminder to the next."""
_LONGEST_S: Final = 3600.0
"""From then on."""

_CAUSES: Final[dict[AgentState, Notice]] = {
    AgentState.IDLE: Notice.IDLE,
    AgentState.CRASHED: Notice.CRASH,
    AgentState.ERROR: Notice.ERROR,
    AgentState.WAITING_APPROVAL: Notice.APPROVAL,
    AgentState.RATE_LIMITED: Notice.RATE_LIMIT,
}


def wanted(agent: AgentMemory, now: float) -> Notice | None:
    """Name the notice that an agent's state asks for; None where it asks for none, or nothing is certain."""
    if agent.state is AgentState.IDLE and agent.detail is IdleDetail.FRESH:
        return Notice.FRESH
    if agent.state is AgentState.UNSUBMITTED_INPUT:
        return Notice.DRAFT if given_up(agent.draft, now) else None
    return _CAUSES.get(agent.state)


def with_notices(agent: AgentMemory, now: float) -> AgentMemory:
    """Bring an agent's standing notices up to this instant."""
    if agent.state is AgentState.UNKNOWN:
        return agent
    about = wanted(agent, now)
    standing = next((notice for notice in agent.notices if notice.about is about), None)
    if about is None:
        after: tuple[StandingNotice, ...] = ()
    elif standing is None:
        after = (StandingNotice(about=about, at=now),)
    else:
        after = (reminded(standing, now),)
    return agent if after == agent.notices else agent.model_copy(update={"notices": after})


def quiet_until(agent: AgentMemory, now: float) -> float:
    """Until when, in seconds since the epoch, time alone cannot change the notices of an agent that are up to date."""
    if agent.draft is not None:
        return now
    return min((due_at(notice) for notice in agent.notices), default=inf)


def reminded(notice: StandingNotice, now: float) -> StandingNotice:
    """Raise a standing notice's ordinal where its next reminder is due; one missed unseen is not made up for."""
    if now < due_at(notice):
        return notice
    return StandingNotice(about=notice.about, ordinal=notice.ordinal + 1, at=now)


def due_at(notice: StandingNotice) -> float:
    """When the next reminder is due, in seconds since the epoch."""
    position = notice.ordinal - 1
    return notice.at + (_BACKOFF_S[position] if position < len(_BACKOFF_S) else _LONGEST_S)
