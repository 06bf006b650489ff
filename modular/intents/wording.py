"""The text of a notice: one sentence about one agent, or a plugin's text in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modular.memory import AgentMemory
from understudy import AgentState
from understudy.intents import Notice

_CLAUSES: Final = {
    Notice.IDLE: "is idle and can take work",
    Notice.FRESH: "has started and was never given a task",
    Notice.CRASH: "has left: a shell is in front",
    Notice.ERROR: "stands at an error",
    Notice.APPROVAL: "waits for an approval",
    Notice.RATE_LIMIT: "is held up by a usage limit",
    Notice.DRAFT: "has an unsent draft that is not ours to send",
}
SECTIONS: Final = {
    Notice.IDLE: "Idle",
    Notice.FRESH: "Fresh",
    Notice.CRASH: "Crashed",
    Notice.ERROR: "Errors",
    Notice.APPROVAL: "Waiting for approval",
    Notice.RATE_LIMIT: "Rate limited",
    Notice.DRAFT: "Unsent drafts",
    Notice.MISSING: "Missing",
    Notice.TEAM_IDLE: "Team idle",
    Notice.RECOVERY: "Recovered",
}
"""The heading under which a manager's report has each kind of notice."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """The subject of a notice, for the code that words it."""

    about: Notice
    pane: str
    session: str
    window: str
    agent: str
    """The CLI."""
    state: AgentState
    minutes: int
    """The whole minutes for which it is in that state."""
    sentence: str
    """The text of the notice unless a plugin replaces it."""


class Wording:
    """Writes the texts of notices; `offered` may return another text, or None to leave it."""

    def __init__(self, offered: Callable[[NoticeFacts], str | None] = lambda _facts: None) -> None:
        self._offered = offered

    def notice(self, agent: AgentMemory, about: Notice, now: float, says: str = "") -> str:
        """Return the text of a notice about one agent; `says` replaces the usual clause."""
        minutes = minutes_of(agent, now)
        lasting = f" (for {minutes} min)" if minutes else ""
        sentence = f"{agent.window} ({agent.session}, {agent.pane}) {says or _CLAUSES[about]}{lasting}."
        facts = NoticeFacts(
            about, agent.pane, agent.session, agent.window, agent.agent, agent.state, minutes, sentence=sentence
        )
        return self._offered(facts) or sentence


def minutes_of(agent: AgentMemory, now: float) -> int:
    """Return the whole minutes for which an agent is in its state."""
    return int((now - agent.since) // 60)
