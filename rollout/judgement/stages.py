"""The stages as a state machine: the allowed transitions, for the loop and for operators. Pure."""

from collections.abc import Callable
from typing import Final

from rollout.judgement.chain import Transition, chained
from rollout.judgement.enums import Stage, State, Verdict
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import (
    HARNESS,
    Refusal,
    RefusalReason,
    Request,
    RequestKind,
    RolloutStatus,
    stopped,
)


def begin(at: float) -> Transition:
    """Return the first row of every trail: from off to shadow."""
    request = Request(RequestKind.BEGIN, HARNESS, "a rollout begins in shadow", at)
    return _moved(RolloutStatus(), request, stage=Stage.SHADOW, state=State.RUNNING, exposure=0, fresh=True)


def apply(rollout_status: RolloutStatus, request: Request, plan: Plan) -> Transition | Refusal:
    """Answer a request: the transition it leads to, or why not. Nothing is changed here."""
    if request.expected_revision not in {None, rollout_status.revision}:
        return Refusal(
            RefusalReason.CONFLICT,
            f"the rollout was moved meanwhile (revision {rollout_status.revision}, you looked at "
            f"{request.expected_revision}). Look at `understudy status` and decide again",
        )
    if not request.reason.strip():
        return Refusal(
            RefusalReason.NOT_ALLOWED, "each change of stage needs a reason for the audit trail: --reason TEXT"
        )
    return _ANSWERS[request.kind](rollout_status, request, plan)


