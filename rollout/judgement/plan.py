"""The plan: what a rollout must show before it moves, and what moves it back."""

from hashlib import sha256
from typing import Annotated, Final, Literal

from pydantic import Field, field_serializer, model_validator

from contract.record import Record
from contract.verdicts import AgentState
from rollout.judgement.signals import Signal, Signals
from rollout.judgement.words import Guardrail, Stage, percent
from shadow.rules import BoutRules, Windows

Share = Annotated[float, Field(gt=0, lt=1)]
Percent = Annotated[int, Field(ge=0, le=100)]
Seconds = Annotated[float, Field(ge=0)]
DestructiveKind = Literal["kill_window", "spawn_manager", "submit_draft"]


class StagePlan(Record):
    """One stage: how much of the fleet the candidate owns, and what leaving the stage takes besides evidence."""

    exposure_percent: Percent
    hours: Annotated[float, Field(ge=0)] = 12.0
    """How long the stage lasts at least."""
    person: bool = False
    """Whether a person must approve the promotion out of this stage."""


class Limits(Record):
    """The two limits of one guardrail, as shares of what it counts."""

    budget: Share = 0.001
    """Rolled back once the rate is shown to be above."""
    bound: Share = 0.01
    """Promotable once the rate is shown to be below."""
    dry_run: bool = False
    """Only shown: it rolls nothing back and stands in the way of nothing, until somebody trusts it."""


class StratumPlan(Record):
    """One stratum: a kind of bout that is counted on its own, so that agreement elsewhere cannot hide it."""

    required: bool = False
    """Whether a promotion needs proof in this stratum."""
    bound: Share = 0.10
    """Promotable once action differences are shown to be rarer; rolled back once they are shown to be more frequent."""
    candidate_wrong: Share = 0.5
    """Rolled back once the candidate is shown to be wrong in more than this share of the bouts that differ here."""


class Floors(Record):
    """How much must have been seen, whatever the evidence: bouts of one agent are alike."""

    panes: Annotated[int, Field(ge=0)] = 24
    """Different agents, by pane and process: one that was started anew is another (`make decisions`: why so many)."""
    sessions: Annotated[int, Field(ge=0)] = 2


class CycleTime(Record):
    """When a look of the candidate's own counts as slow."""

    factor: Annotated[float, Field(gt=0)] | None = 20.0
    """So many times tmux's own floor, timed in the same look; None judges by the limit alone."""
    limit_s: Annotated[float, Field(gt=0)] = 10.0


