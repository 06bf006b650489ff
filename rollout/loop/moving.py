"""The move after a judgement: the harness promotes, rolls back, or freezes where the incumbent is not well."""

from collections.abc import Callable, Mapping
from pathlib import Path

from rollout.judgement.chain import Transition
from rollout.judgement.due import due
from rollout.judgement.enums import Verdict
from rollout.judgement.judge import Judgement
from rollout.judgement.plan import Plan
from rollout.judgement.rollout_status import RequestKind, RolloutStatus
from rollout.loop.hosting.host import MonitorHost
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.stage_controller import StageController
from rollout.store.orders import OrderKind, give


def move(
    controller: StageController,
    plan: Plan,
    rollout_status: RolloutStatus,
    judgement: Judgement | None,
    now: float,
    is_well: Callable[[], bool],
    order_folder: Path,
    *,
    act: bool,
) -> Transition | None:
    """Carry out the verdict, once the evidence that it rests on is recorded.

    `is_well` says whether the incumbent could take over; it is asked only where that matters.
    """
    if judgement is None:
        return None
    well = judgement.verdict is not Verdict.ROLLBACK or is_well()
    request = due(rollout_status, judgement, plan, now, act=act, incumbent_well=well)
    if request is None:
        return None
    if request.kind is RequestKind.ROLLBACK and not well:
        # the candidate may be the only healthy monitor: the harness freezes until a person has looked
        reason = f"a rollback is due and the incumbent is not healthy: {request.reason}"
        give(OrderKind.FREEZE, order_folder, actor=request.actor, reason=reason)
    answer = controller.request(request)
    return answer if isinstance(answer, Transition) else None


def incumbent_well(host: MonitorHost, ill: Mapping[str, str]) -> bool:
    """Whether the incumbent could take over now; one that was not called lately is asked to introduce itself.

    `ill` says by role why a monitor's last answer was none.
    """
    return not host.crash_loop and not ill.get(MonitorRole.INCUMBENT) and host.answers()
