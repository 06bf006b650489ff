"""Strata of bouts: kinds that are judged for themselves, since agreeing on busy panes says nothing about drafts."""

from enum import StrEnum

from shadow.differences import Side
from understudy.verdicts import AgentState


class Stratum(StrEnum):
    """A kind of bout."""

    DRAFT = "draft"
    KILL = "kill"
    SPAWN = "spawn"
    NOTICE_IDLE = "notice_idle"
    NOTICE_CRASH = "notice_crash"
    APPROVAL = "approval"
    """Somebody waits for approval; an event where only one of them would say so to the manager."""
    BUSY_CALLED_IDLE = "busy_called_idle"
    """The candidate calls idle what the incumbent calls busy."""
    WAITING_CALLED_OTHER = "waiting_called_other"
    """The candidate calls anything else what the incumbent calls waiting for approval."""
    CALLED_CRASHED = "called_crashed"
    """The candidate calls crashed what the incumbent does not."""


_ACTS = {
    Stratum.DRAFT: "submit_draft",
    Stratum.KILL: "kill_window",
    Stratum.SPAWN: "spawn_manager",
    Stratum.NOTICE_IDLE: "notify_manager:idle",
    Stratum.NOTICE_CRASH: "notify_manager:crash",
    Stratum.APPROVAL: "notify_manager:approval",
}
_STATES = {
    Stratum.APPROVAL: AgentState.WAITING_APPROVAL,
    Stratum.BUSY_CALLED_IDLE: AgentState.BUSY,
    Stratum.WAITING_CALLED_OTHER: AgentState.WAITING_APPROVAL,
    Stratum.CALLED_CRASHED: AgentState.CRASHED,
}


def strata_of(incumbent: Side, candidate: Side) -> tuple[Stratum, ...]:
    """In whose denominators two sides are: at least one says that state, or wants that act."""
    intent_keys, states = incumbent.intent_keys | candidate.intent_keys, {incumbent.state, candidate.state}
    return tuple(
        stratum
        for stratum in Stratum
        if _ACTS.get(stratum) in intent_keys or (_STATES.get(stratum) or "none") in states
    )


def events_of(incumbent: Side, candidate: Side) -> tuple[Stratum, ...]:
    """Of which strata two sides are an event. States have a direction: the candidate's error counts."""
    differing = incumbent.intent_keys ^ candidate.intent_keys
    found = [stratum for stratum, act in _ACTS.items() if act in differing]
    if incumbent.state is not None and candidate.state is not None and incumbent.state is not candidate.state:
        if incumbent.state is AgentState.BUSY and candidate.state is AgentState.IDLE:
            found.append(Stratum.BUSY_CALLED_IDLE)
        if incumbent.state is AgentState.WAITING_APPROVAL:
            found.append(Stratum.WAITING_CALLED_OTHER)
        if candidate.state is AgentState.CRASHED:
            found.append(Stratum.CALLED_CRASHED)
    return tuple(found)
