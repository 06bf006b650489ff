"""From what is remembered to what is wanted now, in the contract's words. Pure.

A notice goes to the manager's pane of the agent's own session, if one is there with an agent in it. Where none is, a
worker's idleness concerns nobody; what needs a person (a crash, an error, an approval) becomes an escalation. A manager
hears nothing about itself; its crash and its approvals are a person's.
"""

from collections.abc import Sequence
from typing import Final

from contract import AgentState, Escalate, Intent, NotifyManager, Role, SpawnManager, SubmitDraft
from contract.intents import Notice
from modular import drafts, recovery
from modular.memory import AgentMemory, Spawned, StandingNotice
from modular.rulefile import UNKNOWN

_MISSING_GRACE_S: Final = 120.0
"""A pane may be gone this long before anybody hears of it: agents are restarted."""
_MISSING_REPEAT_S: Final = 1800.0
_MISSING_LAST: Final = 3
"""So often at most: whoever removed it on purpose need not be told for ever."""

_FOR_A_PERSON: Final = frozenset({Notice.CRASH, Notice.ERROR, Notice.APPROVAL})
_SAYS: Final = {
    Notice.IDLE: "is idle and can take work",
    Notice.FRESH: "has started and was never given a task",
    Notice.CRASH: "has left: a shell is in front",
    Notice.ERROR: "stands at an error",
    Notice.APPROVAL: "waits for an approval",
    Notice.RATE_LIMIT: "is held up by a usage limit",
    Notice.DRAFT: "has an unsent draft that could not be submitted",
}
_SECTIONS: Final = {
    Notice.IDLE: "Idle",
    Notice.FRESH: "Fresh",
    Notice.CRASH: "Crashed",
    Notice.ERROR: "Errors",
    Notice.APPROVAL: "Waiting for approval",
    Notice.RATE_LIMIT: "Rate limited",
    Notice.DRAFT: "Unsent drafts",
}


def managers_of(agents: Sequence[AgentMemory]) -> dict[str, AgentMemory]:
    """Find the manager to tell in each session: the first, in the order given, in whose pane an agent is."""
    managers: dict[str, AgentMemory] = {}
    for agent in agents:
        if agent.role is Role.MANAGER and has_an_agent_in_it(agent):
            managers.setdefault(agent.session, agent)
    return managers


def has_an_agent_in_it(agent: AgentMemory) -> bool:
    """Whether somebody is there to read a notice: a known CLI, or one whose screen could at least be read."""
    if agent.state is AgentState.CRASHED:
        return False
    return agent.agent != UNKNOWN or agent.state is not AgentState.UNKNOWN


Told = dict[str, tuple[AgentMemory, str, int, list[NotifyManager]]]
"""By agent what its manager was told at the last look: whom it was about, in which pane, and of how many minutes."""


def intents_for(
    agents: Sequence[AgentMemory],
    lost: Sequence[AgentMemory],
    spawned: dict[str, Spawned],
    now: float,
    told: Told | None = None,
) -> list[Intent]:
    """Say everything that is wanted now; `agents` are those in view, `lost` those whose panes are gone.

    `told` carries notices from one look to the next, so that one that says the same need not be worded again.
    """
    managers = managers_of(agents)
    told = {} if told is None else told
    wishes: list[Intent] = []
    for agent in agents:
        if agent.notices:
            wishes += _about(agent, managers.get(agent.session), now, told)
        if agent.draft is not None and (attempt := drafts.submit_attempt(agent, now)) is not None:
            wishes.append(_submit(agent, attempt, now))
        if agent.role is Role.MANAGER and agent.state is AgentState.CRASHED:
            wishes += _spawn(agent, agents, spawned.get(agent.session, Spawned()), now)
    here = {(agent.session, agent.window) for agent in agents}
    missed = [agent for agent in lost if (agent.session, agent.window) not in here]
    return wishes + _about_lost(missed, managers, now) + _about_lost_managers(missed, agents, managers, now)


def _about(agent: AgentMemory, manager: AgentMemory | None, now: float, told: Told) -> Sequence[Intent]:
    if manager is None or manager is agent or agent.role is Role.MANAGER:
        return [_escalate(agent, notice, now) for notice in agent.notices if notice.about in _FOR_A_PERSON]
    minutes, key = _minutes(agent, now), agent.key
    last = told.get(key)
    if last is not None and last[0] is agent and last[1] == manager.pane and last[2] == minutes:
        return [wish.model_copy(update={"at": now}) for wish in last[3]]
    wishes = [_notify(agent, manager, notice, now) for notice in agent.notices]
    told[key] = (agent, manager.pane, minutes, wishes)
    return wishes


