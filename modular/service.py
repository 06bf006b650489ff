"""The engine as a monitor: it looks, reads, remembers, and says what it wants. It cannot press a key."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import JsonValue

from contract import (
    AgentState,
    AgentVerdict,
    Clock,
    CycleReport,
    Eyes,
    Frame,
    Outcome,
    Problem,
    ProblemKind,
    Scope,
    Why,
)
from modular import drafts, recovery
from modular.classifier import Reading, classify
from modular.discovery import Sighting, discover, identity
from modular.intents import Told, intents_for
from modular.memory import AgentMemory, Memory, recalled
from modular.notifications import quiet_until, with_notices
from modular.readings import Readings
from modular.rulebook import RuleBook, shipped
from modular.rulefile import UNKNOWN
from modular.tracker import digest, lose, track

VERSION: Final = "1.0.0"
_MOTION_FRAMES: Final = 4
_MOTION_GAP_S: Final = 0.3


class MonitorService:
    """A `Monitor[Eyes]`; `book` replaces the rules that ship with it, to try others against them."""

    name = "modular"
    version = VERSION
    says: frozenset[str] = frozenset(state.value for state in AgentState)

    def __init__(self, book: RuleBook | None = None) -> None:
        self._book = shipped() if book is None else book
        self._readings = Readings(self._book)
        self._memory = Memory()
        self._stored: JsonValue = None
        self._verdicts: dict[str, tuple[AgentMemory, Reading, int, AgentVerdict]] = {}
        self._steady: dict[str, tuple[AgentMemory, Reading, float]] = {}
        self._told: Told = {}

    def cycle(self, cycle: str, eyes: Eyes, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]) -> CycleReport:
        """Look once and report; raises a `LookingFailed` where the server cannot be seen."""
        frame = eyes.look()[-1]
        now = clock.now()
        known = self._memory.agents
        if outcomes:
            known = {key: drafts.learn_attempts(agent, outcomes) for key, agent in known.items()}
        spawned = recovery.learn_spawns(self._memory.spawned, outcomes, now)

        sightings = discover(frame.panes, known, self._readings.is_agents)
        readings, problems = self._read(eyes, sightings, known)
        agents = {one.key: self._track(known.get(one.key), one, readings[one.key], now) for one in sightings}
        lost = lose(known, frame.by_pane.keys(), now)
        wanted = intents_for(list(agents.values()), list(lost.values()), spawned, now, self._told)

        self._remember(frame, Memory.model_construct(agents=agents | lost, spawned=spawned))
        return CycleReport.model_construct(  # of records that were validated one by one
            cycle=cycle,
            monitor=self.name,
            version=self.version,
            verdicts={one.shot.pane: self._verdict(one, agents[one.key], readings[one.key]) for one in sightings},
            intents=tuple(wish for wish in wanted if scope.sessions is None or scope.covers(wish.session)),
            problems=tuple(problems),
        )

    def memory(self) -> JsonValue:
        """Everything it must know next time, as JSON."""
        if self._stored is None:
            self._stored = self._memory.model_dump(mode="json", exclude_defaults=True) | {
                "version": self._memory.version
            }
        return self._stored

    def recall(self, memory: JsonValue) -> None:
        """Become the monitor that had this memory; None, or one that it cannot read, is a first day."""
        if memory is None or memory != self._stored:
            self._memory = recalled(memory)
            self._stored = None

    def _read(
        self, eyes: Eyes, sightings: Sequence[Sighting], known: dict[str, AgentMemory]
    ) -> tuple[dict[str, Reading], list[Problem]]:
        """Read every agent; those that one frame cannot settle, and that did not stand still, from a few frames."""
        readings: dict[str, Reading] = {}
        problems: list[Problem] = []
        moving: list[Sighting] = []
        for one in sightings:
            before = known.get(one.key)
            if one.shot.vanished:
                problems.append(Problem(kind=ProblemKind.PANE_VANISHED, subject=one.shot.pane))
            try:
                reading = self._readings.of(one, before)
                if reading.wants_motion:
                    if before is not None and before.screen == digest(one.shot.text):
                        reading = self._readings.standing_still(one, before)
                    else:
                        moving.append(one)
            except Exception as error:  # noqa: BLE001 - one agent that cannot be read must not hide the others
                reading = Reading(AgentState.UNKNOWN, None, "failed", (), one.last_agent or UNKNOWN)
                text = f"{type(error).__name__}: {error}"
                problems.append(Problem(kind=ProblemKind.AGENT_FAILED, subject=one.shot.pane, text=text))
            readings[one.key] = reading
        if moving:
            readings |= self._read_moving(eyes, moving)
        return readings, problems

    def _read_moving(self, eyes: Eyes, sightings: Sequence[Sighting]) -> dict[str, Reading]:
        frames = eyes.look(_MOTION_FRAMES, _MOTION_GAP_S, [one.shot.pane for one in sightings])
        readings: dict[str, Reading] = {}
        for one in sightings:
            shots = [
                shot
                for frame in frames
                if (shot := frame.by_pane.get(one.shot.pane)) is not None
                and shot.pid == one.shot.pid
                and not shot.vanished
            ]
            readings[one.key] = classify(shots or (one.shot,), book=self._book, last_agent=one.last_agent)
        return readings

    def _track(self, before: AgentMemory | None, sighting: Sighting, reading: Reading, now: float) -> AgentMemory:
        """Track one agent, its notices too; one about which nothing changed, and that is read alike, is as it was."""
        key, shot = sighting.key, sighting.shot
        steady = self._steady.get(key)
        if (
            before is not None
            and steady is not None
            and steady[0] is before
            and steady[1] is reading
            and now < steady[2]
            and before.window == shot.window
            and before.session == shot.session
        ):
            return before
        after = with_notices(track(before, sighting, reading, now), now)
        if after is before:
            self._steady[key] = (after, reading, quiet_until(after, now))
        return after

    def _verdict(self, sighting: Sighting, agent: AgentMemory, reading: Reading) -> AgentVerdict:
        """Say what is known of one agent; the same object for as long as nothing about it changes."""
        kept = self._verdicts.get(sighting.key)
        index = sighting.shot.window_index
        if kept is not None and kept[0] is agent and kept[1] is reading and kept[2] == index:
            return kept[3]
        verdict = AgentVerdict(
            pane=agent.pane,
            pid=agent.pid,
            session=agent.session,
            window=agent.window,
            window_index=index,
            role=agent.role,
            agent=agent.agent,
            state=agent.state,
            detail=agent.detail,
            since=agent.since,
            why=Why(rule=reading.rule, lines=reading.lines),
        )
        self._verdicts[sighting.key] = (agent, reading, index, verdict)
        return verdict

    def _remember(self, frame: Frame, memory: Memory) -> None:
        self._memory = memory
        self._stored = None
        if len(self._readings) <= len(frame.panes):  # every pane that was ever looked at has a reading
            return
        present = {identity(shot) for shot in frame.panes}
        self._readings.keep_only(present)
        kept: dict[str, Any]
        for kept in (self._verdicts, self._steady, self._told):
            for key in kept.keys() - present:
                del kept[key]
