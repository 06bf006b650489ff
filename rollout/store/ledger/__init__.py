"""The ledger: every cycle, difference, bout, transition and touch, in one SQLite file."""

from rollout.store.ledger.ledger import Ledger, Transaction
from rollout.store.ledger.reader import LedgerReader
from rollout.store.ledger.records import (
    BoutRow,
    CycleRow,
    DecisionRow,
    DeliveryRow,
    DifferenceRow,
    EvidenceRow,
    LedgerUnusable,
    MemoryRow,
    SpellRow,
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
    "LedgerReader",
    "LedgerUnusable",
    "MemoryRow",
    "SpellRow",
    "StageMoved",
    "Transaction",
    "TransitionRow",
]
