"""Readings kept while a pane stands still: a pane that shows what it showed costs a look into a dictionary.

Nothing here is memory: dropping it only costs time. A reading is kept for one shot's content and the CLI last seen, on
which alone it depends.
"""

from collections.abc import Collection
from dataclasses import dataclass

from modular.memory import AgentMemory
from modular.reading.classifier import Reading, classify
from modular.reading.discovery import Sighting, runs_or_ran
from modular.rulebook.book import RuleBook
from understudy import PaneShot


@dataclass(slots=True)
class _Kept:
    shot: PaneShot
    last_agent: str | None
    is_agents: bool | None = None
    reading: Reading | None = None
    still: Reading | None = None


class ReadingCache:
    """The readings of the panes as they were last seen."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._kept: dict[str, _Kept] = {}

    def is_agents(self, key: str, shot: PaneShot, known: AgentMemory | None) -> bool:
        """Whether an agent CLI runs in this pane, or ran there when it was last seen."""
        kept = self._slot(key, shot, known)
        if kept.is_agents is None:
            kept.is_agents = runs_or_ran(shot, known, self._book)
        return kept.is_agents

    def of(self, sighting: Sighting, known: AgentMemory | None) -> Reading:
        """Read a pane from its one newest shot."""
        kept = self._slot(sighting.key, sighting.shot, known)
        if kept.reading is None:
            kept.reading = classify((sighting.shot,), book=self._book, last_agent=sighting.last_agent)
        return kept.reading

    def stood_still(self, sighting: Sighting, known: AgentMemory | None) -> Reading | None:
        """Return the reading of a pane that is known to stand still since more than one look; None for any other."""
        return self._slot(sighting.key, sighting.shot, known).still

    def standing_still(self, sighting: Sighting, known: AgentMemory | None) -> Reading:
        """Read a pane that shows what it showed at the last look: it stands still."""
        kept = self._slot(sighting.key, sighting.shot, known)
        if kept.still is None:
            twice = (sighting.shot, sighting.shot)
            kept.still = classify(twice, book=self._book, last_agent=sighting.last_agent)
        return kept.still

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget the panes that are gone."""
        if len(self._kept) > len(keys):  # every pane that was ever looked at has a reading
            self._kept = {key: kept for key, kept in self._kept.items() if key in keys}

    def _slot(self, key: str, shot: PaneShot, known: AgentMemory | None) -> _Kept:
        last_agent = None if known is None else known.agent
        kept = self._kept.get(key)
        if kept is not None and kept.shot is shot and kept.last_agent == last_agent:
            return kept
        if kept is None or not _knew(kept, last_agent) or not shows_the_same(kept.shot, shot):
            kept = self._kept[key] = _Kept(shot, last_agent)
        kept.shot = shot
        return kept


def _knew(kept: _Kept, last_agent: str | None) -> bool:
    """Whether a reading was made knowing of this CLI, or found out by itself that it is the one."""
    return kept.last_agent == last_agent or (kept.reading is not None and kept.reading.agent == last_agent)


def shows_the_same(one: PaneShot, other: PaneShot) -> bool:
    """Whether two shots of a pane would be read alike."""
    return one is other or (
        one.ansi == other.ansi
        and one.title == other.title
        and one.processes == other.processes
        and one.command == other.command
        and one.dead == other.dead
        and one.vanished == other.vanished
    )
