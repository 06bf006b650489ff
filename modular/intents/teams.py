"""A team in which no agent works: its manager gets a notice, then a second one, then a person is asked. Pure.

No pane is ever killed for it. The steps start anew when an agent works, or when a person or the manager is busy with
one of the team; they wait while an agent cannot be read.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from modular.intents.backoff import ordinal_after
from modular.intents.fleet_view import FleetView
from modular.intents.making import escalate, notify
from modular.memory import AgentMemory
from understudy import AgentRole, AgentState, Intent
from understudy.intents import Notice
from understudy.record import Record

NOTICE_AFTER_S: Final = (180.0, 300.0)
"""The seconds after which the manager gets the notices; later ones follow as any reminder."""
ESCALATED_AFTER_S: Final = 480.0
"""The seconds after which a person is asked."""


class TeamIdle(Record):
    """A team in which no agent works."""

    since: float
    """Seconds since the epoch."""


def advance(before: Mapping[str, TeamIdle], look: FleetView) -> tuple[dict[str, TeamIdle], list[Intent]]:
    """Update the idle teams with this look, and return the notices about them."""
    idle: dict[str, TeamIdle] = {}
    intents: list[Intent] = []
    for session, manager in look.managers.items():
        team = look.teams[session]
        known = before.get(session)
        if any(look.doubts(agent.key) for agent in team):
            if known is not None:
                idle[session] = known
                intents += _ladder(manager, team, known, look.now)
        elif _all_idle(team):
            started = known is None or any(agent.key in look.busy_with for agent in team)
            idle[session] = TeamIdle(since=look.now) if started or known is None else known
            intents += _ladder(manager, team, idle[session], look.now)
    return idle, intents


def _all_idle(team: Sequence[AgentMemory]) -> bool:
    return any(agent.role is AgentRole.WORKER for agent in team) and all(
        agent.state is AgentState.IDLE for agent in team
    )


def _ladder(manager: AgentMemory, team: Sequence[AgentMemory], idle: TeamIdle, now: float) -> list[Intent]:
    seconds = now - idle.since
    if seconds < NOTICE_AFTER_S[0]:
        return []
    ordinal = 1 if seconds < NOTICE_AFTER_S[1] else 1 + ordinal_after(seconds - NOTICE_AFTER_S[1])
    names = ", ".join(sorted(agent.window for agent in team if agent is not manager))
    text = f"The whole team has been idle for {seconds // 60:.0f} min: {names}"
    reason = f"team.idle: none of {len(team)} works"
    intents: list[Intent] = [notify(manager, Notice.TEAM_IDLE, text, reason, ordinal, now, agent=manager)]
    if seconds >= ESCALATED_AFTER_S:
        asks = f"{text}. {manager.window} got two notices and the team still does not work."
        ordinal = ordinal_after(seconds - ESCALATED_AFTER_S)
        intents.append(escalate(manager.session, asks, reason, ordinal, now, agent=manager))
    return intents
