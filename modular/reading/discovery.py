"""Finds the panes that are agents, and their roles. Panes are read, not windows; names are labels.

A pane is an agent's when an agent CLI runs in it, when one ran in it when it was last seen, or when its window is named
as the incumbent names agents. In a window of several panes the name applies to the active pane alone, and only where no
other pane of it is an agent's in its own right.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from modular.memory import AgentMemory
from modular.reading import crash, processes
from modular.reading.classifier import classify
from modular.reading.identity import identify
from modular.reading.nesting import inner
from modular.rulebook.book import RuleBook
from modular.rulebook.file import SHELL, UNKNOWN
from understudy import AgentRole, AgentState, PaneShot
from understudy.window_names import AGENT_WORDS, MANAGER_WORDS

_AGENT_PREFIX: Final = "claude-"

_VIEWED: Final = re.compile(
    r"^:\s*$|\(END\)|--More--|^lines \d+-\d+|-- (?:INSERT|VISUAL|REPLACE) --"
    r"|\b\d+(?:,\d+(?:-\d+)?)? +(?:All|Top|Bot|\d+%)$|\d+L, \d+[BC]\b"
)
"""The last row of a pager or an editor, such as runs behind ssh."""

_LAUNCH_ROWS: Final = 4


class Sighting(NamedTuple):
    """One pane that is an agent's. A tuple: one is made of every agent at every look."""

    shot: PaneShot
    role: AgentRole
    last_agent: str | None
    """The CLI last seen in it."""
    key: str
    """Its identity: the pane and the pane's own process."""


@lru_cache(maxsize=4096)
def named_as_agent(window: str) -> bool:
    """Return whether the incumbent takes a window of this name for an agent's."""
    name = window.lower()
    return name.startswith(_AGENT_PREFIX) or any(word in name for word in AGENT_WORDS)


@lru_cache(maxsize=4096)
def role_of(window: str) -> AgentRole:
    """Return the role of an agent by its window's name: no screen shows which agent is the manager."""
    name = window.lower()
    return AgentRole.MANAGER if any(word in name for word in MANAGER_WORDS) else AgentRole.WORKER


IsAgents = Callable[[str, PaneShot, AgentMemory | None], bool]
"""Tells whether the pane of this identity is an agent's in its own right, as `runs_or_ran` does."""


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
    """Return whether an agent CLI runs in this pane now, or ran there when it was last seen."""
    if known is not None and known.agent != UNKNOWN:
        return True
    chain = processes.chain(shot)
    match processes.front(chain, book, dead=shot.dead):
        case processes.Front.AGENT:
            return True
        case processes.Front.PROGRAM | processes.Front.HIDDEN:
            return not processes.views(chain) and _shows_an_agent(shot, chain, book)
        case _:
            return False


def _shows_an_agent(shot: PaneShot, chain: Sequence[str], book: RuleBook) -> bool:
    """Return whether the screen or the title is an agent's, for a program of any name.

    An interpreter is probably one, and a mark on its screen is enough. Any other program, and a shell behind ssh or in
    a container, may have an agent's text on its screen: there a rule must match the screen.
    """
    shot = inner(shot, chain)
    if (who := identify(shot, chain, book)) in {UNKNOWN, SHELL}:
        return False
    if processes.may_hide_an_agent(chain) and not processes.may_nest(chain):
        return True
    filled = [row for row in shot.text.split("\n") if row.strip()]
    if not filled or crash.prompt_at_bottom(filled) is not None or _VIEWED.search(filled[-1]):
        return False
    if crash.launch_line(filled[-_LAUNCH_ROWS:], None) is not None:
        return False  # a shell started the present program, below the remains of an agent
    untitled = shot.model_copy(update={"title": ""})  # a title may be that of an agent that left
    return classify((untitled,), book=book, agent=who).state not in {AgentState.UNKNOWN, AgentState.CRASHED}


def _last_agent(known: AgentMemory | None) -> str | None:
    return None if known is None or known.agent == UNKNOWN else known.agent
