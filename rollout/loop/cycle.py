"""One cycle, top to bottom: who owns what, look, compare, decide, judge, write it all down, and only then touch."""

from dataclasses import replace

from rollout.judgement.chain import Transition
from rollout.judgement.stages import due
from rollout.judgement.standing import Ask, Standing
from rollout.judgement.words import Stage, Verdict
from rollout.loop.acting.episodes import Advanced, advance
from rollout.loop.acting.hearing import Heard
from rollout.loop.acting.settling import Effects
from rollout.loop.basis import heard, rebased
from rollout.loop.cycled import Cycled, cycle_name
from rollout.loop.desk import Desk
from rollout.loop.house import House
from rollout.loop.looking import Looked
from rollout.loop.operators import Said, Stand, listen, stand
from rollout.loop.parts import Part
from rollout.loop.recording import Entry, begin_keeping, write_down
from rollout.loop.routing.router import Routing
from rollout.loop.shadowing import Shadowed
from rollout.loop.signalling import used
from rollout.loop.trial import counted, in_epoch, judged, watched
from rollout.store.orders import OrderKind, give
from understudy.outcomes import EVERYTHING, Scope
from understudy.report import CycleReport
from understudy.verdicts import AgentVerdict


def one_cycle(house: House, next_in_s: float) -> Cycled:
    """Do one cycle; `next_in_s` is when the next one begins, infinity where none does.

    Raises `SourceFailed` where the server cannot be seen: nothing is concluded from that, and nothing written.
    """
    desk, began = house.desk, house.clock.now()
    cycle = cycle_name(began)
    now_standing = stand(house, began)
    now_standing = replace(now_standing, standing=rebased(house, desk, now_standing.standing, began))
    sessions, panes = _sessions(house)
    effects = desk.take_ends(house.ledger, house.rules)
    desk.hand_over_if_moved(now_standing.standing)  # before anybody is sent to rest: no guard may wake him again
    routing = _route(house, sessions, began, cycle, now_standing.standing)
    looked, scopes = _look(house, desk, cycle, routing, panes, next_in_s)
    looked = heard(house, desk, looked)
    begin_keeping(house, looked)
    said, shadowed = _learn(house, desk, looked, effects, routing, now_standing.standing, next_in_s)
    advanced = _decide(house, desk, looked, routing, now_standing, scopes, said)
    cycled = Cycled(
        cycle=cycle,
        at=began,
        wall_s=round(house.clock.now() - began, 6),
        mode="solo" if looked.tape is None else "shadow",
        act=house.act,
        routing=routing,
        reports={part: answer.report for part, answer in looked.answers.items() if answer.report is not None},
        problems={part: answer.text for part, answer in looked.answers.items() if answer.report is None},
        differences=shadowed.differences,
        outcomes=tuple(outcome for part in Part for outcome in desk.outcomes(part)),
        escalations=advanced.escalations,
        standing=now_standing.standing,
        judgement=desk.trial.judgement,
        transition=None,
        pause_s=_pause(house, looked, routing),
    )
    write_down(house, desk, Entry(cycled, looked, shadowed, said, advanced.touches, advanced.withdrawn))
    house.delivery.submit(advanced.touches)
    return replace(cycled, transition=_move(house, desk, now_standing.standing))


def _sessions(house: House) -> tuple[list[str], int]:
    """The sessions of the server by name, and how many panes there are."""
    listed = house.reader.frame(screens=False)
    return sorted({shot.session for shot in listed.panes}), len(listed.panes)


def _route(house: House, sessions: list[str], now: float, cycle: str, standing: Standing) -> Routing:
    routing = house.router.route(sessions, now, cycle, standing.exposure_percent)
    if standing.stage is not Stage.RETIRED:
        return routing
    if house.hosts[Part.INCUMBENT].pid is not None:
        house.hosts[Part.INCUMBENT].rest()
    # whatever the flag says, nobody else is there: `rollback` and `retire --undo` bring the incumbent back
    return replace(routing, owners=dict.fromkeys(sessions, Part.CANDIDATE), due=frozenset(), shadow=False)