class Plan(Record):
    """What a rollout must show before it moves. Durations are seconds unless the name says otherwise."""

    name: str = "default"
    stages: dict[Stage, StagePlan]
    alpha: Share = 0.01
    """Risk, a stage, of rolling back a candidate that keeps within every budget; split over the guardrails."""
    beta: Share = 0.05
    """Risk, a guardrail and stage, of taking a rate at its bound for a smaller one."""
    guardrails: dict[Guardrail, Limits]
    strata: dict[str, StratumPlan]
    few_differ: Annotated[int, Field(ge=0)] = 5
    """Below so many settled bouts that differ, who was right needs no proof."""
    noise: Limits = Limits(budget=0.05, bound=0.10)
    """Held once the incumbent is shown to disagree with itself more often than this budget."""
    floors: Floors = Floors()
    coverage: tuple[AgentState, ...] = ()
    """States that must have been seen before the first promotion: live, on recordings, or waived by a person."""
    quiet_s: Annotated[float, Field(gt=0)] = 900.0
    """After so long without a word from a guardrail it has no data."""
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
    """Within how many seconds two monitors' actions are the same one, and two keys turn one lock."""
    cycle_time: CycleTime = CycleTime()
    single_key: frozenset[DestructiveKind] = frozenset()
    """Kinds of destructive intent that the owner may have done without the other monitor's key."""
    pauses: bool = True
    """Whether the pause that a monitor asks for is made, in solo and under that owner."""
    signals: Signals = Signals()
    """What holds a promotion although every verdict is right."""
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
            said = ", ".join(f"{stage} {exposure}" for stage, exposure in zip(STAGES, exposures, strict=True))
            raise ValueError(f"stages: exposure_percent must begin with 0 in shadow and never fall, but is {said}")
        if all(limits.dry_run for limits in self.guardrails.values()):
            raise ValueError("guardrails: none is left that counts, so nothing could ever be shown: keep at least one")
        if Guardrail.NOISE in self.guardrails:
            raise ValueError("guardrails.noise: noise is a signal, not a guardrail: set its limits under `noise`")
        for name, limits in self.guardrails.items():
            if limits.budget > limits.bound:
                raise ValueError(
                    f"guardrails.{name}: budget {percent(limits.budget)} is above bound {percent(limits.bound)}: "
                    "the same rate would be rolled back and promoted; make the budget the smaller one"
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
    def required_strata(self) -> tuple[str, ...]:
        """The strata without whose proof nothing is promoted."""
        return tuple(name for name, stratum in self.strata.items() if stratum.required)

    @property
    def bout_rules(self) -> BoutRules:
        """When a bout counts and when it is settled, as the shadow wants to know it."""
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

    def in_few_lines(self) -> tuple[str, ...]:
        """Say the plan as a person reads it before it begins."""
        steps = " -> ".join(f"{stage} {self.stages[stage].exposure_percent} %" for stage in STAGES)
        hours = ", ".join(f"{stage} {self.stages[stage].hours:g} h" for stage in STAGES if self.stages[stage].hours)
        people = [stage for stage in STAGES if self.stages[stage].person]
        needed = ", ".join(f"{name} (< {percent(self.strata[name].bound)})" for name in self.required_strata)
        bounds = ", ".join(f"{name} < {percent(limits.bound)}" for name, limits in self.guardrails.items())
        budgets = ", ".join(f"{name} > {percent(limits.budget)}" for name, limits in self.guardrails.items())
        bout = f"a bout settles {_duration(self.settle_after_s)} after its end"
        again = f"a pane counts again after {_duration(self.repeat_s)}"
        retired = f", then {self.retire_after_days:g} days before retirement" if self.retire_after_days else ""
        one_key = ", ".join(sorted(self.single_key)) or "nothing"
        return (
            f"plan {self.name}: {steps}; leases of {_duration(self.lease_s)}",
            f"promoted when shown: {bounds}",
            f"  and in each of: {needed or 'no stratum of its own'}",
            f"rolled back when shown: {budgets}",
            f"at least: {hours or 'no hours'}{retired}, panes {self.floors.panes}, sessions {self.floors.sessions}",
            f"{bout}; {again}; one key is enough for: {one_key}",
            f"risks a stage: false rollback {percent(self.alpha)}, wrong promotion {percent(self.beta)}",
            f"a person approves leaving: {', '.join(people) or 'no stage'}",
        )


def _duration(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


STAGES: Final = (Stage.SHADOW, Stage.CANARY, Stage.BETA, Stage.PRODUCTION)
"""The stages that a plan speaks of, in order."""

_DAILY = ("draft", "notice_idle", "notice_crash", "approval")
_RARE = ("kill", "spawn", "busy_called_idle", "waiting_called_other", "called_crashed")

DEFAULT_PLAN: Final = Plan(
    stages={
        Stage.SHADOW: StagePlan(exposure_percent=0, hours=24),
        Stage.CANARY: StagePlan(exposure_percent=5),
        Stage.BETA: StagePlan(exposure_percent=50),
        Stage.PRODUCTION: StagePlan(exposure_percent=100),
    },
    guardrails={
        Guardrail.CANDIDATE_WRONG: Limits(budget=0.5, bound=0.5),
        Guardrail.ACTION_DIFFERENCE: Limits(),
        Guardrail.EYES: Limits(),
        Guardrail.FAILURE: Limits(),
        Guardrail.CYCLE_TIME: Limits(),
    },
    strata={name: StratumPlan(required=True) for name in _DAILY} | {name: StratumPlan() for name in _RARE},
    coverage=(
        AgentState.BUSY,
        AgentState.IDLE,
        AgentState.UNSUBMITTED_INPUT,
        AgentState.WAITING_APPROVAL,
        AgentState.RATE_LIMITED,
        AgentState.ERROR,
        AgentState.CRASHED,
    ),
)
"""Days and thousands of bouts: for a team's real agents."""

_TWELVE = Limits(bound=0.12)
_SLACK = Limits(budget=0.05, bound=0.12)  # two hiccups of a busy machine in two minutes are no regression

DEMO_PLAN: Final = Plan(
    name="demo",
    stages={stage: plan.model_copy(update={"hours": 0.0}) for stage, plan in DEFAULT_PLAN.stages.items()},
    guardrails={
        # no cycle time: whatever else this machine does in two minutes would be judged with the candidate
        # a share of the bouts that differ, not of all: five right ones prove "less than half", and fewer than five are
        # exempt, so that a candidate which is always right is never stuck between the two
        Guardrail.CANDIDATE_WRONG: Limits(budget=0.5, bound=0.5),
        Guardrail.ACTION_DIFFERENCE: _TWELVE,
        Guardrail.EYES: _SLACK,
        Guardrail.FAILURE: _SLACK,
    },
    strata={name: StratumPlan(required=name in {"notice_idle", "notice_crash"}, bound=0.12) for name in _DAILY + _RARE},
    floors=Floors(panes=1, sessions=1),
    coverage=(AgentState.BUSY, AgentState.IDLE, AgentState.CRASHED),
    quiet_s=30.0,
    settle_after_s=3.0,
    settle_latest_s=9.0,
    repeat_s=5.0,
    still_s=5.0,
    lease_s=5.0,
    windows=Windows(notice_s=3.0, draft_s=3.0, kill_s=3.0, looks=2),  # on a busy machine a look takes as long
    single_key=frozenset({"submit_draft"}),
    pauses=False,
    retire_after_days=0.0,
    signals=Signals(cpu=None, notices=None),  # a cycle a second, and whatever else the machine does meanwhile
)
"""Minutes instead of days: 27 clean bouts for each proof, two required strata, no hours, leases of five seconds."""
