"""Which CLI a pane runs: its process says it, else its title, else what only that CLI draws. Its name never does."""

from collections.abc import Sequence

from modular.reading import processes
from modular.reading.matching import first_match
from modular.rulebook.book import AgentRules, RuleBook
from modular.rulebook.file import ANY, SHELL, UNKNOWN
from understudy import PaneShot


def named(shot: PaneShot, chain: Sequence[str], book: RuleBook) -> str | None:
    """Name the CLI that says itself which it is, by its process or by its title; None where only looks can tell."""
    return processes.agent_of(chain, book) or _by_title(shot.title, book)


def identify(shot: PaneShot, chain: Sequence[str], book: RuleBook, last_agent: str | None = None) -> str:
    """Name the CLI in a pane; the one last seen there where its screen still shows its marks; else `unknown`."""
    if (certain := named(shot, chain, book)) is not None:
        return certain
    last = book.agents.get(last_agent) if last_agent is not None else None
    if last is not None and (not shot.text.strip() or _marks(last, shot.text)):
        return last.agent
    best = _by_marks(shot.text, book, hints=processes.draws_nothing(chain))
    if best is not None and (last is None or best != SHELL):
        return best
    return last.agent if last is not None else UNKNOWN


def was_there(last_agent: str | None, book: RuleBook) -> str | None:
    """Name the CLI last seen in a pane; None where it was none, but a bare shell or something unknown."""
    return last_agent if last_agent in book.agents and last_agent not in {SHELL, UNKNOWN} else None


def _by_title(title: str, book: RuleBook) -> str | None:
    if not title:
        return None
    for rules in book.agents.values():
        if first_match(rules.titles, title) is not None:
            return rules.agent
    return None


def _by_marks(text: str, book: RuleBook, *, hints: bool) -> str | None:
    """The CLI with most of its marks on the screen, then of its hints; the first by name where two have as many.

    Where a program of another name runs, hints count for nothing: it may well draw what others draw.
    """
    likely = book.marked.passes(text)
    counts = {rules.agent: (_marks(rules, text), _hints(rules, text) if hints else 0) for rules in likely}
    best = max((agent for agent in counts if agent != ANY), key=lambda agent: counts[agent], default=None)
    return best if best is not None and any(counts[best]) else None


def _marks(rules: AgentRules, text: str) -> int:
    return sum(pattern.search(text) is not None for pattern in rules.marks)


def _hints(rules: AgentRules, text: str) -> int:
    return sum(pattern.search(text) is not None for pattern in rules.hints)
