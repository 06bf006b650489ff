"""Which panes are agents, and for whom they work. Panes are looked at, not windows; names are labels.

A pane is an agent's when an agent CLI runs in it, when one ran in it when it was last seen, or when its window is named
as the incumbent names agents. In a window of several panes the name speaks for the active pane alone, and only where no
other pane of it is an agent's in its own right.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from contract import PaneShot, Role
from modular.memory import AgentMemory
from modular.reading import processes
from modular.reading.identity import identify
from modular.rulebook.book import RuleBook
from modular.rulebook.file import UNKNOWN

_AGENT_PREFIX: Final = "claude-"
_AGENT_WORDS: Final = ("pm", "developer", "qa", "engineer", "devops", "backend", "frontend")
_MANAGER_WORDS: Final = ("pm", "manager")


class Sighting(NamedTuple):
    """One pane that is an agent's. A tuple: one is made of every agent at every look."""

    shot: PaneShot
    role: Role
    last_agent: str | None
    """The CLI last seen in it."""
    key: str
    """Its identity: the pane and the pane's own process."""


@lru_cache(maxsize=4096)
def named_as_agent(window: str) -> bool:
    """Whether the incumbent would take a window of this name for an agent's."""
    name = window.lower()
    return name.startswith(_AGENT_PREFIX) or any(word in name for word in _AGENT_WORDS)


@lru_cache(maxsize=4096)
def role_of(window: str) -> Role:
    """Managers are told by their window's name: nothing on a screen says who leads."""
    name = window.lower()
    return Role.MANAGER if any(word in name for word in _MANAGER_WORDS) else Role.WORKER


IsAgents = Callable[[str, PaneShot, AgentMemory | None], bool]
"""Whether the pane of this identity is an agent's in its own right, as `runs_or_ran` tells."""


def discover(
    panes: Mapping[str, PaneShot], known: Mapping[str, AgentMemory], is_agents: IsAgents
) -> dict[str, Sighting]:
    """Find the agents among these panes, by identity and in the order given."""
    own = {key for key, shot in panes.items() if is_agents(key, shot, known.get(key))}
    taken = {shot.window_id for key, shot in panes.items() if key in own}
    return {
        key: Sighting(shot, role_of(shot.window), _last_agent(known.get(key)), key)
        for key, shot in panes.items()
        if key in own or (shot.active and shot.window_id not in taken and named_as_agent(shot.window))
    }


def runs_or_ran(shot: PaneShot, known: AgentMemory | None, book: RuleBook) -> bool:
    """Whether an agent CLI runs in this pane now, or ran there when it was last seen."""
    if known is not None and known.agent != UNKNOWN:
        return True
    chain = processes.chain(shot)
    match processes.front(chain, book, dead=shot.dead):
        case processes.Front.AGENT:
            return True
        case processes.Front.PROGRAM:
            return processes.may_hide_an_agent(chain) and identify(shot, chain, book) != UNKNOWN
        case _:
            return False


def _last_agent(known: AgentMemory | None) -> str | None:
    return None if known is None or known.agent == UNKNOWN else known.agent
