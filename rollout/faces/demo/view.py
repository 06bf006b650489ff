"""The views and events of the demo: frozen records, filled from the rollout, read by every display."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

STAGES: Final = ("shadow", "canary", "beta", "production")
"""The way of the candidate, in order."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One guardrail, or one stratum of it, against its limits."""

    name: str
    seen: int
    """Bouts, looks or cycles counted in this stage."""
    events: int
    """Of these the bad ones."""
    needed: int
    """So many more clean ones until it stands in the way of nothing."""
    spent: float
    """Rollback pressure, 0 to 1."""

    @property
    def proven(self) -> float:
        """The share of the clean results that its proof needs, 0 to 1."""
        return 1.0 if self.needed <= 0 else self.seen / (self.seen + self.needed)


@dataclass(frozen=True, slots=True)
class DemoTransition:
    """One transition of the rollout."""

    at_s: float
    """Seconds since the demo began."""
    before: str
    after: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class DemoView:
    """Everything that one picture of the demo shows."""

    elapsed_s: float = 0.0
    stage: str = "shadow"
    state: str = "running"
    """As `status` says it: running, held, rolled_back ..."""
    exposure_percent: int = 0
    verdict: str = ""
    reasons: tuple[str, ...] = ()
    agents: int = 0
    cycles: int = 0
    bouts: int = 0
    """Settled in this stage."""
    delivered: int = 0
    """Acts that reached tmux."""
    held_back: int = 0
    """Acts that would destroy something and lack the second monitor's key."""
    gauges: tuple[Gauge, ...] = ()
    differences: tuple[str, ...] = ()
    """The last ones, newest first, a line each."""
    steps: tuple[DemoTransition, ...] = ()
    regression: bool = False
    """True if the candidate has been made worse on purpose."""
    next: str = ""
    """The next step, in one line."""


class EventKind(StrEnum):
    """The kind of an event."""

    STARTED = "demo.started"
    BEGAN = "demo.began"
    PLAN = "demo.plan"
    PROGRESS = "demo.progress"
    PROMOTED = "demo.promoted"
    REGRESSION = "demo.regression"
    ROLLED_BACK = "demo.rolled_back"
    FAILED = "demo.failed"
    DONE = "demo.done"


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One thing that happened, for people (`text`) and for programs (`facts`)."""

    told: EventKind
    elapsed_s: float
    text: str
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the object that one line of `--json` holds."""
        return {"schema": 1, "event": str(self.told), "elapsed_s": round(self.elapsed_s, 1), **self.facts}


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """The end of the demo."""

    stages: tuple[str, ...]
    """Those that the candidate reached, in order."""
    rolled_back: bool
    steps: tuple[DemoTransition, ...]
    report: str
    """The path of the shadow-diff report; empty if none could be written."""
    elapsed_s: float
    trouble: str = ""
    """The reason why it is incomplete; empty if it is whole."""

    @property
    def whole(self) -> bool:
        """Return whether everything happened: each promotion was earned, the regression was caught."""
        return self.stages == STAGES and self.rolled_back and not self.trouble
