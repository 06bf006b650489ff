"""Intents, , each made in one place. Pure."""

from modular.intents.wording import SECTIONS
from modular.memory import AgentMemory
from understudy import Escalate, NotifyManager
from understudy.intents import Notice


def notify(
    manager: AgentMemory, about: Notice, text: str, reason: str, ordinal: int, now: float, *, agent: AgentMemory | None
) -> NotifyManager:
    """Tell a manager something, about an agent or (None) about its whole team."""
    return NotifyManager(
        pane=None if agent is None else agent.pane,
        pid=None if agent is None else agent.pid,
        target=manager.pane,
        session=manager.session,
        reason=reason,
        ordinal=ordinal,
        at=now,
        about=about,
        text=text,
        section=SECTIONS[about],
    )


def escalate(
    session: str, text: str, reason: str, ordinal: int, now: float, *, agent: AgentMemory | None = None
) -> Escalate:
    """Ask a person, about an agent or (None) about a whole session."""
    return Escalate(
        pane=None if agent is None else agent.pane,
        pid=None if agent is None else agent.pid,
        target=None,
        session=session,
        reason=reason,
        ordinal=ordinal,
        at=now,
        text=text,
    )