def _notify(agent: AgentMemory, manager: AgentMemory, notice: StandingNotice, now: float) -> NotifyManager:
    return NotifyManager(
        pane=agent.pane,
        pid=agent.pid,
        target=manager.pane,
        session=agent.session,
        reason=f"{agent.rule}: {agent.state}",
        ordinal=notice.ordinal,
        at=now,
        about=notice.about,
        text=_text(agent, notice, now),
        section=_SECTIONS[notice.about],
    )


def _escalate(agent: AgentMemory, notice: StandingNotice, now: float) -> Escalate:
    return Escalate(
        pane=agent.pane,
        pid=agent.pid,
        target=None,
        session=agent.session,
        reason=f"{agent.rule}: {agent.state}, and no manager to tell",
        ordinal=notice.ordinal,
        at=now,
        text=_text(agent, notice, now),
    )


def _submit(agent: AgentMemory, attempt: int, now: float) -> SubmitDraft:
    return SubmitDraft(
        pane=agent.pane,
        pid=agent.pid,
        target=agent.pane,
        session=agent.session,
        reason=f"{agent.rule}: the draft stands still",
        ordinal=attempt,
        at=now,
        keys=drafts.submit_keys(attempt),
    )


def _spawn(manager: AgentMemory, agents: Sequence[AgentMemory], spawned: Spawned, now: float) -> list[Intent]:
    team = [agent for agent in agents if agent.session == manager.session and agent is not manager]
    if not recovery.may_spawn(manager, team, spawned, now):
        return []
    return [
        SpawnManager(
            pane=manager.pane,
            pid=manager.pid,
            target=manager.pane,
            session=manager.session,
            reason=f"{manager.rule}: the manager's process has been gone for {now - manager.since:.0f} s",
            at=now,
            window_name=manager.window,
            kills=(manager.pane,),
            briefing="You manage this session. Its agents: " + ", ".join(sorted(agent.window for agent in team)) + ".",
        )
    ]


def _about_lost(lost: Sequence[AgentMemory], managers: dict[str, AgentMemory], now: float) -> list[Intent]:
    gone: dict[str, list[AgentMemory]] = {}
    for agent in lost:
        if agent.role is Role.WORKER and agent.session in managers and _missing_ordinal(agent, now) is not None:
            gone.setdefault(agent.session, []).append(agent)
    return [_missing(missing, managers[session], now) for session, missing in gone.items()]


def _missing(missing: Sequence[AgentMemory], manager: AgentMemory, now: float) -> NotifyManager:
    names = ", ".join(sorted(agent.window for agent in missing))
    return NotifyManager(
        pane=None,
        pid=None,
        target=manager.pane,
        session=manager.session,
        reason="pane.gone: seen before, no longer there",
        ordinal=max(_missing_ordinal(agent, now) or 1 for agent in missing),
        at=now,
        about=Notice.MISSING,
        text=f"Missing from this session: {names}",
        section="Missing",
    )


def _about_lost_managers(
    lost: Sequence[AgentMemory], agents: Sequence[AgentMemory], managers: dict[str, AgentMemory], now: float
) -> list[Intent]:
    """A team whose manager's pane is gone: somebody may have closed it on purpose, so a person is asked."""
    teams = {agent.session for agent in agents if agent.role is Role.WORKER}
    return [
        Escalate(
            pane=None,
            pid=None,
            target=None,
            session=manager.session,
            reason="pane.gone: the manager's pane is no longer there",
            ordinal=ordinal,
            at=now,
            text=f"The team in {manager.session} has no manager: {manager.window} is gone.",
        )
        for manager in lost
        if manager.role is Role.MANAGER
        and manager.session in teams - managers.keys()
        and (ordinal := _missing_ordinal(manager, now)) is not None
    ]


def _missing_ordinal(agent: AgentMemory, now: float) -> int | None:
    if agent.missing_since is None:
        return None
    since = now - agent.missing_since - _MISSING_GRACE_S
    ordinal = 1 + int(since // _MISSING_REPEAT_S)
    return ordinal if since >= 0 and ordinal <= _MISSING_LAST else None


def _text(agent: AgentMemory, notice: StandingNotice, now: float) -> str:
    minutes = _minutes(agent, now)
    lasting = f" (for {minutes} min)" if minutes else ""
    return f"{agent.window} ({agent.session}, {agent.pane}) {_SAYS[notice.about]}{lasting}."


def _minutes(agent: AgentMemory, now: float) -> int:
    return int((now - agent.since) // 60)
