"""The ledger: every cycle, difference, bout, transition and touch, in one SQLite file."""

from rollout.store.ledger.checking import check_pages
from rollout.store.ledger.ledger import Ledger, Transaction
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
    StageMoved,
    TransitionRow,
)

__all__ = [
    "BoutRow",
    "CycleRow",
    "DecisionRow",
    "DeliveryRow",
    "DifferenceRow",
    "EvidenceRow",
    "Ledger",
    "LedgerConflict",
    "LedgerReader",
    "LedgerUnusable",
    "MemoryRow",
    "StageMoved",
    "Transaction",
    "TransitionRow",
    "check_pages",
]
