"""The request of the harness after a judgement: a rollback or a promotion that is due. Pure."""

from rollout.judgement.chain import Transition
from rollout.judgement.enums import Verdict
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import (
    HARNESS,
    Request,
    RequestKind,
    RolloutStatus,
)
from rollout.judgement.stages import apply


def due(
    rollout_status: RolloutStatus, judgement: Judgement, plan: Plan, at: float, *, act: bool, incumbent_well: bool
) -> Request | None:
    """Return the request of the harness after a judgement; None where nothing is to be done."""

    def request_kind(what: RequestKind) -> Request:
        return Request(
            what,
            HARNESS,
            "; ".join(judgement.reasons),
            at,
            verdict=judgement.verdict,
            expected_revision=rollout_status.revision,
            act=act,
            incumbent_well=incumbent_well,
            evidence={
                "verdict": judgement.verdict.value,
                "rows": [row.model_dump(mode="json") for row in judgement.rows],
                "minimums": [minimum.model_dump(mode="json") for minimum in judgement.minimums],
                "plan": judgement.plan,
                "version": judgement.version,
                "waived": list(judgement.waived),
            },
        )

    if judgement.verdict is Verdict.ROLLBACK:
        request = request_kind(RequestKind.ROLLBACK)
    elif judgement.verdict is Verdict.PROMOTABLE and not plan.of_stage(rollout_status.stage).person:
        request = request_kind(RequestKind.PROMOTE)
    else:
        return None
    return request if isinstance(apply(rollout_status, request, plan), Transition) else None
