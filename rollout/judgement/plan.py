"""The plan: the rates that a rollout must prove before it moves, and those that move it back."""

from hashlib import sha256
from typing import Annotated, Final

from pydantic import AfterValidator, Field, field_serializer, model_validator

from rollout.judgement.enums import Guardrail, Stage, percent
from rollout.judgement.signals import Signal, Signals
from shadow.referee.records import NamedState
from shadow.rules import BoutRules, Windows
from understudy.intents import DestructiveKind
from understudy.record import Record
from understudy.verdicts import AgentState

Share = Annotated[float, Field(gt=0, lt=1)]
Percent = Annotated[int, Field(ge=0, le=100)]
Seconds = Annotated[float, Field(ge=0)]
NAMED_STATES: Final = tuple(state for state in AgentState if state.value in {str(named) for named in NamedState})
"""The states that the referee names from a screen: no other can be proven."""
STAGES: Final = (Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION)
"""The stages that a plan speaks of, in order."""


def _from_shadow(promote: dict[Stage, float]) -> dict[Stage, float]:
    if Stage.SHADOW not in promote:
        raise ValueError("name the rate for shadow too: every later stage keeps the last one before it")
    if unknown := [stage for stage in promote if stage not in STAGES]:
        raise ValueError(f"{', '.join(unknown)}: no such stage in a plan: use {', '.join(STAGES)}")
    return promote


Staged = Share | Annotated[dict[Stage, Share], AfterValidator(_from_shadow)]
"""A rate for every stage, or a table of rates by the stage from which on each rules."""


class StagePlan(Record):
    """One stage: the exposure, and the conditions of its promotion besides the evidence."""

    exposure_percent: Percent
    hours: Annotated[float, Field(ge=0)] = 12.0
    """The minimum duration of the stage."""
    person: bool = False
    """True if a person must approve the promotion out of this stage."""


class GuardrailLimits(Record):
    """The two rates of one guardrail, and how surely it must be shown to be unsafe."""

    unsafe: Share | None = 0.001
    """Unsafe once the rate is shown to be above."""
    promote: Staged = 0.01
    """Promotable once the rate is shown to be below; a table names the stages from which on another rate is wanted."""
    limit: Annotated[float, Field(gt=1)] = 1500.0
    """The e-value at which it is shown to be unsafe: with at most one candidate in so many that keeps within it."""
    dry_run: bool = False
    """Only shown: it causes no rollback and holds no promotion. For a guardrail that is not trusted yet."""

    def promote_from(self, stage: Stage) -> float:
        """Return the rate that leaving `stage` must show not to be reached."""
        return at_stage(self.promote, stage)


class StatePlan(Record):
    """One named state: its spells are judged separately, so that many easy ones cannot hide a few costly ones."""

    required: bool = True
    """True if a promotion needs proof in this state."""
    unsafe: Share = 0.05
    """Unsafe once the candidate is shown to be wrong in more than this share of its spells."""
    promote: Staged = Field(default_factory=lambda: {Stage.SHADOW: 0.20, Stage.BETA: 0.10})
    """Promotable once it is shown to be wrong in less."""
    limit: Annotated[float, Field(gt=1)] = 4000.0

    def promote_from(self, stage: Stage) -> float:
        """Return the rate that leaving `stage` must show not to be reached."""
        return at_stage(self.promote, stage)


class Minimums(Record):
    """The minimums besides the evidence: spells of one agent are alike, so several agents are required."""

    panes: Annotated[int, Field(ge=0)] = 24
    """Different agents, by pane and process: one that was started anew is another (`make decisions`: why so many)."""
    sessions: Annotated[int, Field(ge=0)] = 2
    state_panes: Annotated[int, Field(ge=0)] = 6
    """Different agents among the scored spells of each required state."""
    cli_families: Annotated[int, Field(ge=0)] = 3
    """Different CLIs among them, or as many as the fleet has."""


class CliVersionPlan(Record):
    """A version of a CLI that comes up in the middle of a stage: its spells are judged separately."""

    promote: Staged = 0.20
    """Held until the candidate is shown to be wrong in less of its spells (16 clean ones below 20 %)."""

    def promote_from(self, stage: Stage) -> float:
        """Return the rate that leaving `stage` must show not to be reached."""
        return at_stage(self.promote, stage)


class CycleTime(Record):
    """The limits above which a live look of the candidate counts as slow."""

    factor: Annotated[float, Field(gt=0)] | None = 20.0
    """So many times tmux's own cost, timed in the same look; None judges by the limit alone."""
    limit_s: Annotated[float, Field(gt=0)] = 10.0