def _look(
    house: House, desk: Desk, cycle: str, routing: Routing, panes: int, next_in_s: float
) -> tuple[Looked, dict[str, Scope]]:
    minds = desk.minds()
    if routing.shadow:
        return house.looking.shadow(cycle, minds, next_in_s), dict.fromkeys(Part, EVERYTHING)
    owned: dict[Part, dict[str, float]] = {part: {} for part in Part}
    for session, part in routing.owners.items():
        owned[part][session] = routing.leases[session].ends_at - house.plan.lease_s
    looked = house.looking.solo(cycle, minds, owned, panes)
    return looked, {part: Scope(sessions=sessions) for part, sessions in owned.items()}


def _learn(
    house: House,
    desk: Desk,
    looked: Looked,
    effects: Effects,
    routing: Routing,
    standing: Standing,
    next_in_s: float,
) -> tuple[Said, Shadowed]:
    """Enter what was seen and said into the trial, and let the judge speak."""
    now = looked.tape.at if looked.tape is not None else house.clock.now()
    said = listen(house, watched(in_epoch(desk.trial, standing), now, routing.exposure_percent))
    shadowed = house.shadowing.enter(said.trial, looked, effects, now, next_in_s)
    families = {verdict.agent for answer in looked.answers.values() for verdict in _verdicts(answer.report)}
    noted = {
        "families": shadowed.trial.families | (families - {"unknown"}),
        "leases": shadowed.trial.leases.note(routing.exposure),
        "signals": shadowed.trial.signals.fold(used(looked, house.tmux_pid), now),
    }
    trial = shadowed.trial.model_copy(update=noted)
    trial = counted(trial, (*said.facts, *shadowed.facts), standing, house.plan)
    desk.trial = judged(trial, standing, house.plan, house.register, now, routing.drift)
    for part, answer in looked.answers.items():
        if answer.report is not None:
            desk.memories[part] = answer.memory
    return said, shadowed


def _verdicts(report: CycleReport | None) -> tuple[AgentVerdict, ...]:
    return tuple(report.verdicts.values()) if report else ()


def _decide(
    house: House,
    desk: Desk,
    looked: Looked,
    routing: Routing,
    now_standing: Stand,
    scopes: dict[str, Scope],
    said: Said,
) -> Advanced:
    advanced = advance(
        desk.book,
        Heard(
            now=house.clock.now(),
            owners=routing.owners,
            reports={part: answer.report for part, answer in looked.answers.items() if answer.report is not None},
            rules=house.rules,
            scopes=scopes,
            tied=now_standing.tied,
            approvals=said.approvals or {},
            can_spawn=house.can_spawn,
        ),
    )
    desk.book = advanced.book
    return advanced


def _pause(house: House, looked: Looked, routing: Routing) -> float:
    """The pause that a monitor asks for is made only in solo, and only where it owns everything."""
    owners = set(routing.owners.values())
    if not house.plan.pauses or looked.tape is not None or len(owners) != 1:
        return 0.0
    answer = looked.answers.get(owners.pop())
    return answer.report.pause_s if answer is not None and answer.report is not None else 0.0


def _move(house: House, desk: Desk, standing: Standing) -> Transition | None:
    """Do what the judge found due, once everything it rests on is written down."""
    if desk.trial.judgement is None:
        return None
    now = house.clock.now()
    well = desk.trial.judgement.verdict is not Verdict.ROLLBACK or incumbent_well(house, desk)
    request = due(standing, desk.trial.judgement, house.plan, now, act=house.act, incumbent_well=well)
    if request is None:
        return None
    if request.ask is Ask.ROLLBACK and not well:
        # the candidate may be the only healthy one: nobody acts until a person has looked
        reason = f"a rollback is due and the incumbent is not well: {request.reason}"
        give(OrderKind.FREEZE, house.order_folders[0], actor=request.actor, reason=reason)
    answer = house.keeper.ask(request)
    return answer if isinstance(answer, Transition) else None


def incumbent_well(house: House, desk: Desk) -> bool:
    """Whether the incumbent could take over now; one that was not asked lately is asked to introduce itself."""
    host = house.hosts.get(Part.INCUMBENT)
    if host is None or host.crash_loop or desk.trial.ill.get(Part.INCUMBENT):
        return False
    return host.answers()
