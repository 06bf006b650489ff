"""Dead managers, replaced late and rarely. Pure, and slow to want what cannot be undone.

Nothing here goes by a word on a screen. A worker's window is never killed: it holds the evidence, and whoever restarts
the agent can close it. A manager is replaced only when its process has been gone for minutes, never twice in a short
time, and a person is asked where that was tried often enough.
"""

from collections.abc import Sequence
from typing import Final

from contract import AgentState, Outcome, Role
from modular.memory import AgentMemory, Spawned
from modular.tracker import CRASH_LOOKS

GRACE_S: Final = 180.0
"""A manager must have been gone this long before a new one is wanted."""
COOLDOWN_S: Final = 300.0
"""Seconds after a spawn in which no other is wanted in that session."""
SPAWNS_PER_HOUR: Final = 3
_HOUR_S: Final = 3600.0
_SPAWN: Final = "spawn_manager"
_PROCESS_RULES: Final = ("process.",)
"""Rules that saw the process itself gone."""


def learn_spawns(spawned: dict[str, Spawned], outcomes: Sequence[Outcome], now: float) -> dict[str, Spawned]:
    """Remember the managers that were really spawned within the last hour."""
    after = {session: _recent(known, now) for session, known in spawned.items()}
    for outcome in outcomes:
        if outcome.done and outcome.wish == _SPAWN:
            known = after.get(outcome.session, Spawned())
            after[outcome.session] = Spawned(at=(*known.at, outcome.at))
    return {session: known for session, known in after.items() if known.at}


def may_spawn(manager: AgentMemory, team: Sequence[AgentMemory], spawned: Spawned, now: float) -> bool:
    """Whether a new manager is wanted in place of this one."""
    return (
        is_gone(manager, now)
        and not any(one.role is Role.MANAGER and one.state is not AgentState.CRASHED for one in team)
        and any(one.role is Role.WORKER and one.state is not AgentState.CRASHED for one in team)
        and len(spawned.at) < SPAWNS_PER_HOUR
        and all(now - at >= COOLDOWN_S for at in spawned.at)
    )


def is_gone(manager: AgentMemory, now: float) -> bool:
    """Whether a manager's process was seen gone in several looks over the whole grace time."""
    return (
        manager.role is Role.MANAGER
        and manager.state is AgentState.CRASHED
        and manager.rule.startswith(_PROCESS_RULES)
        and manager.crash_looks >= CRASH_LOOKS
        and now - manager.since >= GRACE_S
    )


def _recent(spawned: Spawned, now: float) -> Spawned:
    return Spawned(at=tuple(at for at in spawned.at if now - at < _HOUR_S))
