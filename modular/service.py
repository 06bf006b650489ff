"""The engine as a monitor: it looks, reads, remembers, and says what it wants. It cannot press a key."""

import os
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from modular.components import Components
from modular.engine_memory import EngineMemory, recalled
from modular.extensions import Extensions
from modular.intents.attention import busy_with
from modular.intents.fleet_view import FleetView, managers_of, teams_of
from modular.memory import AgentMemory
from modular.metrics import figures
from modular.observing import planned
from modular.observing.survey import Survey, SurveyResult
from modular.observing.verdicts import VerdictCache
from modular.rulebook.book import RuleBook
from modular.strategies import Budget
from modular.tracking.alarms import alarms
from modular.tracking.tracker import lose
from understudy import AgentState, Clock, CycleReport, Outcome, Scope, ScreenSource

VERSION: Final = "1.1.0"
_BUDGET: Final = Budget(1.0)
"""What the looks of one cycle may cost, for strategies that heed it."""


class MonitorService:
    """A `Monitor[ScreenSource]`; `book` replaces the rules that ship with it, to try others against them."""

    name = "modular"
    version = VERSION
    says: frozenset[str] = frozenset(state.value for state in AgentState)

    def __init__(self, book: RuleBook | None = None) -> None:
        self._extensions = Extensions(os.environ, book)
        self._use_extensions()
        self._verdicts = VerdictCache()
        self._memory = EngineMemory()
        self._stored: JsonValue = None

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        """Look once and report; raises a `SourceFailed` where the server cannot be seen."""
        if self._extensions.refresh():
            self._use_extensions()
        self.version = VERSION + self._extensions.version  # a plugin that failed at work is in force no more
        strategy = self._extensions.strategy
        before = self._memory
        known = before.agents
        seen = planned.observe(source, strategy, _BUDGET, known, before.looks, clock.now())
        now = clock.now()
        round_, problems = self._survey.take(source, seen, known, now)
        gone = {key: agent for key, agent in known.items() if key not in round_.panes}
        lost = lose(gone, seen.panes, now)
        look = _look(round_, lost, outcomes, now)
        slices, wanted = self._components.advance(before, look)

        looks = before.looks
        if strategy.learns:
            looks = planned.updated_times(looks, known, round_.agents, round_.readings, now)
        after = before.model_copy(update={"agents": {**round_.agents, **lost}, "looks": looks, **slices})
        self._memory, self._stored = after, None
        return CycleReport.model_construct(  # of records that were validated one by one
            cycle=cycle,
            monitor=self.name,
            version=self.version,
            verdicts=self._verdicts.of(round_, look.busy_with, looks.at, now),
            intents=tuple(intent for intent in wanted if scope.sessions is None or scope.covers(intent.session)),
            problems=(
                *problems,
                *alarms(round_.agents.values(), self._extensions.rule_faults, now),
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

    def _use_extensions(self) -> None:
        self._survey = Survey(self._extensions.book)
        self._components = Components(self._extensions.wording)
        self.version = VERSION + self._extensions.version


def _look(seen: SurveyResult, lost: Mapping[str, AgentMemory], outcomes: Sequence[Outcome], now: float) -> FleetView:
    agents = seen.agents
    managers = managers_of(agents.values())
    return FleetView(
        now=now,
        agents=agents,
        lost=lost,
        readings=seen.readings,
        teams=teams_of(agents.values()),
        managers=managers,
        busy_with=busy_with(seen.sightings.values(), agents, managers, now),
        outcomes=outcomes,
    )
