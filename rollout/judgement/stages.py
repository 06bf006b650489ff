"""The stages as a state machine: what may follow from what, whoever asks. Pure; the ledger keeps what comes out."""

from collections.abc import Callable
from typing import Final

from rollout.judgement.chain import Transition, chained
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.standing import HARNESS, Refusal, Request, RequestKind, Standing, Why, stopped
from rollout.judgement.words import Stage, State, Verdict


def begin(at: float) -> Transition:
    """The first row of every trail: from off to shadow."""
    request = Request(RequestKind.BEGIN, HARNESS, "a rollout begins in shadow", at)
    return _moved(Standing(), request, stage=Stage.SHADOW, state=State.RUNNING, exposure=0, fresh=True)


def due(
    standing: Standing, judgement: Judgement, plan: Plan, at: float, *, act: bool, incumbent_well: bool
) -> Request | None:
    """What the harness itself asks for after a judgement; None where nothing is to be done."""

    def request_kind(what: RequestKind) -> Request:
        return Request(
            what,
            HARNESS,
            "; ".join(judgement.reasons),
            at,
            verdict=judgement.verdict,
            expected_revision=standing.revision,
            act=act,
            incumbent_well=incumbent_well,
            evidence={
                "verdict": judgement.verdict.value,
                "rows": [row.model_dump(mode="json") for row in judgement.rows],
                "floors": [floor.model_dump(mode="json") for floor in judgement.floors],
                "plan": judgement.plan,
                "version": judgement.version,
                "waived": list(judgement.waived),
            },
        )

    if judgement.verdict is Verdict.ROLLBACK:
        request = request_kind(RequestKind.ROLLBACK)
    elif judgement.verdict is Verdict.PROMOTABLE and not plan.of_stage(standing.stage).person:
        request = request_kind(RequestKind.PROMOTE)
    else:
        return None
    return request if isinstance(apply(standing, request, plan), Transition) else None


def apply(standing: Standing, request: Request, plan: Plan) -> Transition | Refusal:
    """Answer a request: the transition it leads to, or why not. Nothing is changed here."""
    if request.expected_revision not in {None, standing.revision}:
        return Refusal(
            Why.CONFLICT,
            f"the rollout was moved meanwhile (revision {standing.revision}, you looked at "
            f"{request.expected_revision}): look at `understudy status` and decide again",
        )
    if not request.reason.strip():
        return Refusal(Why.NOT_ALLOWED, "every move needs a reason for the audit trail: give one with --reason")
    return _ANSWERS[request.kind](standing, request, plan)


