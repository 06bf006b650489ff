"""Dead managers, replaced late and rarely, since a replacement cannot be undone. Pure.

No decision here rests on text on a screen. A worker's window is never killed: it holds the evidence, and a person who
restarts the agent can close it. A manager is replaced only when its process has been gone for minutes, never twice in a
short time; after several replacements a person is asked. A session's new manager gets a summary of its agents.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from modular.intents.fleet_view import FleetView
from modular.intents.making import notify
from modular.memory import AgentMemory
from modular.tracking.tracker import CRASH_LOOKS
from understudy import AgentRole, AgentState, Intent, Outcome, SpawnManager
from understudy.intents import Notice
from understudy.record import Record

GRACE_S: Final = 180.0
"""Seconds that a manager must have been gone before a new one is requested."""
COOLDOWN_S: Final = 300.0
"""Seconds after a spawn in which no other is requested in that session."""
SPAWNS_PER_HOUR: Final = 3
_HOUR_S: Final = 3600.0
_AWAY_S: Final = 60.0
"""A manager that comes back within so many seconds has missed nothing."""
_GREETING_S: Final = 300.0
"""Seconds for which the summary for a manager that came back is requested."""
_SPAWN: Final = "spawn_manager"
_GREETING: Final = f"notify_manager:{Notice.RECOVERY}"
_PROCESS_RULES: Final = ("process.",)
"""The rules that rest on the process itself being gone."""


class RecoveryMemory(Record):
    """The memory of one session's managers."""

    spawned: tuple[float, ...] = ()
    """The instants of real spawns within the last hour, in seconds since the epoch, oldest first."""
    without_since: float | None = None
    """The instant since which the session has no manager to notify."""
    looks: int = 0
    """The number of looks in a row with that result, up to the number that counts."""
    back_at: float | None = None
    """The instant since which it has one again, while the summary is still due."""


def advance(before: Mapping[str, RecoveryMemory], look: FleetView) -> tuple[dict[str, RecoveryMemory], list[Intent]]:
    """Update the managers with this look, and return the intents to replace some and to send others the summary."""
    teams = look.teams
    leads = AgentRole.MANAGER
    here = [agent for agent in look.agents.values() if agent.role is leads]
    led = {agent.session for agent in here} | {agent.session for agent in look.lost.values() if agent.role is leads}
    recovered: dict[str, RecoveryMemory] = {}
    intents: list[Intent] = []
    for session in sorted(before.keys() | teams.keys()):
        after = _learned(before.get(session, RecoveryMemory()), session, look, had_one=session in led)
        if after != RecoveryMemory():
            recovered[session] = after
        team = teams.get(session, ())
        mine = (one for one in here if one.session == session and not look.doubts(one.key))
        intents += [_spawn(manager, team, look.now) for manager in mine if may_spawn(manager, team, after, look)]
        if after.back_at is not None and (leader := look.managers.get(session)) is not None:
            intents.append(_greeting(leader, team, after, look.now))
    return recovered, intents


def may_spawn(manager: AgentMemory, team: Sequence[AgentMemory], known: RecoveryMemory, look: FleetView) -> bool:
    """Return whether a new manager is due in place of this one."""
    if not is_gone(manager, look.now):
        return False
    others = [one for one in team if one is not manager and one.state is not AgentState.CRASHED]
    return (
        manager.key not in look.busy_with
        and not any(one.role is AgentRole.MANAGER for one in others)
        and any(one.role is AgentRole.WORKER for one in others)
        and len(known.spawned) < SPAWNS_PER_HOUR
        and all(look.now - at >= COOLDOWN_S for at in known.spawned)
    )


def is_gone(manager: AgentMemory, now: float) -> bool:
    """Return whether a manager's process was seen gone in several looks over the whole grace time."""
    return (
        manager.role is AgentRole.MANAGER
        and manager.state is AgentState.CRASHED
        and manager.rule.startswith(_PROCESS_RULES)
        and manager.crash_looks >= CRASH_LOOKS
        and now - manager.since >= GRACE_S
    )


def _learned(known: RecoveryMemory, session: str, look: FleetView, *, had_one: bool) -> RecoveryMemory:
    now = look.now
    mine = [one for one in look.outcomes if one.done and one.session == session]
    spawned = (*known.spawned, *(one.at for one in mine if one.intent_key == _SPAWN))
    without, looks, back = known.without_since, known.looks, known.back_at
    if session in look.managers:
        if without is not None and now - without >= _AWAY_S and looks >= CRASH_LOOKS:
            back = now
        without, looks = None, 0
    elif had_one:
        without, looks, back = (now if without is None else without), min(CRASH_LOOKS, looks + 1), None
    if back is not None and (now - back >= _GREETING_S or _was_greeted(mine)):
        back = None
    return RecoveryMemory(
        spawned=tuple(at for at in spawned if now - at < _HOUR_S), without_since=without, looks=looks, back_at=back
    )


def _was_greeted(outcomes: Sequence[Outcome]) -> bool:
    return any(one.intent_key == _GREETING for one in outcomes)


def _spawn(manager: AgentMemory, team: Sequence[AgentMemory], now: float) -> SpawnManager:
    names = sorted(agent.window for agent in team if agent is not manager)
    return SpawnManager(
        pane=manager.pane,
        pid=manager.pid,
        target=manager.pane,
        session=manager.session,
        reason=f"{manager.rule}: the manager's process has been gone for {now - manager.since:.0f} s",
        at=now,
        window_name=manager.window,
        kills=(manager.pane,),
        briefing="You manage this session. Its agents: " + ", ".join(names) + ".",
    )


def _greeting(manager: AgentMemory, team: Sequence[AgentMemory], known: RecoveryMemory, now: float) -> Intent:
    others = sorted((agent for agent in team if agent is not manager), key=lambda agent: agent.window)
    summary = ", ".join(f"{agent.window} is {agent.state.replace('_', ' ')}" for agent in others)
    again = f" (replaced {len(known.spawned)} times within the hour)" if known.spawned else ""
    text = f"{manager.session} has a manager again{again}. As it stands: {summary or 'there is no other agent'}"
    return notify(manager, Notice.RECOVERY, text, "manager.back: there was none to tell", 1, now, agent=manager)
