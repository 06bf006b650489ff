"""The state tracker at work: everybody's reading taken into what is remembered, at no cost where nothing changed."""

from collections.abc import Mapping, Sequence

from modular.memory import AgentMemory
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting
from modular.tracking.tracker import track


class StateTracker:
    """Tracks everybody. What it keeps only saves work: that an agent read alike was the same when last tracked."""

    def __init__(self) -> None:
        self._steady: dict[str, tuple[AgentMemory, Reading]] = {}

    def track(
        self,
        sightings: Sequence[Sighting],
        readings: Mapping[str, Reading],
        known: Mapping[str, AgentMemory],
        now: float,
    ) -> dict[str, AgentMemory]:
        """Say by identity what is remembered of each agent in view; one without a reading is as it was."""
        agents: dict[str, AgentMemory] = {}
        for one in sightings:
            before, reading = known.get(one.key), readings.get(one.key)
            if reading is not None:
                agents[one.key] = self._tracked(before, one, reading, now)
            elif before is not None:
                agents[one.key] = before
        if len(self._steady) > len(agents):
            self._steady = {key: steady for key, steady in self._steady.items() if key in agents}
        return agents

    def _tracked(self, before: AgentMemory | None, sighting: Sighting, reading: Reading, now: float) -> AgentMemory:
        key, shot = sighting.key, sighting.shot
        steady = self._steady.get(key)
        if (
            before is not None
            and steady is not None
            and steady[0] is before
            and steady[1] is reading
            and before.window == shot.window
            and before.session == shot.session
        ):
            return before
        after = track(before, sighting, reading, now)
        if after is before:
            self._steady[key] = (after, reading)
        return after
