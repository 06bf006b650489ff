"""Agents whose panes are gone: reported after a grace time, all of a team at once, a limited number of times. Pure."""

from collections.abc import Mapping
from typing import Final

from modular.intents.fleet_view import FleetView
from modular.intents.making import escalate, notify
from modular.memory import AgentMemory
from understudy import AgentRole, Intent
from understudy.intents import Notice
from understudy.record import Record

GRACE_S: Final = 120.0
"""Seconds that a pane may be gone before a notice is due: agents are restarted."""
REPEAT_S: Final = 1800.0
LAST: Final = 3
"""The number of notices at most: a person who removed it on purpose needs no more."""


class MissingManager(Record):
    """The agents missing from one session, as the last notice named them."""

    names: tuple[str, ...]
    """Their windows, sorted."""
    ordinal: int
    repeat: int
    """The number of notices about exactly these."""
    at: float
    """The instant of the last notice, in seconds since the epoch."""


def advance(before: Mapping[str, MissingManager], look: FleetView) -> tuple[dict[str, MissingManager], list[Intent]]:
    """Update the missing agents with this look, and return the notices about them."""
    if not look.lost:
        return {}, []
    missed = {
        session: _noticed(before.get(session), tuple(sorted({agent.window for agent in agents})), look.now)
        for session, agents in _gone(look).items()
    }
    intents = [_intent(session, one, look) for session, one in missed.items() if one.repeat <= LAST]
    return missed, intents


def _gone(look: FleetView) -> dict[str, list[AgentMemory]]:
    """Return the agents that are gone for good, by session; the manager alone where a session has lost its manager."""
    here = {(agent.session, agent.window) for agent in look.agents.values()}
    teams = {agent.session for agent in look.agents.values() if agent.role is AgentRole.WORKER}
    gone: dict[str, list[AgentMemory]] = {}
    for agent in look.lost.values():
        if (agent.session, agent.window) in here or agent.missing_since is None:
            continue
        if look.now - agent.missing_since < GRACE_S:
            continue
        led = agent.session in look.managers
        if (agent.role is AgentRole.WORKER and led) or (
            agent.role is AgentRole.MANAGER and not led and agent.session in teams
        ):
            gone.setdefault(agent.session, []).append(agent)
    return gone


def _noticed(before: MissingManager | None, names: tuple[str, ...], now: float) -> MissingManager:
    if before is None:
        return MissingManager(names=names, ordinal=1, repeat=1, at=now)
    if not set(names) <= set(before.names):
        return MissingManager(names=names, ordinal=before.ordinal + 1, repeat=1, at=now)
    if now - before.at >= REPEAT_S and before.repeat <= LAST:
        return MissingManager(names=names, ordinal=before.ordinal + 1, repeat=before.repeat + 1, at=now)
    return before if before.names == names else before.model_copy(update={"names": names})


def _intent(session: str, missed: MissingManager, look: FleetView) -> Intent:
    manager, names, now = look.managers.get(session), ", ".join(missed.names), look.now
    if manager is None:
        text = f"The team in {session} has no manager: {names} is gone."
        return escalate(session, text, "pane.gone: the manager's pane is no longer there", missed.ordinal, now)
    text, reason = f"Missing from this session: {names}", "pane.gone: seen before, no longer there"
    return notify(manager, Notice.MISSING, text, reason, missed.ordinal, now, agent=None)
