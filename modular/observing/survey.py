"""Everybody in one look: who is there, what they show, and what is remembered of them.

Nothing new is said of who stood still. That is an agent whose pane's record is the very object of the look before, and
of whom that look said the very same as the one before it, from the same memory: what is said depends on nothing else.
So a look costs by what happened since the one before, and not by how many there are.
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
    """What one look came to; everything goes by identity, in the order of the server's list."""

    panes: Mapping[str, PaneShot]
    """All of the server's."""
    sightings: Mapping[str, Sighting]
    readings: Mapping[str, Reading]
    """Of those that were looked at."""
    agents: Mapping[str, AgentMemory]
    """What is remembered of those in view."""
    restless: frozenset[str] = frozenset()
    """Of whom more may be said at the next look, even if they show then what they showed."""


_NOBODY: Final = SurveyResult({}, {}, {}, {})


class Survey:
    """Goes round by one book. What it keeps is no memory: dropping it only costs time."""

    def __init__(self, book: RuleBook) -> None:
        self.sampling = FleetReader(book)
        self._last = _NOBODY

    def take(
        self, source: ScreenSource, seen: FleetFrame, known: Mapping[str, AgentMemory], now: float
    ) -> tuple[SurveyResult, list[Problem]]:
        """Read everybody in view and take it into what is `known`; `now` in seconds since the epoch."""
        still, panes, sightings = self._whom_to_read(seen, known)
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

    def _whom_to_read(
        self, seen: FleetFrame, known: Mapping[str, AgentMemory]
    ) -> tuple[SurveyResult, dict[str, PaneShot], dict[str, Sighting]]:
        """Say what still holds, and which panes and agents have to be read; everybody where somebody came or left."""
        last = self._last
        if not seen.waiting and (news := _news(last, seen.panes, known)) is not None:
            sightings = self._discover(news, known)
            if all((key in sightings) is (key in last.sightings) for key in news):
                return last, news, sightings
        everybody = {shot.key: shot for shot in seen.panes}
        return _NOBODY, everybody, self._discover(everybody, known)

    def _discover(self, panes: Mapping[str, PaneShot], known: Mapping[str, AgentMemory]) -> dict[str, Sighting]:
        return discover(panes, known, self.sampling.readings.is_agents)


def _news(
    last: SurveyResult, panes: Sequence[PaneShot], known: Mapping[str, AgentMemory]
) -> dict[str, PaneShot] | None:
    """The panes of which something new may be said; None where others are there.

    With one come all that share its window, or did: on all of them it depends which of them are agents'.
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
        everybody = zip(last.panes, panes, strict=True)
        return {key: shot for key, shot in everybody if key in news or shot.window_id in shared}
    return news


def _tracked(
    sightings: Mapping[str, Sighting], readings: Mapping[str, Reading], known: Mapping[str, AgentMemory], now: float
) -> dict[str, AgentMemory]:
    """What is remembered of each agent; one without a reading is as it was, or not known yet."""
    agents: dict[str, AgentMemory] = {}
    for key, one in sightings.items():
        before, reading = known.get(key), readings.get(key)
        if reading is not None:
            agents[key] = track(before, one, reading, now)
        elif before is not None:
            agents[key] = before
    return agents
