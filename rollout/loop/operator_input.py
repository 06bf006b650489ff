"""The input of operators between two cycles: orders in files, decisions in the ledger."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from rollout.judgement.enums import State
from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.rollout_status import Request, RequestKind, RolloutStatus
from rollout.loop.analysis import Analysis, Waiver, rescored
from rollout.loop.decisions import SETTLE_BOUT, settlement_of, with_decision
from rollout.loop.runtime import Runtime
from rollout.loop.stage_controller import rollout_status as by_ledger
from rollout.store.ledger import BoutRow, DecisionRow, SpellRow
from rollout.store.orders import OrderKind, OrderNotLifted, lift, unfrozen
from rollout.store.orders import order_in_force as ordered
from shadow.bouts import Bout
from shadow.referee.records import ScoredSpell
from understudy.verdicts import AgentState

log = structlog.get_logger(__name__)

WATCH_ONLY: Final = "watch-only: it was started without --act"


@dataclass(frozen=True, slots=True)
class AppliedOrders:
    """Where the rollout stands in this cycle, and whether it may touch anything."""

    rollout_status: RolloutStatus
    watch_only: str = ""
    """Why nothing may be touched; empty where it may."""


@dataclass(frozen=True, slots=True)
class OperatorInput:
    """The decisions of operators since the cycle before."""

    analysis: Analysis
    evidence_events: tuple[EvidenceEvent, ...] = ()
    relabelled: tuple[BoutRow, ...] = ()
    overruled: Mapping[str, str] = field(default_factory=dict)
    """Spell -> the decision that took it out of the scoring."""
    approvals: Mapping[str, str] | None = None
    """Episode -> who approved it."""


def apply_orders(runtime: Runtime, now: float) -> AppliedOrders:
    """Carry out standing orders, heal what was left half done, and say where the rollout stands after them."""
    runtime.controller.settle(now)
    if order := ordered(OrderKind.ROLLBACK, *runtime.order_folders):
        reason = order.reason or "an operator ordered it"
        runtime.controller.request(Request(RequestKind.ROLLBACK, order.actor or "an operator", reason, now))
        if by_ledger(runtime.ledger).state is State.ROLLED_BACK:
            with suppress(OrderNotLifted):  # it was carried out; a `retry` says that it still stands
                lift(OrderKind.ROLLBACK, order.path.parent)
    frozen = ordered(OrderKind.FREEZE, *runtime.order_folders)
    rollout_status = by_ledger(runtime.ledger)
    if (frozen is not None) is not rollout_status.frozen:
        request_kind = RequestKind.FREEZE if frozen else RequestKind.UNFREEZE
        decision = frozen or unfrozen(*runtime.order_folders)
        actor = (decision.actor if decision else "") or "an operator"
        reason = (decision.reason if decision else "") or f"an operator's {request_kind}"
        runtime.controller.request(Request(request_kind, actor, reason, now))
        rollout_status = by_ledger(runtime.ledger)
    if frozen is not None:
        return AppliedOrders(rollout_status, f"it is frozen ({frozen.reason or 'no reason given'})")
    return AppliedOrders(rollout_status, "" if runtime.act else WATCH_ONLY)


def listen(runtime: Runtime, analysis: Analysis) -> OperatorInput:
    """Read the decisions that operators wrote into the ledger since the cycle before."""
    relabelled, approvals = list[BoutRow](), dict[str, str]()
    overruled = dict[str, str]()
    for row in runtime.ledger.decisions(after=analysis.decisions_read):
        try:
            if row.kind == "approve":
                approvals[row.subject] = row.actor
            analysis, bouts, taken = _taken_up(runtime, analysis, row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # it must not stop every later cycle as well
            log.warning("decision.unreadable", row=row.n, kind=row.kind, why=f"{type(error).__name__}: {error}")
        else:
            relabelled += bouts
            overruled |= taken
        analysis = analysis.model_copy(update={"decisions_read": row.n})
    evidence_events: tuple[EvidenceEvent, ...] = ()
    if overruled:
        rows = runtime.ledger.spells(analysis.epoch)
        out = {row.id for row in rows if row.overruled is not None} | overruled.keys()
        kept = (ScoredSpell.model_validate_json(row.body) for row in rows if row.id not in out)
        analysis, evidence_events = rescored(analysis, kept, len(out), "; ".join(sorted(set(overruled.values()))))
    return OperatorInput(analysis, evidence_events, tuple(relabelled), overruled, approvals)


def _taken_up(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> tuple[Analysis, list[BoutRow], dict[str, str]]:
    """Take one decision up: the trial with it, the bouts that it labels, and the spells that it overrules."""
    match row.kind:
        case "accept":
            return analysis.model_copy(update={"signoffs": with_decision(analysis.signoffs, row)}), [], {}
        case "settle" | "settle_bout":
            analysis, bouts = _settled(runtime, analysis, row)
            return analysis, bouts, _overruled(runtime, analysis, row)
        case "waive":
            return analysis.model_copy(update={"waivers": {**analysis.waivers, **_waiver(row)}}), [], {}
        case _:
            return analysis, [], {}  # a later version's decision: not this one's to act on


def _settled(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> tuple[Analysis, list[BoutRow]]:
    """A decision on a cluster labels its bouts, and those to come; one on a bout labels that bout."""
    decision = settlement_of(row)
    if row.kind != SETTLE_BOUT:
        analysis = analysis.model_copy(update={"signoffs": analysis.signoffs.settle(decision)})
    rows = _bout_rows(runtime, analysis, row)
    bouts = [Bout.model_validate_json(one.body) for one in rows.values()]
    late = [bout.model_copy(update={"label": decision.label}) for bout in bouts if bout.ruled_wrong is None]
    analysis = analysis.model_copy(update={"tallies": analysis.tallies.label(late)})
    return analysis, [_with(rows[bout.id], bout) for bout in late]


def _bout_rows(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> dict[str, BoutRow]:
    """The bouts of this epoch that a settlement speaks of, by id."""
    if row.kind == SETTLE_BOUT:
        one = runtime.ledger.bout(row.subject)
        return {one.id: one} if one is not None and one.epoch == analysis.epoch else {}
    return {one.id: one for one in runtime.ledger.bouts(epoch=analysis.epoch, cluster=row.subject)}


def _overruled(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> dict[str, str]:
    """The spells that lie in the settled bouts: a decision replaces the referee's word, and is no evidence itself."""
    bouts = [Bout.model_validate_json(one.body) for one in _bout_rows(runtime, analysis, row).values()]
    why = f"{row.kind.replace('_', ' ')} {row.subject} by {row.actor}"
    return {spell.id: why for spell in runtime.ledger.spells(analysis.epoch) if _lies_in_one(spell, bouts)}


def _lies_in_one(spell: SpellRow, bouts: Iterable[Bout]) -> bool:
    return any(
        spell.pane == f"{bout.pane}/{bout.pid}"
        and spell.began <= (bout.settled_at if bout.ended is None else bout.ended)
        and spell.ended >= bout.began
        for bout in bouts
        if bout.settled_at is not None
    )


def _waiver(row: DecisionRow) -> dict[AgentState, Waiver]:
    state = AgentState(row.subject)
    expires = float(json.loads(row.body)["expires"])
    return {state: Waiver(state=state, actor=row.actor, reason=row.reason, at=row.at, expires=expires)}


def _with(row: BoutRow, bout: Bout) -> BoutRow:
    return BoutRow(row.id, row.epoch, row.pane, row.settled_at, row.cluster, bout.model_dump_json())
