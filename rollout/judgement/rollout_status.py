"""The status of a rollout, and the requests to it.

A status *stores* running, paused or rolled_back, and whether it is frozen. `held` and `awaiting_approval` are how a
running one looks in the light of the judge's last word (`shown_state`): descriptions, not decisions, so that nothing
has to be undone when they pass.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from rollout.judgement.chain import Transition
from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from understudy.record import Instant, Record

HARNESS: Final = "understudy"
"""The actor of what happens by itself."""


class RolloutStatus(Record):
    """The status of the rollout."""

    stage: Stage = Stage.OFF
    state: State = State.RUNNING
    frozen: bool = False
    exposure_percent: int = 0
    epoch: int = 0
    revision: int = 0
    """Counts up with every transition: what compare-and-set compares."""
    flag_revision: int = 0
    """Of the flags file as the last transition left it."""
    since: Instant = 0.0
    """The beginning of this epoch."""
    reason: str = ""
    """Of the last transition but a freeze or its end: why it stands in this stage and state."""
    frozen_reason: str = ""
    """Of the last freeze."""
    last_hash: str = ""


class RequestKind(StrEnum):
    """The moves that can be requested."""

    BEGIN = "begin"
    PROMOTE = "promote"
    APPROVE = "approve"
    ROLLBACK = "rollback"
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    RETIRE = "retire"
    RESTORE = "restore"
    """Take a retirement back."""
    RESTART = "restart"
    """Gather the evidence anew, because what it speaks of has changed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One intent to move, by the harness itself or by a person."""

    kind: RequestKind
    actor: str
    reason: str
    at: float
    """Seconds since the epoch."""
    verdict: Verdict | None = None
    """The judge's last word; None where there is none."""
    expected_revision: int | None = None
    """The revision of the standing that the actor looked at; None to take it as it comes."""
    act: bool = True
    """True if the harness may act at all: watch-only the rollout stays in shadow."""
    incumbent_well: bool = True
    new_candidate: bool = False
    """Of a restart: whether the candidate is another one, or another version, than the one that came so far."""
    evidence: dict[str, JsonValue] = field(default_factory=dict)

    @property
    def automatic(self) -> bool:
        """Return whether the harness itself requests it, not an operator."""
        return self.actor == HARNESS


class RefusalReason(StrEnum):
    """The reason why a request is refused."""

    CONFLICT = "conflict"
    """Another process moved the rollout meanwhile."""
    NOTHING_TO_DO = "nothing_to_do"
    """It stands there already."""
    NOT_ALLOWED = "not_allowed"
    UNREACHABLE = "unreachable"
    """The flag source could not be reached; nothing was moved."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and what to do instead."""

    why: RefusalReason
    text: str


def status_after(after: Transition, before: RolloutStatus) -> RolloutStatus:
    """Return the status of the rollout once a transition is committed."""
    of_freeze = after.request in {RequestKind.FREEZE, RequestKind.UNFREEZE}
    return RolloutStatus(
        stage=after.to,
        state=after.state,
        frozen=after.frozen,
        exposure_percent=after.exposure_percent,
        epoch=after.epoch,
        revision=after.revision,
        flag_revision=before.flag_revision if after.flag_revision is None else after.flag_revision,
        since=after.at if after.epoch != before.epoch else before.since,
        reason=before.reason if of_freeze else after.reason,
        frozen_reason=after.reason if of_freeze else before.frozen_reason,
        last_hash=after.hash,
    )


def shown_state(rollout_status: RolloutStatus, judgement: Judgement | None, plan: Plan) -> State:
    """The state as people and `status` see it."""
    if rollout_status.frozen:
        return State.FROZEN
    if rollout_status.state is not State.RUNNING or judgement is None:
        return rollout_status.state
    if judgement.verdict is Verdict.HOLD:
        return State.HELD
    waits = rollout_status.stage is Stage.PRODUCTION or plan.of_stage(rollout_status.stage).person
    if judgement.verdict is Verdict.PROMOTABLE and waits and rollout_status.stage is not Stage.RETIRED:
        return State.AWAITING_APPROVAL
    return State.RUNNING


def stopped(rollout_status: RolloutStatus) -> str:
    """Return why nothing may be promoted, as the judge shows it; empty while the rollout runs."""
    if rollout_status.frozen:
        return f"the rollout is frozen ({rollout_status.frozen_reason}). Nothing acts until `understudy unfreeze`"
    if rollout_status.state is State.ROLLED_BACK:
        return f"the rollout was rolled back ({rollout_status.reason}). Nothing is promoted until `understudy retry`"
    if rollout_status.state is State.PAUSED:
        return f"the rollout is paused ({rollout_status.reason}). Nothing is promoted until `understudy resume`"
    return ""
