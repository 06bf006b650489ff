"""Usage limits: each parks one session until its reset, and no other session. Pure.

A limit is its CLI's: agents of that CLI in that session wait with the one that shows it; no notice calls them idle,
and none of their drafts is submitted. The others go on. A limit that a screen still shows after the reset is stale,
and parks no session again.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import Field

from modular.intents.fleet_view import FleetView
from modular.intents.resets import reset_at
from modular.memory import AgentMemory
from modular.tracking.tracker import digest
from understudy import AgentState, Intent, PauseSession
from understudy.record import Record

MARGIN_S: Final = 60.0
"""Clocks differ: a limit counts as reset so much later than its CLI says."""
UNKNOWN_END_S: Final = 900.0
"""The length of a limit whose end is not shown; after it the agent is treated as if the limit were reset."""
_LONGEST_S: Final = 8 * 24 * 3600.0
"""A reset that is more than a week away is misread."""
_NEAR: Final = 60.0
"""A reset that moved by less than so many seconds is the same one, counted down."""


class LimitedAgent(Record):
    """One agent that shows a usage limit."""

    session: str
    agent: str
    """The CLI whose limit it is."""
    says: str
    """Hash of its text."""
    until: float


class Pause(Record):
    """A session that is parked."""

    until: float
    ordinal: int = 1


class UsageLimits(Record):
    """The slice: agents by identity, sessions by name."""

    agents: dict[str, LimitedAgent] = Field(default_factory=dict)
    pauses: dict[str, Pause] = Field(default_factory=dict)

    def until(self, key: str) -> float | None:
        """Return the end of the limit that an agent shows; None where it shows none."""
        parked = self.agents.get(key)
        return None if parked is None else parked.until

    def holds(self, agent: AgentMemory, look: FleetView) -> bool:
        """Return whether an agent waits for a limit, its own or that of an agent of the same CLI in its session."""
        return bool(self.agents) and any(
            parked.session == agent.session and parked.agent == agent.agent and look.now < parked.until
            for parked in self.agents.values()
        )


def advance(before: UsageLimits, look: FleetView) -> tuple[UsageLimits, list[Intent]]:
    """Update the limits with this look, and return the intents to park sessions."""
    state = AgentState.RATE_LIMITED
    limited = {key for key, agent in look.agents.items() if agent.state is state}
    if not limited and not before.agents:
        return before, []
    agents: dict[str, LimitedAgent] = {}
    for key, agent in look.agents.items():
        known = before.agents.get(key)
        if look.doubts(key):
            if known is not None:
                agents[key] = known
        elif key in limited:
            agents[key] = _parked(known, agent, look.readings[key].lines, look.now)
    pauses = _pauses(before.pauses, agents, look.now)
    return UsageLimits(agents=agents, pauses=pauses), [_pause(name, pauses[name], agents, look) for name in pauses]


def _parked(known: LimitedAgent | None, agent: AgentMemory, lines: Sequence[str], now: float) -> LimitedAgent:
    text = "\n".join(lines)
    says = digest(text)
    if known is not None and known.says == says:
        return known
    at = reset_at(text, now)
    if at is None or at > now + _LONGEST_S:
        until = known.until if known is not None and now < known.until else now + UNKNOWN_END_S
    else:
        until = at + MARGIN_S
    return LimitedAgent(session=agent.session, agent=agent.agent, says=says, until=until)


def _pauses(before: Mapping[str, Pause], agents: Mapping[str, LimitedAgent], now: float) -> dict[str, Pause]:
    pauses: dict[str, Pause] = {}
    for parked in agents.values():
        if now >= parked.until:
            continue
        known = pauses.get(parked.session) or before.get(parked.session)
        if known is None or known.until <= now:
            pauses[parked.session] = Pause(until=parked.until, ordinal=1 if known is None else known.ordinal + 1)
        elif parked.until > known.until + _NEAR:
            again = known.ordinal if parked.session in pauses else known.ordinal + 1
            pauses[parked.session] = Pause(until=parked.until, ordinal=again)
        else:
            pauses[parked.session] = known
    return pauses


def _pause(session: str, pause: Pause, agents: Mapping[str, LimitedAgent], look: FleetView) -> PauseSession:
    key = max((key for key, one in agents.items() if one.session == session), key=lambda key: agents[key].until)
    agent = look.agents[key]
    return PauseSession(
        pane=agent.pane,
        pid=agent.pid,
        target=None,
        session=session,
        reason=f"{agent.rule}: {agent.state}",
        ordinal=pause.ordinal,
        at=look.now,
        until=pause.until,
    )
