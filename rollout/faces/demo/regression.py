"""A regression on purpose: the candidate as it is, until a file appears; from then on it takes crashed agents for idle.

The demo puts it into the candidate once that has earned production, to show what catches it. The file's path stands in
the environment, because a monitor is a process of its own and is told nothing else from outside.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from modular.service import MonitorService
from understudy import (
    AgentState,
    AgentVerdict,
    Clock,
    CycleReport,
    IdleDetail,
    Intent,
    Notice,
    NotifyManager,
    Outcome,
    Scope,
    ScreenSource,
    Why,
)

TRIGGER: Final = "DEMO_UNDERSTUDY_REGRESSION"
"""The environment variable that names the file."""
RULE: Final = "demo.regression"
"""The rule that its wrong verdicts go by: nobody shall take them for a finding."""


class LateRegression:
    """A `Monitor[ScreenSource]`: a `MonitorService` that is spoilt late."""

    name = MonitorService.name
    version = f"{MonitorService.version}+late-regression"
    says = MonitorService.says

    def __init__(self) -> None:
        self._inner = MonitorService()
        path = os.environ.get(TRIGGER)
        self._trigger = Path(path) if path else None

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        """Report as the good monitor does, or worse."""
        report = self._inner.cycle(cycle, source, clock, scope, outcomes)
        report = report.model_copy(update={"version": self.version})
        return worse(report) if self._trigger is not None and self._trigger.exists() else report

    def memory(self) -> JsonValue:
        """Remember what the good monitor does."""
        return self._inner.memory()

    def recall(self, memory: JsonValue) -> None:
        """Go on from the good monitor's memory."""
        self._inner.recall(memory)


def worse(report: CycleReport) -> CycleReport:
    """Call every crashed agent idle, in verdict and intent."""
    return report.model_copy(
        update={
            "verdicts": {pane: _verdict(verdict) for pane, verdict in report.verdicts.items()},
            "intents": tuple(_intent(intent) for intent in report.intents),
        }
    )


def _verdict(verdict: AgentVerdict) -> AgentVerdict:
    if verdict.state is not AgentState.CRASHED:
        return verdict
    why = Why(rule=RULE, lines=verdict.why.lines)
    return verdict.model_copy(update={"state": AgentState.IDLE, "detail": IdleDetail.NEWLY, "why": why})


def _intent(intent: Intent) -> Intent:
    if not isinstance(intent, NotifyManager) or intent.about is not Notice.CRASH:
        return intent
    text = intent.text.replace("crashed", "idle")
    return intent.model_copy(update={"about": Notice.IDLE, "reason": RULE, "text": text})
