"""What is wanted beyond telling: a draft sent, a dead manager replaced. Pure, and slow to want what cannot be undone.

Nothing here goes by a word on a screen. A worker's window is never killed: it holds the evidence, and whoever restarts
the agent can close it. A manager is replaced only when its process has been gone for minutes, never twice in a short
time, and a person is asked where that was tried often enough.
"""

from collections.abc import Sequence
from typing import Final

from contract import AgentState, Key, Outcome, Role
from contract.intents import SubmitDraft
from modular.memory import AgentMemory, DraftMemory, Spawned
from modular.notifications import MAX_ATTEMPTS
from modular.rulefile import UNKNOWN
from modular.tracker import CRASH_LOOKS

DRAFT_STANDS_S: Final = 8.0
"""A draft that stood still this long is forgotten, not being typed."""
RETRY_S: Final = 10.0
"""Seconds between two attempts to send one draft."""
GRACE_S: Final = 180.0
"""A manager must have been gone this long before a new one is wanted."""
COOLDOWN_S: Final = 300.0
"""Seconds after a spawn in which no other is wanted in that session."""
SPAWNS_PER_HOUR: Final = 3
_HOUR_S: Final = 3600.0
_SUBMIT: Final = SubmitDraft.model_fields["kind"].default
_SPAWN: Final = "spawn_manager"
_PROCESS_RULES: Final = ("process.",)
"""Rules that saw the process itself gone."""


def submit_keys(attempt: int) -> tuple[Key, ...]:
    """Name the keys of the nth attempt (from 1); the second leaves a menu or the middle of a line first."""
    return (Key.END_OF_LINE, Key.ENTER) if attempt == 2 else (Key.ENTER,)  # noqa: PLR2004 - the second of five


def submit_attempt(agent: AgentMemory, now: float) -> int | None:
    """Say which attempt at sending an agent's draft is due; None where none is."""
    draft = agent.draft
    if agent.state is not AgentState.UNSUBMITTED_INPUT or draft is None or draft.attempts >= MAX_ATTEMPTS:
        return None
    if UNKNOWN in {
        agent.agent,
        agent.rule.partition(".")[0],
    }:  # what looks like a draft may be anything on the screen of a CLI that no rules know
        return None
    if now - draft.since < DRAFT_STANDS_S or (draft.tried_at is not None and now - draft.tried_at < RETRY_S):
        return None
    return draft.attempts + 1


def learn_attempts(agent: AgentMemory, outcomes: Sequence[Outcome]) -> AgentMemory:
    """Count the attempts that were really made, by whomever: a refused or shadowed wish is none."""
    draft = agent.draft
    if draft is None:
        return agent
    made = [one for one in outcomes if one.done and one.wish == _SUBMIT and one.pane == agent.pane]
    if not made:
        return agent
    tried: DraftMemory = draft.model_copy(
        update={"attempts": draft.attempts + len(made), "tried_at": max(one.at for one in made)}
    )
    return agent.model_copy(update={"draft": tried})


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
