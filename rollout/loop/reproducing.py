"""Judging again what the ledger kept: every move that rests on evidence can be reproduced from the ledger alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter

from rollout.judgement.chain import Transition
from rollout.judgement.enums import Guardrail, Verdict
from rollout.judgement.evidence import STARTS_AGAIN, Battery, Evidence, EvidenceEvent, EvidenceLine
from rollout.judgement.judge import state_counts, unproven, unsafe_rows
from rollout.judgement.plan import Plan
from rollout.loop.stage_controller import trail
from rollout.store.ledger import EvidenceRow, LedgerReader

_ROWS = TypeAdapter(tuple[EvidenceLine, ...])


@dataclass(frozen=True, slots=True)
class Reproduction:
    """One move, judged again on what was kept of its stage."""

    move: Transition
    observations: int
    rows: tuple[EvidenceLine, ...]
    verdict: Verdict
    """Of the evidence alone: minimums, guards and clusters are in the reason of the move."""
    differs: tuple[str, ...]
    """The lines that do not come out as they were written down; none where all do."""


def reproduced(ledger: LedgerReader) -> Iterator[Reproduction]:
    """Judge every move of the judge again; those by people rest on their word."""
    for move in trail(ledger):
        name = move.evidence.get("plan")
        kept = ledger.document(f"plan {name}") if name else None
        if kept is None or "rows" not in move.evidence or not move.moves_flag:
            continue
        plan, evidence_events = Plan.model_validate_json(kept), tuple(events_of(ledger.evidence(move.epoch - 1)))
        version, waived = move.evidence.get("version", 1), move.evidence.get("waived", ())
        battery = Battery.of(plan, move.from_, version=int(str(version)), waived=_names(waived))
        rows = Evidence().fold(evidence_events, battery).table(battery)
        written = _ROWS.validate_python(move.evidence["rows"])
        wrong = (row.subject for row, before in zip(rows, written, strict=False) if row != before)
        differs = tuple(wrong) if len(rows) == len(written) else ("the number of lines",)
        yield Reproduction(move, len(evidence_events), rows, _verdict(rows), differs)


def events_of(rows: Iterable[EvidenceRow]) -> Iterator[EvidenceEvent]:
    """What was counted, read back in its order."""
    for row in rows:
        yield EvidenceEvent(
            Guardrail(row.guardrail),
            row.event,
            row.stratum,
            whole=row.stratum is None,
            subject=row.subject.removeprefix(STARTS_AGAIN),
            at=row.at,
            starts_again=row.subject.startswith(STARTS_AGAIN),
        )


def _verdict(rows: tuple[EvidenceLine, ...]) -> Verdict:
    if unsafe_rows(rows, latched=True):
        return Verdict.ROLLBACK
    return Verdict.CONTINUE if unproven(rows) or state_counts(rows) else Verdict.PROMOTABLE


def _names(waived: object) -> tuple[str, ...]:
    return tuple(map(str, waived)) if isinstance(waived, list) else ()
