"""Reading everybody: from one frame, and those whom one frame cannot settle from a few."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from modular.memory import AgentMemory
from modular.observing.readings import ReadingCache
from modular.reading import processes
from modular.reading.classifier import Reading, classify
from modular.reading.discovery import Sighting
from modular.rulebook.book import RuleBook
from modular.rulebook.file import UNKNOWN
from modular.tracking.steadying import confirmed, wants_confirming
from modular.tracking.tracker import digest
from understudy import AgentState, PaneShot, Problem, ProblemKind, ScreenSource

_MOTION_FRAMES: Final = 4
_MOTION_GAP_S: Final = 0.3
_GONE: Final = frozenset({processes.Front.NOTHING, processes.Front.SHELL})
"""Who is gone is gone whatever stands on the screen: the list of panes alone tells it."""


class FleetReader:
    """Reads by one book, whose readings it keeps while panes stand still."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self.readings = ReadingCache(book)

    def read(
        self,
        source: ScreenSource,
        sightings: Sequence[Sighting],
        known: Mapping[str, AgentMemory],
        waiting: Collection[str] = (),
    ) -> tuple[dict[str, Reading], list[Problem]]:
        """Read everybody by identity but those panes that wait for a later cycle, unless they are known to be gone."""
        readings: dict[str, Reading] = {}
        problems: list[Problem] = []
        moving: list[Sighting] = []
        for one in sightings:
            before = known.get(one.key)
            if one.shot.vanished:
                problems.append(Problem(kind=ProblemKind.PANE_VANISHED, subject=one.shot.pane))
            if one.shot.pane in waiting and not self._is_gone(one):
                continue
            try:
                reading = self.readings.of(one, before)
                if wants_confirming(before, reading):
                    moving.append(one)
                elif reading.wants_motion:
                    if (still := self.readings.stood_still(one, before)) is not None:
                        reading = still
                    elif before is not None and before.screen == digest(one.shot.text):
                        reading = self.readings.standing_still(one, before)
                    else:
                        moving.append(one)
            except Exception as error:  # noqa: BLE001 - one agent that cannot be read must not hide the others
                reading = Reading(AgentState.UNKNOWN, None, "failed", (), one.last_agent or UNKNOWN)
                text = f"{type(error).__name__}: {error}"
                problems.append(Problem(kind=ProblemKind.AGENT_FAILED, subject=one.shot.pane, text=text))
            readings[one.key] = reading
        if moving:
            readings |= self._read_moving(source, moving, known)
        return readings, problems

    def _is_gone(self, sighting: Sighting) -> bool:
        shot = sighting.shot
        return processes.front(processes.chain(shot), self._book, dead=shot.dead) in _GONE

    def _read_moving(
        self, source: ScreenSource, sightings: Sequence[Sighting], known: Mapping[str, AgentMemory]
    ) -> dict[str, Reading]:
        frames = source.look(_MOTION_FRAMES, _MOTION_GAP_S, [one.shot.pane for one in sightings])
        readings: dict[str, Reading] = {}
        for one in sightings:
            shots = [
                shot
                for frame in frames
                if (shot := frame.by_pane.get(one.shot.pane)) is not None
                and shot.pid == one.shot.pid
                and not shot.vanished
            ]
            readings[one.key] = self._settled(known.get(one.key), one, shots or [one.shot])
        return readings

    def _settled(self, before: AgentMemory | None, sighting: Sighting, shots: Sequence[PaneShot]) -> Reading:
        def read(some: Sequence[PaneShot]) -> Reading:
            return classify(some, book=self._book, last_agent=sighting.last_agent)

        return confirmed(before, read(shots), shots, lambda shot: read((shot,)))
