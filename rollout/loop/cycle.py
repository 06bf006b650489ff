"""One cycle: route the sessions, observe, compare, decide, judge, record, and only then deliver."""

from dataclasses import replace

from rollout.judgement.chain import Transition
from rollout.judgement.enums import Stage, Verdict
from rollout.judgement.rollout_status import RequestKind, RolloutStatus
from rollout.judgement.stages import due
from rollout.loop.acting.actuator_input import ActuatorInput, given_back
from rollout.loop.acting.episodes import EpisodeStep, advance
from rollout.loop.acting.settling import Effects
from rollout.loop.analysis import add_events, add_judgement, add_watched_time, in_epoch
from rollout.loop.basis import drop_changed_monitors, rebased
from rollout.loop.cycle_result import CycleResult, cycle_name
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observation
from rollout.loop.operator_input import AppliedOrders, OperatorInput, apply_orders, listen
from rollout.loop.recording import CycleEntry, begin_keeping, write_down
from rollout.loop.routing.router import Routing
from rollout.loop.runtime import Runtime
from rollout.loop.shadowing import ShadowResult
from rollout.loop.signalling import leases_seen, used
from rollout.store.orders import OrderKind, give
from understudy.outcomes import EVERYTHING, Scope
from understudy.report import CycleReport
from understudy.verdicts import AgentVerdict


def one_cycle(runtime: Runtime, next_in_s: float) -> CycleResult:
    """Do one cycle; `next_in_s` is when the next one begins, infinity where none does.

    Raises `SourceFailed` where the server cannot be seen: nothing is concluded from that, and nothing written.
    """
    loop_state, began = runtime.loop_state, runtime.clock.now()
    cycle = cycle_name(began)
    orders = apply_orders(runtime, began)
    orders = replace(orders, rollout_status=rebased(runtime, loop_state, orders.rollout_status, began))
    sessions, panes = _sessions(runtime)
    effects = loop_state.take_ends(runtime.ledger, runtime.rules)
    loop_state.hand_over_if_moved(orders.rollout_status)  # before a monitor process is stopped: no guard may start it
    routing = _route(runtime, sessions, began, cycle, orders.rollout_status)
    observation, scopes = _look(runtime, loop_state, cycle, routing, panes, next_in_s)
    observation = drop_changed_monitors(runtime, loop_state, observation)
    begin_keeping(runtime, observation)
    operator_input, shadowed = _learn(
        runtime, loop_state, observation, effects, routing, orders.rollout_status, next_in_s
    )
    advanced = _decide(runtime, loop_state, observation, routing, orders, scopes, operator_input)
    cycle_result = CycleResult(
        cycle=cycle,
        at=began,
        wall_s=round(runtime.clock.now() - began, 6),
        mode="solo" if observation.tape is None else "shadow",
        act=runtime.act,
        routing=routing,
        reports={role: answer.report for role, answer in observation.answers.items() if answer.report is not None},
        problems={role: answer.text for role, answer in observation.answers.items() if answer.report is None},
        differences=shadowed.differences,
        outcomes=tuple(outcome for role in MonitorRole for outcome in loop_state.outcomes(role)),
        escalations=advanced.escalations,
        rollout_status=orders.rollout_status,
        judgement=loop_state.analysis.judgement,
        transition=None,
        pause_s=_pause(runtime, observation, routing),
    )
    write_down(
        runtime,
        loop_state,
        CycleEntry(cycle_result, observation, shadowed, operator_input, advanced.deliveries, advanced.withdrawn),
    )
    runtime.delivery.submit(advanced.deliveries)
    return replace(cycle_result, transition=_move(runtime, loop_state, orders.rollout_status))


def _sessions(runtime: Runtime) -> tuple[list[str], int]:
    """The sessions of the server by name, and how many panes there are."""
    listed = runtime.reader.frame(screens=False)
    return sorted({shot.session for shot in listed.panes}), len(listed.panes)


def _route(runtime: Runtime, sessions: list[str], now: float, cycle: str, rollout_status: RolloutStatus) -> Routing:
    routing = runtime.router.route(sessions, now, cycle, rollout_status.exposure_percent)
    if rollout_status.stage is not Stage.RETIRED:
        return routing
    if runtime.hosts[MonitorRole.INCUMBENT].pid is not None:
        runtime.hosts[MonitorRole.INCUMBENT].rest()
    # whatever the flag says, only the candidate runs: `rollback` and `retire --undo` bring the incumbent back
    return replace(routing, owners=dict.fromkeys(sessions, MonitorRole.CANDIDATE), due=frozenset(), shadow=False)


