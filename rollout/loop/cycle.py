"""One cycle: route the sessions, observe, compare, decide, judge, record, and only then deliver."""

from dataclasses import replace
from functools import partial

from rollout.judgement.enums import Stage
from rollout.judgement.rollout_status import RolloutStatus
from rollout.judgement.signals import CycleUsage
from rollout.loop.acting.actuator_input import ActuatorInput, given_back
from rollout.loop.acting.episodes import EpisodeStep, advance
from rollout.loop.analysis import Analysis, add_watched_time, in_epoch
from rollout.loop.basis import basis_of, drop_changed_monitors, rebased
from rollout.loop.cycle_result import CycleResult, cycle_name
from rollout.loop.evidence import add_events
from rollout.loop.hosting.host import MonitorHost
from rollout.loop.judging import add_judgement
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.moving import incumbent_well, move
from rollout.loop.observing import Observation
from rollout.loop.operator_input import apply_orders, listen
from rollout.loop.recording import CycleEntry, write_down
from rollout.loop.routing.router import Router, Routing
from rollout.loop.runtime import Runtime
from rollout.loop.shadowing import ShadowResult
from rollout.loop.signalling import leases_seen, used
from understudy.outcomes import EVERYTHING, Scope
from understudy.report import CycleReport
from understudy.screens import Frame


def one_cycle(runtime: Runtime, next_in_s: float) -> CycleResult:
    """Do one cycle; `next_in_s` is when the next one begins, infinity where none does.

    Raises `SourceFailed` where the server cannot be seen: nothing is concluded from that, and nothing written.
    """
    ledger, state, plan, clock = runtime.ledger, runtime.loop_state, runtime.plan, runtime.clock
    controller, hosts, incumbent = runtime.controller, runtime.hosts, runtime.hosts[MonitorRole.INCUMBENT]
    began = clock.now()
    cycle = cycle_name(began)

    orders = apply_orders(controller, ledger, runtime.order_folders, began, act=runtime.act)
    retired = orders.rollout_status.stage is Stage.RETIRED
    basis = basis_of(hosts, plan.fingerprint, state.analysis.basis, retired=retired)
    status = rebased(controller, ledger, state, basis, orders.rollout_status, began)

    listed = runtime.reader.frame(screens=False)
    effects = state.take_ends(ledger, runtime.rules)
    state.hand_over_if_moved(status)  # before a monitor process is stopped: no guard may start it
    routing = _route(runtime.router, incumbent, listed, began, cycle, status)
    scopes = _scopes(routing, plan.lease_s)
    memories = state.monitor_memories()
    if routing.shadow:
        observation = runtime.observer.shadow(cycle, memories, next_in_s)
    else:
        observation = runtime.observer.solo(cycle, memories, scopes, len(listed.panes))
    observation = drop_changed_monitors(hosts, state.analysis.basis, observation)
    runtime.kept_memories.begin(observation.answers)

    now = clock.now() if observation.tape is None else observation.tape.at
    analysis = add_watched_time(in_epoch(state.analysis, status), now, routing.exposure_percent)
    operator_input = listen(ledger, runtime.register, analysis)
    shadowed = runtime.shadowing.enter(operator_input.analysis, observation, effects, now, next_in_s)
    analysis = _noted(shadowed.analysis, observation, routing, used(observation, runtime.tmux_pid), now)
    analysis = add_events(analysis, (*operator_input.evidence_events, *shadowed.evidence_events), status, plan)
    state.analysis = add_judgement(analysis, status, plan, runtime.register, now, routing.drift)
    state.remember(observation.answers)

    inputs = ActuatorInput(
        now=clock.now(),
        owners=routing.owners,
        reports=dict[str, CycleReport](observation.reports.items()),
        rules=runtime.rules,
        scopes=dict[str, Scope](scopes.items()),
        watch_only=orders.watch_only,
        approvals=operator_input.approvals,
        can_spawn=runtime.can_spawn,
        given_back=given_back(state.analysis.novelty.actions, status.stage),
    )
    advanced = advance(state.book, inputs)
    state.book = advanced.book

    took_s, act = clock.now() - began, runtime.act
    result = _result(observation, routing, shadowed, advanced, state, status, began, took_s, act=act)
    result = result if plan.pauses else replace(result, pause_s=0.0)
    entry = CycleEntry(result, observation, shadowed, operator_input, advanced.deliveries, advanced.withdrawn)
    write_down(ledger, runtime.tapes, runtime.kept_memories, state, entry, ledger_days=runtime.ledger_days)
    runtime.delivery.submit(advanced.deliveries)
    well = partial(incumbent_well, incumbent, state.analysis.ill)
    folder, judgement = runtime.order_folders[0], state.analysis.judgement
    moved = move(controller, plan, status, judgement, clock.now(), well, folder, act=act)
    return replace(result, transition=moved)


