"""The ledger: every cycle, difference, bout, transition and delivery, in one SQLite file."""

from rollout.store.ledger.checking import check_pages
from rollout.store.ledger.counted_bouts import CountedBouts
from rollout.store.ledger.ledger import Ledger, Transaction
from rollout.store.ledger.opening import RESTORE
from rollout.store.ledger.raw import raw_rows
from rollout.store.ledger.reader import LedgerReader
from rollout.store.ledger.records import (
    BoutRow,
    CycleRow,
    DecisionRow,
    DeliveryRow,
    DifferenceRow,
    EvidenceRow,
    LedgerConflict,
    LedgerUnusable,
    MemoryRow,
    SpellRow,
    StageMoved,
    TransitionRow,
)
from rollout.store.ledger.statuses import DeliveryStatus, TransitionStatus
from rollout.store.ledger.trail import BREAK, HEAD, Head, decision_hash, difference

__all__ = [
    "BREAK",
    "HEAD",
    "RESTORE",
    "BoutRow",
    "CountedBouts",
    "CycleRow",
    "DecisionRow",
    "DeliveryRow",
    "DeliveryStatus",
    "DifferenceRow",
    "EvidenceRow",
    "Head",
    "Ledger",
    "LedgerConflict",
    "LedgerReader",
    "LedgerUnusable",
    "MemoryRow",
    "SpellRow",
    "StageMoved",
    "Transaction",
    "TransitionRow",
    "TransitionStatus",
    "check_pages",
    "decision_hash",
    "difference",
    "raw_rows",
]