def _look(
    runtime: Runtime, loop_state: LoopState, cycle: str, routing: Routing, panes: int, next_in_s: float
) -> tuple[Observation, dict[str, Scope]]:
    monitor_memories = loop_state.monitor_memories()
    if routing.shadow:
        return runtime.observer.shadow(cycle, monitor_memories, next_in_s), dict.fromkeys(MonitorRole, EVERYTHING)
    owned: dict[MonitorRole, dict[str, float]] = {role: {} for role in MonitorRole}
    for session, role in routing.owners.items():
        owned[role][session] = routing.leases[session].ends_at - runtime.plan.lease_s
    observation = runtime.observer.solo(cycle, monitor_memories, owned, panes)
    return observation, {role: Scope(sessions=sessions) for role, sessions in owned.items()}


def _learn(
    runtime: Runtime,
    loop_state: LoopState,
    observation: Observation,
    effects: Effects,
    routing: Routing,
    rollout_status: RolloutStatus,
    next_in_s: float,
) -> tuple[OperatorInput, ShadowResult]:
    """Enter observations and decisions into the analysis, and judge."""
    now = observation.tape.at if observation.tape is not None else runtime.clock.now()
    operator_input = listen(
        runtime, add_watched_time(in_epoch(loop_state.analysis, rollout_status), now, routing.exposure_percent)
    )
    shadowed = runtime.shadowing.enter(operator_input.analysis, observation, effects, now, next_in_s)
    families = {verdict.agent for answer in observation.answers.values() for verdict in _verdicts(answer.report)}
    noted = {
        "families": shadowed.analysis.families | (families - {"unknown"}),
        "leases": shadowed.analysis.leases.note(routing.exposure),
        "signals": shadowed.analysis.signals.fold(used(observation, runtime.tmux_pid), now),
        "outcomes": shadowed.analysis.outcomes.fold(leases_seen(observation, routing), now),
    }
    analysis = shadowed.analysis.model_copy(update=noted)
    analysis = add_events(
        analysis, (*operator_input.evidence_events, *shadowed.evidence_events), rollout_status, runtime.plan
    )
    loop_state.analysis = add_judgement(analysis, rollout_status, runtime.plan, runtime.register, now, routing.drift)
    for role, answer in observation.answers.items():
        if answer.report is not None:
            loop_state.memories[role] = answer.memory
    return operator_input, shadowed


def _verdicts(report: CycleReport | None) -> tuple[AgentVerdict, ...]:
    return tuple(report.verdicts.values()) if report else ()


def _decide(
    runtime: Runtime,
    loop_state: LoopState,
    observation: Observation,
    routing: Routing,
    orders: AppliedOrders,
    scopes: dict[str, Scope],
    operator_input: OperatorInput,
) -> EpisodeStep:
    advanced = advance(
        loop_state.book,
        ActuatorInput(
            now=runtime.clock.now(),
            owners=routing.owners,
            reports={role: answer.report for role, answer in observation.answers.items() if answer.report is not None},
            rules=runtime.rules,
            scopes=scopes,
            watch_only=orders.watch_only,
            approvals=operator_input.approvals or {},
            can_spawn=runtime.can_spawn,
            given_back=given_back(loop_state.analysis.novelty.actions, orders.rollout_status.stage),
        ),
    )
    loop_state.book = advanced.book
    return advanced


def _pause(runtime: Runtime, observation: Observation, routing: Routing) -> float:
    """Return the pause that a monitor requests; it is done only in solo, and only if it owns every session."""
    owners = set(routing.owners.values())
    if not runtime.plan.pauses or observation.tape is not None or len(owners) != 1:
        return 0.0
    answer = observation.answers.get(owners.pop())
    return answer.report.pause_s if answer is not None and answer.report is not None else 0.0


def _move(runtime: Runtime, loop_state: LoopState, rollout_status: RolloutStatus) -> Transition | None:
    """Carry out the verdict, once the evidence that it rests on is recorded."""
    if loop_state.analysis.judgement is None:
        return None
    now = runtime.clock.now()
    well = loop_state.analysis.judgement.verdict is not Verdict.ROLLBACK or incumbent_well(runtime, loop_state)
    request = due(
        rollout_status, loop_state.analysis.judgement, runtime.plan, now, act=runtime.act, incumbent_well=well
    )
    if request is None:
        return None
    if request.kind is RequestKind.ROLLBACK and not well:
        # the candidate may be the only healthy monitor: the harness freezes until a person has looked
        reason = f"a rollback is due and the incumbent is not healthy: {request.reason}"
        give(OrderKind.FREEZE, runtime.order_folders[0], actor=request.actor, reason=reason)
    answer = runtime.controller.request(request)
    return answer if isinstance(answer, Transition) else None


def incumbent_well(runtime: Runtime, loop_state: LoopState) -> bool:
    """Whether the incumbent could take over now; one that was not called lately is asked to introduce itself."""
    host = runtime.hosts.get(MonitorRole.INCUMBENT)
    if host is None or host.crash_loop or loop_state.analysis.ill.get(MonitorRole.INCUMBENT):
        return False
    return host.answers()