class Plan(Record):
    """The proofs that a rollout needs before it moves. Durations are seconds unless the name says otherwise."""

    name: str = "default"
    stages: dict[Stage, StagePlan]
    alpha: Share = 0.01
    """Risk, a stage, of calling a candidate unsafe that keeps within every rate; the limits share it."""
    beta: Share = 0.05
    """Risk, a guardrail and stage, of taking one at its bound for a smaller one; all its versions share it."""
    guardrails: dict[Guardrail, GuardrailLimits]
    states: dict[AgentState, StatePlan]
    few_told: Annotated[int, Field(ge=0)] = 5
    """Below so many spells in which the incumbent acted rightly, `told` needs no proof; `duty` needs no incumbent."""
    abstained: Share = 0.20
    """Held while the candidate says `unknown`, or nothing, in more than this share of the named spells."""
    overruled: Share = 0.10
    """Held while persons have taken more than this share of the spells out of the scoring."""
    noise: GuardrailLimits = GuardrailLimits(unsafe=0.05, promote=0.10, limit=100)
    """Held once the incumbent is shown to disagree with itself more often."""
    cli_versions: CliVersionPlan = CliVersionPlan()
    """The proof that a CLI takes after an upgrade."""
    minimums: Minimums = Minimums()
    review: bool = True
    """True if a cluster of differing actions holds a promotion until an operator has looked at it."""
    quiet_s: Annotated[float, Field(gt=0)] = 900.0
    """Seconds after which a guardrail without a new observation has no data."""
    settle_after_s: Seconds = 60.0
    """A bout enters the evidence so long after it ended ..."""
    settle_latest_s: Seconds = 600.0
    """... or so long after it began, whichever is first."""
    repeat_s: Seconds = 600.0
    """A pane counts again for the same fingerprint after so long."""
    still_s: Seconds = 45.0
    """A screen that stood still for so long, in a bout, was not busy."""
    lease_s: Annotated[float, Field(gt=0)] = 1800.0
    windows: Windows = Windows()
    """Within how many seconds two monitors' actions are the same one, and approve one destructive action together."""
    cycle_time: CycleTime = CycleTime()
    single_key: frozenset[DestructiveKind] = frozenset()
    """Kinds of destructive intent that the owner may request without the other monitor."""
    pauses: bool = True
    """True if a pause that a monitor requests is done, in solo and under that owner."""
    signals: Signals = Signals()
    """The reasons that hold a promotion although every verdict is right."""
    crash_loop: Annotated[int, Field(ge=2)] = 5
    """So many failures of the candidate in a row are a crash loop."""
    retire_after_days: Annotated[float, Field(ge=0)] = 7.0
    """Days at full exposure, without a rollback, before the incumbent may be retired."""

    @model_validator(mode="after")
    def _whole(self) -> "Plan":
        missing = [stage for stage in STAGES if stage not in self.stages]
        if missing:
            raise ValueError(f"stages: {', '.join(missing)} missing: give each stage its exposure_percent and hours")
        exposures = [self.stages[stage].exposure_percent for stage in STAGES]
        if exposures != sorted(exposures) or exposures[0] != 0:
            found = ", ".join(f"{stage} {exposure}" for stage, exposure in zip(STAGES, exposures, strict=True))
            raise ValueError(f"stages: exposure_percent must begin with 0 in shadow and never fall, but is {found}")
        if all(limits.dry_run for limits in self.guardrails.values()):
            raise ValueError("guardrails: none is left that counts, so nothing could ever be shown: keep at least one")
        if unnamed := [state for state in self.required_states if state not in NAMED_STATES]:
            raise ValueError("\n".join(map(_never_named, unnamed)))
        if Guardrail.NOISE in self.guardrails:
            raise ValueError("guardrails.noise: noise is a signal, not a guardrail: set its limits under `noise`")
        if self.risk > self.alpha * (1 + 1e-9):
            raise ValueError(
                f"guardrails: their limits add up to a risk of {percent(self.risk)} a stage, more than alpha "
                f"{percent(self.alpha)}: raise a limit (a guardrail spends 1/limit), or alpha"
            )
        return self

    @field_serializer("single_key")
    def _in_order(self, kinds: frozenset[str]) -> list[str]:
        return sorted(kinds)  # the fingerprint must not depend on how a process happens to hash

    @field_serializer("signals")
    def _signals_in_order(self, signals: Signals) -> dict[str, object]:
        return {**dict(signals), "dry_run": [name for name in Signal if name in signals.dry_run]}  # as `single_key`

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change with anything in the plan."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def risk(self) -> float:
        """The chance, a stage, that a candidate within every rate is called unsafe: at most the sum over the lines."""
        armed = {name: limits for name, limits in self.guardrails.items() if not limits.dry_run}
        of_states = sum(1 / state.limit for state in self.states.values()) if Guardrail.WRONG in armed else 0.0
        return of_states + sum(1 / limits.limit for limits in armed.values() if limits.unsafe is not None)

    @property
    def required_states(self) -> tuple[AgentState, ...]:
        """Return the named states whose proof every promotion needs."""
        return tuple(name for name, state in self.states.items() if state.required)

    @property
    def bout_rules(self) -> BoutRules:
        """Return the settings of bouts for the shadow: when one counts, and when it is settled."""
        return BoutRules(
            settle_s=self.settle_after_s,
            at_latest_s=self.settle_latest_s,
            repeat_s=self.repeat_s,
            still_s=self.still_s,
            windows=self.windows,
        )

    def of_stage(self, stage: Stage) -> StagePlan:
        """The plan of a stage; before shadow nothing is exposed, after production everything stays exposed."""
        if stage is Stage.OFF:
            return StagePlan(exposure_percent=0, hours=0)
        return self.stages[Stage.PRODUCTION if stage is Stage.RETIRED else stage]


def _never_named(state: AgentState) -> str:
    """Say that a required state can never be proven, why, and what to do."""
    why = _NEVER_NAMED.get(state, "no pane is in it")
    return (
        f"states.{state}.required: the referee never names {state}, so it could never be proven ({why}): set "
        f"`required = false`, or require one of {', '.join(NAMED_STATES)}"
    )


_ONLY_EVENTS: Final = (
    "a screen does not show whether it still holds; only events of the CLI itself could, once they exist"
)
_NEVER_NAMED: Final = {
    AgentState.ERROR: _ONLY_EVENTS,
    AgentState.RATE_LIMITED: _ONLY_EVENTS,
    AgentState.STARTING: "the spells of a starting agent count for busy",
}


def at_stage(promote: Staged, stage: Stage) -> float:
    """Return the rate that rules at a stage: its own, or that of the last stage before it that names one."""
    if not isinstance(promote, dict):
        return promote
    return next(promote[named] for named in reversed(STAGES[: _place(stage) + 1]) if named in promote)


def _place(stage: Stage) -> int:
    return STAGES.index(stage) if stage in STAGES else len(STAGES) - 1