def _begin(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.stage is not Stage.OFF:
        return Refusal(RefusalReason.NOTHING_TO_DO, f"the rollout has already begun: it is in {rollout_status.stage}")
    return _moved(rollout_status, request, stage=Stage.SHADOW, state=State.RUNNING, exposure=0, fresh=True)


def _promote(rollout_status: RolloutStatus, request: Request, plan: Plan) -> Transition | Refusal:
    if (no := _stands_still(rollout_status)) is not None:
        return no
    to = rollout_status.stage.next
    if to is None:
        return Refusal(
            RefusalReason.NOT_ALLOWED,
            "no promotion follows production. Retire the incumbent: `understudy retire`"
            if rollout_status.stage is Stage.PRODUCTION
            else f"no stage comes after {rollout_status.stage}",
        )
    if not request.act:
        return Refusal(
            RefusalReason.NOT_ALLOWED,
            "the run is watch-only, so the rollout stays in shadow. Let it act: `understudy run --act`",
        )
    if request.verdict is Verdict.ROLLBACK:
        return Refusal(RefusalReason.NOT_ALLOWED, "a rollback is due, so nothing is promoted. See `understudy why`")
    if request.automatic and (request.verdict is not Verdict.PROMOTABLE or plan.of_stage(rollout_status.stage).person):
        return Refusal(
            RefusalReason.NOT_ALLOWED, f"{rollout_status.stage} is not promoted automatically. See `understudy why`"
        )
    exposure = plan.of_stage(to).exposure_percent
    return _moved(rollout_status, request, stage=to, state=State.RUNNING, exposure=exposure, fresh=True)


def _approve(rollout_status: RolloutStatus, request: Request, plan: Plan) -> Transition | Refusal:
    if request.verdict is not Verdict.PROMOTABLE:
        return Refusal(
            RefusalReason.NOT_ALLOWED,
            "there is no promotion to approve: the verdict is not promotable. See `understudy why`",
        )
    return _promote(rollout_status, request, plan)


def _rollback(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.stage is Stage.OFF:
        return Refusal(RefusalReason.NOTHING_TO_DO, "no rollout has begun: there is nothing to roll back")
    if rollout_status.state is State.ROLLED_BACK:
        return Refusal(
            RefusalReason.NOTHING_TO_DO, "the rollout is already rolled back: the incumbent owns every session"
        )
    if request.automatic and not request.incumbent_well:
        # the candidate may be the only healthy monitor: the harness freezes until a person has looked
        if rollout_status.frozen:
            return Refusal(
                RefusalReason.NOTHING_TO_DO,
                "a rollback is due, the incumbent is not healthy, and the rollout is already frozen",
            )
        return _moved(rollout_status, request, request_kind=RequestKind.FREEZE, frozen=True)
    return _moved(rollout_status, request, stage=Stage.SHADOW, state=State.ROLLED_BACK, exposure=0, fresh=True)


def _pause(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.state is not State.RUNNING:
        return Refusal(
            RefusalReason.NOTHING_TO_DO,
            f"the rollout is already {rollout_status.state.replace('_', ' ')}: there is nothing to pause",
        )
    return _moved(rollout_status, request, state=State.PAUSED)


def _resume(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.state is State.ROLLED_BACK:
        return Refusal(
            RefusalReason.NOT_ALLOWED, "the rollout was rolled back. Start again in shadow: `understudy retry`"
        )
    if rollout_status.state is not State.PAUSED:
        return Refusal(RefusalReason.NOTHING_TO_DO, "the rollout is not paused")
    return _moved(rollout_status, request, state=State.RUNNING)


def _retry(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.state is not State.ROLLED_BACK:
        return Refusal(RefusalReason.NOTHING_TO_DO, "the rollout is not rolled back: there is nothing to retry")
    return _moved(rollout_status, request, state=State.RUNNING, fresh=True)


def _freeze(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.frozen:
        return Refusal(RefusalReason.NOTHING_TO_DO, "the rollout is already frozen")
    return _moved(rollout_status, request, frozen=True)


def _unfreeze(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if not rollout_status.frozen:
        return Refusal(RefusalReason.NOTHING_TO_DO, "the rollout is not frozen")
    return _moved(rollout_status, request, frozen=False)


def _retire(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if (no := _stands_still(rollout_status)) is not None:
        return no
    if rollout_status.stage is not Stage.PRODUCTION:
        return Refusal(
            RefusalReason.NOT_ALLOWED,
            f"the incumbent can be retired only from production; the rollout is in {rollout_status.stage}",
        )
    if request.automatic:
        return Refusal(RefusalReason.NOT_ALLOWED, "only an operator can retire the incumbent")
    if request.verdict is not Verdict.PROMOTABLE:
        return Refusal(
            RefusalReason.NOT_ALLOWED,
            "there is not enough evidence in production to retire the incumbent. See `understudy why`",
        )
    return _moved(rollout_status, request, stage=Stage.RETIRED, fresh=True)


def _restore(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.stage is not Stage.RETIRED:
        return Refusal(
            RefusalReason.NOTHING_TO_DO, f"the incumbent is not retired: the rollout is in {rollout_status.stage}"
        )
    return _moved(rollout_status, request, stage=Stage.PRODUCTION, fresh=True)


def _restart(rollout_status: RolloutStatus, request: Request, _plan: Plan) -> Transition | Refusal:
    if rollout_status.stage is Stage.OFF:
        return Refusal(RefusalReason.NOTHING_TO_DO, "no rollout has begun: there is no evidence to reset")
    if request.new_candidate and rollout_status.exposure_percent:  # it has proven nothing yet
        return _moved(rollout_status, request, stage=Stage.SHADOW, exposure=0, fresh=True)
    return _moved(rollout_status, request, fresh=True)


def _stands_still(rollout_status: RolloutStatus) -> Refusal | None:
    if rollout_status.stage is Stage.OFF:
        return Refusal(RefusalReason.NOT_ALLOWED, "no rollout has begun. Start one in shadow: `understudy run`")
    if text := stopped(rollout_status):
        return Refusal(RefusalReason.NOT_ALLOWED, text)
    return None


def _moved(
    rollout_status: RolloutStatus,
    request: Request,
    *,
    stage: Stage | None = None,
    state: State | None = None,
    exposure: int | None = None,
    frozen: bool | None = None,
    fresh: bool = False,
    request_kind: RequestKind | None = None,
) -> Transition:
    share = rollout_status.exposure_percent if exposure is None else exposure
    row = Transition(
        from_=rollout_status.stage,
        to=stage or rollout_status.stage,
        state=state or rollout_status.state,
        frozen=rollout_status.frozen if frozen is None else frozen,
        exposure_percent=share,
        epoch=rollout_status.epoch + fresh,
        revision=rollout_status.revision + 1,
        request=request_kind or request.kind,
        actor=request.actor,
        reason=request.reason,
        evidence=request.evidence,
        # a rollback writes the flag in any case: an operator may have raised it by hand
        flag_revision=rollout_status.flag_revision + 1
        if exposure is not None and request.kind is not RequestKind.BEGIN
        else None,
        at=request.at,
    )
    return chained(row, rollout_status.last_hash)


_ANSWERS: Final[dict[RequestKind, Callable[[RolloutStatus, Request, Plan], Transition | Refusal]]] = {
    RequestKind.BEGIN: _begin,
    RequestKind.PROMOTE: _promote,
    RequestKind.APPROVE: _approve,
    RequestKind.ROLLBACK: _rollback,
    RequestKind.PAUSE: _pause,
    RequestKind.RESUME: _resume,
    RequestKind.RETRY: _retry,
    RequestKind.FREEZE: _freeze,
    RequestKind.UNFREEZE: _unfreeze,
    RequestKind.RETIRE: _retire,
    RequestKind.RESTORE: _restore,
    RequestKind.RESTART: _restart,
}
