"""The script: the events from one view to the next, the reaction to them, and the end of the demo. Pure."""

from dataclasses import dataclass, field, replace
from typing import Final

from rollout.faces.demo.view import STAGES, DemoEvent, DemoOutcome, DemoTransition, DemoView, EventKind

IN_PRODUCTION_S: Final = 4.0
"""Seconds of production before the candidate is made worse: long enough to be seen."""
LAST_LOOK_S: Final = 3.0
"""Seconds for which the rollback is shown before the end."""
BUDGET_S: Final = 235.0
"""By then it must be over: four minutes less what the end takes."""
ROLLED_BACK: Final = "rolled_back"
SLOW_S: Final = 1.5
"""From one look to the next. The scenes are made for one second; of what lasts three, a slow look may see nothing."""


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """The consequences of one view."""

    view: DemoView
    """The view with what happens next."""
    events: tuple[DemoEvent, ...] = ()
    make_worse: bool = False
    """True if the candidate is to be made worse now."""
    over: bool = False


@dataclass(slots=True)
class DemoScript:
    """Follows the rollout; call `see` with every view."""

    budget_s: float = BUDGET_S
    worse_since_s: float | None = None
    trouble: str = ""
    _told: int = 0
    _production_s: float | None = None
    _back_s: float | None = None
    _last: DemoView = field(default_factory=DemoView)

    def see(self, view: DemoView) -> ScriptStep:
        """Take a view in."""
        events = [_event(step, worse=self.worse_since_s is not None) for step in view.steps[self._told :]]
        self._told = len(view.steps)
        now = view.elapsed_s
        if view.stage == STAGES[-1] and self._production_s is None:
            self._production_s = now
        if view.state == ROLLED_BACK and self._back_s is None:
            self._back_s = now
            if self.worse_since_s is None:
                self.trouble = f"the candidate was rolled back before its regression: {_reason(view)}{_excuse(view)}"
        make_worse = (
            self._production_s is not None
            and self._back_s is None
            and self.worse_since_s is None
            and now - self._production_s >= IN_PRODUCTION_S
        )
        if make_worse:
            self.worse_since_s = now
            text = "the candidate is made worse on purpose: from now on it reports crashed agents as idle"
            events.append(DemoEvent(EventKind.REGRESSION, now, text, {"what": "crashed_called_idle"}))
        over = self._back_s is not None and now - self._back_s >= LAST_LOOK_S
        if not over and now >= self.budget_s:
            over, self.trouble = True, f"after {now:.0f} s it still waits: {_waits(view)}{_excuse(view)}"
        self._last = replace(view, next=self._next(view), regression=self.worse_since_s is not None)
        return ScriptStep(self._last, tuple(events), make_worse, over)

    def outcome(self, report: str, elapsed_s: float, trouble: str = "") -> DemoOutcome:
        """Say how it ended; `trouble` is what came from outside."""
        reached = {STAGES[0], *(step.after for step in self._last.steps)} if self._last.steps else set()
        return DemoOutcome(
            stages=tuple(stage for stage in STAGES if stage in reached),
            rolled_back=self._back_s is not None,
            steps=self._last.steps,
            report=report,
            elapsed_s=elapsed_s,
            trouble=trouble or self.trouble or ("" if self._back_s is not None else "it was ended early"),
        )

    def _next(self, view: DemoView) -> str:
        if self._back_s is not None:
            return "the summary; the incumbent owns every session again"
        if self.worse_since_s is not None:
            return f"the automatic rollback ({view.elapsed_s - self.worse_since_s:.0f} s so far)"
        if self._production_s is not None:
            return "a deliberate regression of the candidate"
        following = STAGES[STAGES.index(view.stage) + 1] if view.stage in STAGES else STAGES[0]
        return f"promotion to {following}: {_waits(view)}"


def _waits(view: DemoView) -> str:
    if view.verdict == "hold" and view.reasons:
        return f"held, {view.reasons[0]}"
    lacks = max(view.gauges, key=lambda gauge: gauge.needed, default=None)
    if lacks is not None and lacks.needed:
        return f"{lacks.name.strip()}: {lacks.needed} more clean results needed"
    return view.reasons[0] if view.reasons else "there is no judgement yet"


def _excuse(view: DemoView) -> str:
    pace_s = view.elapsed_s / view.cycles if view.cycles else 0.0
    if pace_s < SLOW_S:
        return ""
    return (
        f". This machine is busy: a look came every {pace_s:.1f} s instead of every one; try again when it is quieter"
    )


def _reason(view: DemoView) -> str:
    return view.steps[-1].reason if view.steps else "no reason was recorded"


def _event(step: DemoTransition, *, worse: bool) -> DemoEvent:
    facts = {"from": step.before, "to": step.after, "actor": step.actor, "reason": step.reason}
    if STAGES.index(step.after) > (STAGES.index(step.before) if step.before in STAGES else -1):
        if step.before not in STAGES:
            return DemoEvent(EventKind.BEGAN, step.at_s, f"{step.actor}: {step.reason}", facts)
        return DemoEvent(EventKind.PROMOTED, step.at_s, f"{step.before} -> {step.after}: {step.reason}", facts)
    caught = facts | {"after_regression": worse}
    return DemoEvent(EventKind.ROLLED_BACK, step.at_s, f"rolled back from {step.before}: {step.reason}", caught)
