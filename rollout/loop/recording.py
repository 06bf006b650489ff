"""Record a cycle: one transaction holds the reports, the memories, the evidence and the deliveries."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from rollout.judgement.evidence import STARTS_AGAIN, EvidenceEvent
from rollout.loop.acting.deliveries import Delivery
from rollout.loop.cycle_result import CycleResult
from rollout.loop.kept_memories import KeptMemories
from rollout.loop.loop_state import LoopState
from rollout.loop.observing import Observation
from rollout.loop.operator_input import OperatorInput
from rollout.loop.shadowing import ShadowResult
from rollout.loop.tape_retention import Interest
from rollout.loop.tape_store import TapeStore
from rollout.store.ledger import (
    BoutRow,
    CycleRow,
    DeliveryRow,
    DeliveryStatus,
    DifferenceRow,
    EvidenceRow,
    Ledger,
    MemoryRow,
    SpellRow,
    Transaction,
)
from shadow.bouts import Bout
from shadow.differences import DiffClass, Difference
from shadow.referee.records import ScoredSpell

if TYPE_CHECKING:
    from pydantic import JsonValue

    from rollout.loop.monitor_role import MonitorRole


_FORGET_EVERY: Final = 360
"""Cycles from one look for what is too old to the next: an hour at 10 s."""


@dataclass(frozen=True, slots=True)
class CycleEntry:
    """Everything that one cycle adds."""

    cycle_result: CycleResult
    observation: Observation
    shadowed: ShadowResult
    operator_input: OperatorInput
    deliveries: tuple[Delivery, ...]
    withdrawn: frozenset[str]


def write_down(
    ledger: Ledger,
    tapes: TapeStore,
    kept_memories: KeptMemories,
    loop_state: LoopState,
    entry: CycleEntry,
    *,
    ledger_days: float,
) -> None:
    """Write a cycle into the ledger, and put its tape in the tape store.

    What the ledger holds of single cycles is dropped once it is older than `ledger_days`.
    """
    cycle_result, epoch = entry.cycle_result, entry.cycle_result.rollout_status.epoch
    before = partial(
        _read,
        {
            role: loop_state.text_of(role, monitor_memory.memory)
            for role, monitor_memory in entry.observation.before.items()
        },
    )
    texts = kept_memories.take(cycle_result.reports)
    for role, text in texts.items():
        loop_state.texts[role] = entry.observation.answers[role].memory, text
    with ledger.transaction() as tx:
        number = tx.add_cycle(
            _row(cycle_result), {role: report.model_dump_json() for role, report in cycle_result.reports.items()}
        )
        if number % _FORGET_EVERY == 0:
            tx.forget(cycle_result.at - ledger_days * 86400, epoch)
        loop_state.keep(
            tx,
            (
                MemoryRow(role=role, monitor=cycle_result.reports[role].monitor, cycle=cycle_result.cycle, body=text)
                for role, text in texts.items()
            ),
        )
        tx.add_differences(
            DifferenceRow(
                found.cycle,
                found.at,
                epoch,
                found.difference.subject,
                found.difference.cluster,
                found.difference.model_dump_json(exclude_defaults=True),
            )
            for found in entry.shadowed.found
        )
        tx.add_bouts(_bout(bout, epoch) for bout in entry.shadowed.bouts)
        tx.replace_bouts(entry.operator_input.relabelled)
        tx.add_spells(_spell(spell, epoch) for spell in entry.shadowed.spells)
        for name, decision in entry.operator_input.overruled.items():
            tx.overrule_spells((name,), decision)
        tx.add_evidence(
            _evidence(evidence_event, epoch, cycle_result.at)
            for evidence_event in (*entry.operator_input.evidence_events, *entry.shadowed.evidence_events)
        )
        _deliveries(tx, entry)
    if entry.observation.tape is not None:
        found = entry.shadowed.differences
        meta: dict[str, JsonValue] = {
            "differences": [  # what a replay is held against
                {
                    "subject": one.subject,
                    "cluster": one.cluster,
                    "severity": str(one.severity),
                    "expected": one.expected,
                }
                for one in found
                if one.klass is DiffClass.TRUE
            ],
            "monitors": {
                str(role): f"{report.monitor} {report.version}" for role, report in cycle_result.reports.items()
            },
            "outcomes": {  # with them a replay answers word for word
                str(role): [outcome.model_dump(mode="json") for outcome in monitor_memory.outcomes]
                for role, monitor_memory in entry.observation.before.items()
            },
        }
        tapes.keep(cycle_result.cycle, entry.observation.tape, before, meta, interest=interest_of(found))


def _read(texts: "Mapping[MonitorRole, str | None]") -> "dict[str, JsonValue]":
    """The memories of a tape, called beside the cycle; one that was not blanked in time is left out."""
    return {str(role): json.loads(text) for role, text in texts.items() if text is not None}


def interest_of(found: Sequence[Difference]) -> Interest:
    """Return the reason for keeping the tape of a cycle, by its differences."""
    if not found:
        return Interest.AGREES
    return Interest.KNOWN if all(difference.expected is not None for difference in found) else Interest.DIFFERS


def _deliveries(tx: Transaction, entry: CycleEntry) -> None:
    tx.withdraw(entry.withdrawn, entry.cycle_result.at, "no monitor requests it any more")
    tx.request_deliveries(
        DeliveryRow(
            id=delivery.id,
            episode=delivery.items[0].episode,
            kind=delivery.kind,
            target=delivery.target,
            status=DeliveryStatus.WANTED,
            wanted_at=delivery.wanted_at,
            body=delivery.model_dump_json(),
        )
        for delivery in entry.deliveries
    )


def _row(cycle_result: CycleResult) -> CycleRow:
    return CycleRow(
        id=cycle_result.cycle,
        at=cycle_result.at,
        mode=cycle_result.mode,
        act=cycle_result.act,
        stage=cycle_result.rollout_status.stage,
        epoch=cycle_result.rollout_status.epoch,
        wall_s=cycle_result.wall_s,
        owners={session: str(role) for session, role in cycle_result.routing.owners.items()},
        outcomes=tuple(outcome.model_dump(mode="json") for outcome in cycle_result.outcomes),
    )


def _bout(bout: Bout, epoch: int) -> BoutRow:
    return BoutRow(
        id=bout.id,
        epoch=epoch,
        pane=bout.pane or bout.session,
        settled_at=bout.settled_at or bout.began,
        cluster=None if bout.agrees else bout.fingerprint.cluster,
        body=bout.model_dump_json(exclude_defaults=True),
    )


def _spell(spell: ScoredSpell, epoch: int) -> SpellRow:
    return SpellRow(
        id=spell.id,
        epoch=epoch,
        pane=f"{spell.pane}/{spell.pid}",
        began=spell.began,
        ended=spell.ended,
        body=spell.model_dump_json(exclude_defaults=True),
        cli=spell.ran.cli if spell.ran is not None else spell.agent,
        cli_version=spell.ran.version if spell.ran is not None else None,
    )


def _evidence(evidence_event: EvidenceEvent, epoch: int, at: float) -> EvidenceRow:
    return EvidenceRow(
        epoch=epoch,
        at=at if evidence_event.at is None else evidence_event.at,
        guardrail=evidence_event.guardrail,
        stratum=evidence_event.stratum,
        event=evidence_event.event,
        subject=f"{STARTS_AGAIN}{evidence_event.subject}" if evidence_event.starts_again else evidence_event.subject,
    )