def _route(
    router: Router, incumbent: MonitorHost, listed: Frame, now: float, cycle: str, rollout_status: RolloutStatus
) -> Routing:
    """Assign the sessions on the server; a retired incumbent gets none, and its process rests."""
    sessions = sorted({shot.session for shot in listed.panes})
    routing = router.route(sessions, now, cycle, rollout_status.exposure_percent)
    if rollout_status.stage is not Stage.RETIRED:
        return routing
    if incumbent.pid is not None:
        incumbent.rest()
    # whatever the flag says, only the candidate runs: `rollback` and `retire --undo` bring the incumbent back
    return replace(routing, owners=dict.fromkeys(sessions, MonitorRole.CANDIDATE), due=frozenset(), shadow=False)


def _scopes(routing: Routing, lease_s: float) -> dict[MonitorRole, Scope]:
    """Return what each monitor is asked for: everything where both watch one tape, else the sessions that it owns."""
    if routing.shadow:
        return dict.fromkeys(MonitorRole, EVERYTHING)
    owned: dict[MonitorRole, dict[str, float]] = {role: {} for role in MonitorRole}
    for session, role in routing.owners.items():
        owned[role][session] = routing.leases[session].ends_at - lease_s
    return {role: Scope(sessions=sessions) for role, sessions in owned.items()}


def _noted(analysis: Analysis, observation: Observation, routing: Routing, usage: CycleUsage, now: float) -> Analysis:
    """Note what the cycle shows beside its differences: CLIs, leases, resources, how the agents fare."""
    agents = {verdict.agent for report in observation.reports.values() for verdict in report.verdicts.values()}
    return analysis.replace(
        families=analysis.families | (agents - {"unknown"}),
        leases=analysis.leases.note(routing.exposure),
        signals=analysis.signals.fold(usage, now),
        outcomes=analysis.outcomes.fold(leases_seen(observation, routing), now),
    )


def _result(
    observation: Observation,
    routing: Routing,
    shadowed: ShadowResult,
    advanced: EpisodeStep,
    state: LoopState,
    status: RolloutStatus,
    began: float,
    took_s: float,
    *,
    act: bool,
) -> CycleResult:
    return CycleResult(
        cycle=observation.cycle,
        at=began,
        wall_s=round(took_s, 6),
        mode="solo" if observation.tape is None else "shadow",
        act=act,
        routing=routing,
        reports=observation.reports,
        problems={role: answer.text for role, answer in observation.answers.items() if answer.report is None},
        differences=shadowed.differences,
        outcomes=tuple(outcome for role in MonitorRole for outcome in state.outcomes(role)),
        escalations=advanced.escalations,
        rollout_status=status,
        judgement=state.analysis.judgement,
        transition=None,
        pause_s=_pause(observation, routing),
    )


def _pause(observation: Observation, routing: Routing) -> float:
    """Return the pause that a monitor requests; it is done only in solo, and only if it owns every session."""
    owners = set(routing.owners.values())
    if observation.tape is not None or len(owners) != 1:
        return 0.0
    report = observation.reports.get(owners.pop())
    return 0.0 if report is None else report.pause_s
