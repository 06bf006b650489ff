"""The engine as a monitor: it looks, reads, remembers, and says what it wants. It cannot press a key."""

import os
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from contract import AgentState, AgentVerdict, Clock, CycleReport, Eyes, Outcome, PaneShot, Scope
from modular.components import Components
from modular.extensions import Extensions
from modular.looking import planned
from modular.looking.sampling import Sampling
from modular.memory import AgentMemory
from modular.metrics import figures
from modular.mind import Memory, recalled
from modular.reading.classifier import Reading
from modular.reading.discovery import Sighting, discover
from modular.rulebook.book import RuleBook
from modular.strategies import Budget
from modular.tracking.alarms import alarms
from modular.tracking.state_tracker import StateTracker
from modular.tracking.tracker import lose
from modular.tracking.verdicts import Verdicts
from modular.wishes.attention import busy_with
from modular.wishes.look import Look, managers_of, teams_of

VERSION: Final = "1.0.0"
_BUDGET: Final = Budget(1.0)
"""What the looks of one cycle may cost, for strategies that heed it."""


class MonitorService:
    """A `Monitor[Eyes]`; `book` replaces the rules that ship with it, to try others against them."""

    name = "modular"
    version = VERSION
    says: frozenset[str] = frozenset(state.value for state in AgentState)

    def __init__(self, book: RuleBook | None = None) -> None:
        self._extensions = Extensions(os.environ, book)
        self._use_extensions()
        self._tracker, self._verdicts = StateTracker(), Verdicts()
        self._memory = Memory()
        self._stored: JsonValue = None

    def cycle(self, cycle: str, eyes: Eyes, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]) -> CycleReport:
        """Look once and report; raises a `LookingFailed` where the server cannot be seen."""
        if self._extensions.refresh():
            self._use_extensions()
        self.version = VERSION + self._extensions.version  # a plugin that failed at work is in force no more
        strategy = self._extensions.strategy
        before = self._memory
        known = before.agents
        seen = planned.look(eyes, strategy, _BUDGET, known, before.looks, clock.now())
        now = clock.now()
        sightings = discover(seen.panes, known, self._sampling.readings.is_agents)
        readings, problems = self._sampling.read(eyes, sightings, known, seen.waiting)
        agents = self._tracker.track(sightings, readings, known, now)
        sightings = [one for one in sightings if one.key in agents]
        lost = lose(known, {shot.pane for shot in seen.panes}, now)
        look = _look(sightings, agents, lost, readings, outcomes, now)
        slices, wanted = self._components.advance(before, look)

        looks = planned.looked(before.looks, known, agents, readings, now) if strategy.learns else before.looks
        after: Memory = Memory.model_construct(agents=agents | lost, looks=looks, **slices)
        self._remember(seen.panes, after)
        return CycleReport.model_construct(  # of records that were validated one by one
            cycle=cycle,
            monitor=self.name,
            version=self.version,
            verdicts={one.shot.pane: self._verdict(one, look, looks) for one in sightings},
            intents=tuple(wish for wish in wanted if scope.sessions is None or scope.covers(wish.session)),
            problems=(
                *problems,
                *alarms(agents.values(), self._extensions.rule_faults, now),
                *self._extensions.problems(),
            ),
            figures=figures(seen, look, after, self._extensions.plugins),
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

    def _verdict(self, sighting: Sighting, look: Look, looks: planned.LookTimes) -> AgentVerdict:
        key = sighting.key
        return self._verdicts.of(
            sighting,
            look.agents[key],
            look.readings.get(key),
            looks.at.get(key, look.now),
            attended=key in look.busy_with,
        )

    def _use_extensions(self) -> None:
        self._sampling = Sampling(self._extensions.book)
        self._components = Components(self._extensions.wording)
        self.version = VERSION + self._extensions.version

    def _remember(self, panes: Sequence[PaneShot], memory: Memory) -> None:
        self._memory = memory
        self._stored = None
        readings = self._sampling.readings
        if len(readings) > len(panes):  # every pane that was ever looked at has a reading
            present = {shot.key for shot in panes}
            readings.keep_only(present)
            self._verdicts.keep_only(present)


def _look(
    sightings: Sequence[Sighting],
    agents: Mapping[str, AgentMemory],
    lost: Mapping[str, AgentMemory],
    readings: Mapping[str, Reading],
    outcomes: Sequence[Outcome],
    now: float,
) -> Look:
    managers = managers_of(agents.values())
    return Look(
        now=now,
        agents=agents,
        lost=lost,
        readings=readings,
        teams=teams_of(agents.values()),
        managers=managers,
        busy_with=busy_with(sightings, agents, managers, now),
        outcomes=outcomes,
    )
