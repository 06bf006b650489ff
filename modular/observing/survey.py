"""One look at all agents: their panes, their readings and their memory.

An agent that stood still keeps its verdict. That is an agent whose pane's record is the same object as at the look
before, and whose verdict at that look was the same object as at the one before it, from the same memory: a verdict
depends on nothing else. So the cost of a look grows with the changes since the one before, not with the number of
agents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from modular.memory import AgentMemory
from modular.observing.planned import FleetFrame
from modular.observing.sampling import FleetReader
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting, discover
from modular.rulebook.book import RuleBook
from modular.tracking.tracker import track
from understudy import PaneShot, Problem, ScreenSource


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """The result of one look; everything goes by identity, in the order of the server's list."""

    panes: Mapping[str, PaneShot]
    """All of the server's."""
    sightings: Mapping[str, Sighting]
    readings: Mapping[str, Reading]
    """Of those that were looked at."""
    agents: Mapping[str, AgentMemory]
    """The memory of the agents in view."""
    restless: frozenset[str] = frozenset()
    """The agents whose verdicts may change at the next look even on an unchanged screen."""


_EMPTY: Final = SurveyResult({}, {}, {}, {})


class Survey:
    """Reads all agents by one book. Its state is only a cache: dropping it costs time alone."""

    def __init__(self, book: RuleBook) -> None:
        self.sampling = FleetReader(book)
        self._last = _EMPTY

    def take(
        self, source: ScreenSource, seen: FleetFrame, known: Mapping[str, AgentMemory], now: float
    ) -> tuple[SurveyResult, list[Problem]]:
        """Read all agents in view and update the memory `known`; `now` in seconds since the epoch."""
        still, panes, sightings = self._to_read(seen, known)
        readings, problems = self.sampling.read(source, tuple(sightings.values()), known, seen.waiting)
        agents = _tracked(sightings, readings, known, now)
        sightings = {key: one for key, one in sightings.items() if key in agents}
        restless = frozenset(
            key
            for key, agent in agents.items()
            if agent is not known.get(key)
            or key not in readings
            or readings[key] is not self._last.readings.get(key)
            or sightings[key].shot.vanished
        )
        panes = {**still.panes, **panes}
        self._last = SurveyResult(
            panes,
            {**still.sightings, **sightings},
            {**still.readings, **readings},
            {**still.agents, **agents},
            restless,
        )
        self.sampling.readings.keep_only(panes)
        return self._last, problems

    def _to_read(
        self, seen: FleetFrame, known: Mapping[str, AgentMemory]
    ) -> tuple[SurveyResult, dict[str, PaneShot], dict[str, Sighting]]:
        """Return the results that still hold, and the panes and agents to read: all where an agent came or left."""
        last = self._last
        if not seen.waiting and (news := _news(last, seen.panes, known)) is not None:
            sightings = self._discover(news, known)
            if all((key in sightings) is (key in last.sightings) for key in news):
                return last, news, sightings
        all_panes = {shot.key: shot for shot in seen.panes}
        return _EMPTY, all_panes, self._discover(all_panes, known)

    def _discover(self, panes: Mapping[str, PaneShot], known: Mapping[str, AgentMemory]) -> dict[str, Sighting]:
        return discover(panes, known, self.sampling.readings.is_agents)


def _news(
    last: SurveyResult, panes: Sequence[PaneShot], known: Mapping[str, AgentMemory]
) -> dict[str, PaneShot] | None:
    """Return the panes whose verdicts may change; None where the panes are not the same.

    Each one brings all panes that share its window, or did: which of them are agents depends on all of them.
    """
    if len(panes) != len(last.panes):
        return None
    news: dict[str, PaneShot] = {}
    for shot, (key, before) in zip(panes, last.panes.items(), strict=True):
        if shot is not before:
            if shot.key != key:
                return None
            news[key] = shot
        elif key in last.restless or known.get(key) is not last.agents.get(key):
            news[key] = shot
    both = (one for key, shot in news.items() for one in (shot, last.panes[key]))
    if shared := {one.window_id for one in both if one.window_panes > 1}:
        pairs = zip(last.panes, panes, strict=True)
        return {key: shot for key, shot in pairs if key in news or shot.window_id in shared}
    return news


def _tracked(
    sightings: Mapping[str, Sighting], readings: Mapping[str, Reading], known: Mapping[str, AgentMemory], now: float
) -> dict[str, AgentMemory]:
    """Return the memory of each agent; one without a reading is as it was, or not known yet."""
    agents: dict[str, AgentMemory] = {}
    for key, one in sightings.items():
        before, reading = known.get(key), readings.get(key)
        if reading is not None:
            agents[key] = track(before, one, reading, now)
        elif before is not None:
            agents[key] = before
    return agents