def _begin(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.stage is not Stage.OFF:
        return Refusal(Why.NOTHING_TO_DO, f"the rollout has begun already: it is in {standing.stage}")
    return _moved(standing, request, stage=Stage.SHADOW, state=State.RUNNING, exposure=0, fresh=True)


def _promote(standing: Standing, request: Request, plan: Plan) -> Transition | Refusal:
    if (no := _stands_still(standing)) is not None:
        return no
    to = standing.stage.next
    if to is None:
        return Refusal(
            Why.NOT_ALLOWED,
            "nothing comes after production but the incumbent's end: `understudy retire`"
            if standing.stage is Stage.PRODUCTION
            else f"nothing comes after {standing.stage}",
        )
    if not request.act:
        return Refusal(
            Why.NOT_ALLOWED,
            "the harness has watch-only, so the rollout stays in shadow: start it with `understudy run --act`",
        )
    if request.verdict is Verdict.ROLLBACK:
        return Refusal(Why.NOT_ALLOWED, "a rollback is due, so nothing is promoted: see `understudy why`")
    if request.automatic and (request.verdict is not Verdict.PROMOTABLE or plan.of_stage(standing.stage).person):
        return Refusal(Why.NOT_ALLOWED, f"{standing.stage} is not promotable by itself: see `understudy why`")
    exposure = plan.of_stage(to).exposure_percent
    return _moved(standing, request, stage=to, state=State.RUNNING, exposure=exposure, fresh=True)


def _approve(standing: Standing, request: Request, plan: Plan) -> Transition | Refusal:
    if request.verdict is not Verdict.PROMOTABLE:
        return Refusal(
            Why.NOT_ALLOWED, "there is nothing to approve: the judge does not call it promotable; see `understudy why`"
        )
    return _promote(standing, request, plan)


def _rollback(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.stage is Stage.OFF:
        return Refusal(Why.NOTHING_TO_DO, "nothing has begun: there is nothing to roll back")
    if standing.state is State.ROLLED_BACK:
        return Refusal(Why.NOTHING_TO_DO, "it is rolled back already: the incumbent owns everything")
    if request.automatic and not request.incumbent_well:
        # the candidate may be the only healthy one: nobody acts until a person has looked
        if standing.frozen:
            return Refusal(Why.NOTHING_TO_DO, "a rollback is due, the incumbent is not well, and it is frozen already")
        return _moved(standing, request, request_kind=RequestKind.FREEZE, frozen=True)
    return _moved(standing, request, stage=Stage.SHADOW, state=State.ROLLED_BACK, exposure=0, fresh=True)


def _pause(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.state is not State.RUNNING:
        return Refusal(Why.NOTHING_TO_DO, f"it is {standing.state.replace('_', ' ')} already: nothing would move")
    return _moved(standing, request, state=State.PAUSED)


def _resume(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.state is State.ROLLED_BACK:
        return Refusal(Why.NOT_ALLOWED, "it was rolled back: `understudy retry` begins again in shadow")
    if standing.state is not State.PAUSED:
        return Refusal(Why.NOTHING_TO_DO, "it is not paused")
    return _moved(standing, request, state=State.RUNNING)


def _retry(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.state is not State.ROLLED_BACK:
        return Refusal(Why.NOTHING_TO_DO, "it is not rolled back: there is nothing to try again")
    return _moved(standing, request, state=State.RUNNING, fresh=True)


def _freeze(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.frozen:
        return Refusal(Why.NOTHING_TO_DO, "it is frozen already")
    return _moved(standing, request, frozen=True)


def _unfreeze(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if not standing.frozen:
        return Refusal(Why.NOTHING_TO_DO, "it is not frozen")
    return _moved(standing, request, frozen=False)


def _retire(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if (no := _stands_still(standing)) is not None:
        return no
    if standing.stage is not Stage.PRODUCTION:
        return Refusal(
            Why.NOT_ALLOWED, f"the incumbent can be retired only from production; the rollout is in {standing.stage}"
        )
    if request.automatic:
        return Refusal(Why.NOT_ALLOWED, "only a person retires the incumbent")
    if request.verdict is not Verdict.PROMOTABLE:
        return Refusal(
            Why.NOT_ALLOWED, "production has not shown yet that the incumbent is not needed: see `understudy why`"
        )
    return _moved(standing, request, stage=Stage.RETIRED, fresh=True)


def _restore(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.stage is not Stage.RETIRED:
        return Refusal(Why.NOTHING_TO_DO, f"the incumbent is not retired: the rollout is in {standing.stage}")
    return _moved(standing, request, stage=Stage.PRODUCTION, fresh=True)


def _restart(standing: Standing, request: Request, _plan: Plan) -> Transition | Refusal:
    if standing.stage is Stage.OFF:
        return Refusal(Why.NOTHING_TO_DO, "nothing has begun: there is no evidence to start again")
    if request.new_candidate and standing.exposure_percent:  # it has proven nothing yet
        return _moved(standing, request, stage=Stage.SHADOW, exposure=0, fresh=True)
    return _moved(standing, request, fresh=True)


def _stands_still(standing: Standing) -> Refusal | None:
    if standing.stage is Stage.OFF:
        return Refusal(Why.NOT_ALLOWED, "nothing has begun: `understudy run` begins in shadow")
    if text := stopped(standing):
        return Refusal(Why.NOT_ALLOWED, text)
    return None


def _moved(
    standing: Standing,
    request: Request,
    *,
    stage: Stage | None = None,
    state: State | None = None,
    exposure: int | None = None,
    frozen: bool | None = None,
    fresh: bool = False,
    request_kind: RequestKind | None = None,
) -> Transition:
    share = standing.exposure_percent if exposure is None else exposure
    row = Transition(
        from_=standing.stage,
        to=stage or standing.stage,
        state=state or standing.state,
        frozen=standing.frozen if frozen is None else frozen,
        exposure_percent=share,
        epoch=standing.epoch + fresh,
        revision=standing.revision + 1,
        request=request_kind or request.kind,
        actor=request.actor,
        reason=request.reason,
        evidence=request.evidence,
        # a rollback writes the flag in any case: somebody may have turned it up by hand
        flag_revision=standing.flag_revision + 1
        if exposure is not None and request.kind is not RequestKind.BEGIN
        else None,
        at=request.at,
    )
    return chained(row, standing.last_hash)


_ANSWERS: Final[dict[RequestKind, Callable[[Standing, Request, Plan], Transition | Refusal]]] = {
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
