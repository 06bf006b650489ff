"""The input of operators between two cycles: orders in files, decisions in the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.rollout_status import RolloutStatus
from rollout.loop.analysis import Analysis
from rollout.loop.decisions import DecisionKind, settlement_of, with_decision
from rollout.loop.evidence import rescored
from rollout.loop.stage_controller import StageController
from rollout.loop.standing_orders import carry_out_orders
from rollout.loop.waiving import waiver_of
from rollout.store.ledger import BoutRow, DecisionRow, LedgerReader, SpellRow
from shadow.bouts import Bout
from shadow.expected import ExpectedRegister
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
    approvals: Mapping[str, str] = field(default_factory=dict)
    """Episode -> who approved it."""


def apply_orders(
    controller: StageController, ledger: LedgerReader, folders: tuple[Path, ...], now: float, *, act: bool
) -> AppliedOrders:
    """Carry out standing orders, repair half-done moves, and return the status of the rollout after them."""
    controller.settle(now)
    applied = carry_out_orders(controller, ledger, folders, now)
    rollout_status, frozen = applied.rollout_status, applied.frozen
    if frozen is not None:
        return AppliedOrders(rollout_status, f"it is frozen ({frozen.reason or 'no reason given'})")
    return AppliedOrders(rollout_status, "" if act else WATCH_ONLY)


def listen(ledger: LedgerReader, register: ExpectedRegister, analysis: Analysis) -> OperatorInput:
    """Read the decisions that operators wrote into the ledger since the cycle before."""
    relabelled, approvals = list[BoutRow](), dict[str, str]()
    overruled = dict[str, str]()
    for row in ledger.decisions(after=analysis.decisions_read):
        try:
            if row.kind == DecisionKind.APPROVE:
                approvals[row.subject] = row.actor
            said = _taken_up(ledger, register, analysis, row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # it must not stop every later cycle as well
            log.warning("decision.unreadable", row=row.n, kind=row.kind, why=f"{type(error).__name__}: {error}")
        else:
            analysis = said.analysis
            relabelled += said.relabelled
            overruled |= said.overruled
        analysis = analysis.replace(decisions_read=row.n)
    evidence_events: tuple[EvidenceEvent, ...] = ()
    if overruled:
        rows = ledger.spells(analysis.epoch)
        out = {row.id for row in rows if row.overruled is not None} | overruled.keys()
        kept = (ScoredSpell.model_validate_json(row.body) for row in rows if row.id not in out)
        analysis, evidence_events = rescored(analysis, kept, len(out), "; ".join(sorted(set(overruled.values()))))
    return OperatorInput(analysis, evidence_events, tuple(relabelled), overruled, approvals)


def _taken_up(ledger: LedgerReader, register: ExpectedRegister, analysis: Analysis, row: DecisionRow) -> OperatorInput:
    """Take one decision up: the analysis with it, the bouts that it labels, and the spells that it overrules."""
    match row.kind:
        case DecisionKind.ACCEPT:
            return OperatorInput(analysis.replace(signoffs=with_decision(analysis.signoffs, row)))
        case DecisionKind.SETTLE | DecisionKind.SETTLE_BOUT:
            rows = _bout_rows(ledger, analysis.epoch, row)
            bouts = tuple(Bout.model_validate_json(one.body) for one in rows.values())
            settled, late = _settled(analysis, register, bouts, row)
            relabelled = tuple(_with(rows[bout.id], bout) for bout in late)
            return OperatorInput(
                settled, relabelled=relabelled, overruled=_overruled(ledger.spells(analysis.epoch), bouts, row)
            )
        case DecisionKind.WAIVE:
            waiver = waiver_of(row)
            return OperatorInput(analysis.replace(waivers={**analysis.waivers, waiver.state: waiver}))
        case _:
            return OperatorInput(analysis)  # a later version's decision: not this one's to act on


def _settled(
    analysis: Analysis, register: ExpectedRegister, bouts: Iterable[Bout], row: DecisionRow
) -> tuple[Analysis, list[Bout]]:
    """Label the bouts that a decision names, and those to come where it names a cluster; returns the labelled ones."""
    decision = settlement_of(row)
    if row.kind != DecisionKind.SETTLE_BOUT:
        analysis = analysis.replace(signoffs=analysis.signoffs.settle(decision))
    before = [bout for bout in bouts if bout.ruled_wrong is None]
    late = [bout.replace(label=decision.label) for bout in before]
    changed = [pair for pair in zip(before, late, strict=True) if pair[0].began >= analysis.since]  # those it counted
    analysis = analysis.replace(tallies=analysis.tallies.relabel(changed, register))
    return analysis, late


def _bout_rows(ledger: LedgerReader, epoch: int, row: DecisionRow) -> dict[str, BoutRow]:
    """Return the bouts of an epoch that a settlement names, by id."""
    if row.kind == DecisionKind.SETTLE_BOUT:
        one = ledger.bout(row.subject)
        return {one.id: one} if one is not None and one.epoch == epoch else {}
    return {one.id: one for one in ledger.bouts(epoch=epoch, cluster=row.subject)}


def _overruled(spells: Iterable[SpellRow], bouts: Sequence[Bout], row: DecisionRow) -> dict[str, str]:
    """Return the spells that lie in settled bouts: a decision replaces the referee's, and is no evidence itself."""
    why = f"{row.kind.replace('_', ' ')} {row.subject} by {row.actor}"
    return {spell.id: why for spell in spells if _lies_in_one(spell, bouts)}


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
