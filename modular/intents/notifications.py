"""The standing notices about agents and their receivers: once on the edge, then reminders by backoff.

A notice is requested for as long as its cause lasts, and counts its reminders in its ordinal: one trouble, one episode.
When the cause is gone it is withdrawn. Doubt neither raises nor withdraws: an agent that cannot be read for a look
keeps its notice. An agent that a person or its manager is busy with needs no notice, and that time does not count.

It goes to the manager's pane of the agent's own session, if one is there with an agent in it; the harness
types all simultaneous notices to one manager as one report. Without a manager, an idle worker causes no notice; trouble
that needs a person (a crash, an error, an approval, a person's draft) becomes a request to one. No manager gets notices
about itself.
"""

from collections.abc import Collection, Mapping
from typing import Final

from modular.intents.backoff import wait_s
from modular.intents.fleet_view import FleetView
from modular.intents.limits import UsageLimits
from modular.intents.making import escalate, notify
from modular.intents.wording import Wording, minutes_of
from modular.memory import AgentMemory
from understudy import AgentRole, AgentState, IdleDetail, Intent, NotifyManager
from understudy.intents import Notice
from understudy.record import Record

_CAUSES: Final[dict[AgentState, Notice]] = {
    AgentState.IDLE: Notice.IDLE,
    AgentState.CRASHED: Notice.CRASH,
    AgentState.ERROR: Notice.ERROR,
    AgentState.WAITING_APPROVAL: Notice.APPROVAL,
    AgentState.RATE_LIMITED: Notice.RATE_LIMIT,
}
_OF_NO_USE: Final = frozenset({Notice.IDLE, Notice.FRESH})
"""An agent that waits for a usage limit cannot take work."""
_FOR_A_PERSON: Final = frozenset({Notice.CRASH, Notice.ERROR, Notice.APPROVAL, Notice.DRAFT})


class StandingNotice(Record):
    """A notice that is requested for as long as its cause lasts."""

    about: Notice
    ordinal: int = 1
    """1 for the first time; each reminder adds one."""
    at: float
    """The instant of this ordinal's first request, in seconds since the epoch."""


class NotificationManager:
    """Keeps the standing notices. Its other state, from one look to the next, only saves work."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._cached: dict[str, tuple[object, NotifyManager]] = {}
        """By agent, the notice to its manager at the last look, and its inputs."""

    def advance(
        self, before: Mapping[str, StandingNotice], look: FleetView, limits: UsageLimits, stuck: Collection[str]
    ) -> tuple[dict[str, StandingNotice], list[Intent]]:
        """Update the notices with this look and return them; `stuck` are the agents with a draft for others to send."""
        standing: dict[str, StandingNotice] = {}
        intents: list[Intent] = []
        for key, agent in look.agents.items():
            notice = stands(key, before.get(key), agent, look, limits, stuck)
            if notice is None:
                continue
            standing[key] = notice
            if key not in look.busy_with:
                intent = self._about(key, agent, notice, look, limits)
                if intent is not None:
                    intents.append(intent)
        if len(self._cached) > len(standing):
            self._cached = {key: cached for key, cached in self._cached.items() if key in standing}
        return standing, intents

    def _about(
        self, key: str, agent: AgentMemory, notice: StandingNotice, look: FleetView, limits: UsageLimits
    ) -> Intent | None:
        manager, now = look.managers.get(agent.session), look.now
        says = "may go on: its usage limit was to be reset by now" if _is_over(notice, key, look, limits) else ""
        if manager is None or manager is agent or agent.role is AgentRole.MANAGER:
            if notice.about not in _FOR_A_PERSON:
                return None
            text = self._wording.notice(agent, notice.about, now, says)
            reason = f"{agent.rule}: {agent.state}, and no manager to tell"
            return escalate(agent.session, text, reason, notice.ordinal, now, agent=agent)
        made_of = (agent, notice, manager.pane, minutes_of(agent, now), says)
        cached = self._cached.get(key)
        if cached is not None and cached[0] == made_of:
            return cached[1].model_copy(update={"at": now})
        text = self._wording.notice(agent, notice.about, now, says)
        intent = notify(manager, notice.about, text, f"{agent.rule}: {agent.state}", notice.ordinal, now, agent=agent)
        self._cached[key] = (made_of, intent)
        return intent


def stands(
    key: str,
    before: StandingNotice | None,
    agent: AgentMemory,
    look: FleetView,
    limits: UsageLimits,
    stuck: Collection[str],
) -> StandingNotice | None:
    """Return the notice that stands about an agent after a look; `before` is the one that stood before it."""
    if look.doubts(key):
        return before
    about = wanted(key, agent, stuck)
    if about is None or (about in _OF_NO_USE and limits.holds(agent, look)):
        return None
    known = before if before is not None and before.about is about else None
    if key in look.busy_with:
        return None if known is None else known.model_copy(update={"at": look.now})
    if known is None:
        return StandingNotice(about=about, at=look.now)
    return reminded(known, look.now, limits.until(key) if about is Notice.RATE_LIMIT else None)


def wanted(key: str, agent: AgentMemory, stuck: Collection[str]) -> Notice | None:
    """Return the kind of notice that an agent's state requires; None where it requires none."""
    if agent.state is AgentState.IDLE and agent.detail is IdleDetail.FRESH:
        return Notice.FRESH
    if agent.state is AgentState.UNSUBMITTED_INPUT:
        return Notice.DRAFT if key in stuck else None
    return _CAUSES.get(agent.state)


def reminded(notice: StandingNotice, now: float, not_before: float | None = None) -> StandingNotice:
    """Raise a standing notice's ordinal where its next reminder is due; a missed one is not made up for."""
    if now < due_at(notice, not_before):
        return notice
    return StandingNotice(about=notice.about, ordinal=notice.ordinal + 1, at=now)


def due_at(notice: StandingNotice, not_before: float | None = None) -> float:
    """Return when the next reminder is due, in seconds since the epoch; a first one waits for a known instant."""
    if not_before is not None and notice.at < not_before:
        return not_before
    return notice.at + wait_s(notice.ordinal)


def _is_over(notice: StandingNotice, key: str, look: FleetView, limits: UsageLimits) -> bool:
    until = limits.until(key)
    return notice.about is Notice.RATE_LIMIT and until is not None and until <= look.now
