"""The input of operators between two cycles: orders in files, decisions in the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.rollout_status import RolloutStatus
from rollout.loop.analysis import Analysis, rescored
from rollout.loop.decisions import SETTLE_BOUT, settlement_of, with_decision
from rollout.loop.runtime import Runtime
from rollout.loop.standing_orders import carry_out_orders
from rollout.loop.waiving import waiver_of
from rollout.store.ledger import BoutRow, DecisionRow, SpellRow
from shadow.bouts import Bout
from shadow.referee.records import ScoredSpell

log = structlog.get_logger(__name__)

WATCH_ONLY: Final = "watch-only: it was started without --act"


@dataclass(frozen=True, slots=True)
class AppliedOrders:
    """The status of the rollout in this cycle, and whether it may act."""

    rollout_status: RolloutStatus
    watch_only: str = ""
    """Why nothing may be delivered; empty if it may."""


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
    """Carry out standing orders, repair half-done moves, and return the status of the rollout after them."""
    runtime.controller.settle(now)
    applied = carry_out_orders(runtime.controller, runtime.ledger, runtime.order_folders, now)
    rollout_status, frozen = applied.rollout_status, applied.frozen
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
            said = _taken_up(runtime, analysis, row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # it must not stop every later cycle as well
            log.warning("decision.unreadable", row=row.n, kind=row.kind, why=f"{type(error).__name__}: {error}")
        else:
            analysis = said.analysis
            relabelled += said.relabelled
            overruled |= said.overruled
        analysis = analysis.model_copy(update={"decisions_read": row.n})
    evidence_events: tuple[EvidenceEvent, ...] = ()
    if overruled:
        rows = runtime.ledger.spells(analysis.epoch)
        out = {row.id for row in rows if row.overruled is not None} | overruled.keys()
        kept = (ScoredSpell.model_validate_json(row.body) for row in rows if row.id not in out)
        analysis, evidence_events = rescored(analysis, kept, len(out), "; ".join(sorted(set(overruled.values()))))
    return OperatorInput(analysis, evidence_events, tuple(relabelled), overruled, approvals)


def _taken_up(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> OperatorInput:
    """Take one decision up: the trial with it, the bouts that it labels, and the spells that it overrules."""
    match row.kind:
        case "accept":
            return OperatorInput(analysis.model_copy(update={"signoffs": with_decision(analysis.signoffs, row)}))
        case "settle" | "settle_bout":
            analysis, bouts = _settled(runtime, analysis, row)
            return OperatorInput(analysis, relabelled=tuple(bouts), overruled=_overruled(runtime, analysis, row))
        case "waive":
            waiver = waiver_of(row)
            return OperatorInput(analysis.model_copy(update={"waivers": {**analysis.waivers, waiver.state: waiver}}))
        case _:
            return OperatorInput(analysis)  # a later version's decision: not this one's to act on


def _settled(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> tuple[Analysis, list[BoutRow]]:
    """A decision on a cluster labels its bouts, and those to come; one on a bout labels that bout."""
    decision = settlement_of(row)
    if row.kind != SETTLE_BOUT:
        analysis = analysis.model_copy(update={"signoffs": analysis.signoffs.settle(decision)})
    rows = _bout_rows(runtime, analysis, row)
    bouts = [Bout.model_validate_json(one.body) for one in rows.values()]
    before = [bout for bout in bouts if bout.ruled_wrong is None]
    late = [bout.model_copy(update={"label": decision.label}) for bout in before]
    changed = [pair for pair in zip(before, late, strict=True) if pair[0].began >= analysis.since]  # those it counted
    analysis = analysis.model_copy(update={"tallies": analysis.tallies.relabel(changed, runtime.register)})
    return analysis, [_with(rows[bout.id], bout) for bout in late]


def _bout_rows(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> dict[str, BoutRow]:
    """Return the bouts of this epoch that a settlement names, by id."""
    if row.kind == SETTLE_BOUT:
        one = runtime.ledger.bout(row.subject)
        return {one.id: one} if one is not None and one.epoch == analysis.epoch else {}
    return {one.id: one for one in runtime.ledger.bouts(epoch=analysis.epoch, cluster=row.subject)}


def _overruled(runtime: Runtime, analysis: Analysis, row: DecisionRow) -> dict[str, str]:
    """The spells that lie in the settled bouts: a decision replaces the referee's, and is no evidence itself."""
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


def _with(row: BoutRow, bout: Bout) -> BoutRow:
    return BoutRow(row.id, row.epoch, row.pane, row.settled_at, row.cluster, bout.model_dump_json())
