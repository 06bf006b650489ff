"""Find the row of a ledger that this program did not write, after reading it failed."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rollout.judgement.chain import Transition
from rollout.judgement.plan import Plan
from rollout.loop.acting.deliveries import Delivery
from rollout.loop.acting.episode import EpisodeBook
from rollout.loop.analysis import Analysis
from rollout.loop.decisions import DecisionKind, acceptance_of, settlement_of
from rollout.store.ledger import RESTORE, DecisionRow, Head, LedgerReader, LedgerUnusable, raw_rows
from shadow.bouts import Bout
from shadow.differences import Difference
from understudy.report import CycleReport
from understudy.verdicts import AgentState

_WRONG: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError)
"""The errors by which a garbled row shows; pydantic's are ValueErrors."""


@contextmanager
def garbled_rows_named(path: Path) -> Iterator[None]:
    """Turn an error on the way into a `LedgerUnusable` that names the row, where the ledger at `path` has such a row.

    Other errors stay what they are: a ledger that is whole is not blamed for a defect.
    """
    try:
        yield
    except _WRONG as error:
        row = garbled_row(path)
        if not row:
            raise
        raise LedgerUnusable(f"{row} of the ledger at {path} is not what this build writes: {RESTORE}") from error


def garbled_row(path: Path) -> str:
    """Return the first row that cannot be read, such as `row 3 of reports`; "" where there is none."""
    try:
        ledger = LedgerReader.open(path)
    except LedgerUnusable:
        return ""
    try:
        for row in raw_rows(ledger):
            try:
                if row.sound:
                    _read(row.table, row.values)
                    continue
            except _WRONG:
                pass
            return f"row {row.number} of {row.table}"
    finally:
        ledger.close()
    return ""


def _read(table: str, values: Mapping[str, Any]) -> None:
    """Raise one of `_WRONG` if a row is not valid."""
    if table == "documents":
        _DOCUMENTS.get(values["name"].partition(" ")[0], _anything)(values["body"])
    elif table == "decisions":
        _decision(DecisionRow(**{name: values[name] for name in _DECISION}))
    elif table in _BODIES:
        _BODIES[table](values["body"])


def _anything(_body: str) -> None:
    """Accept any text."""


def _decision(row: DecisionRow) -> None:
    if not isinstance(json.loads(row.body), dict):
        raise TypeError("no object")
    match row.kind:
        case DecisionKind.ACCEPT:
            acceptance_of(row)
        case DecisionKind.SETTLE | DecisionKind.SETTLE_BOUT:
            settlement_of(row)
        case DecisionKind.WAIVE:
            AgentState(row.subject)


def _acting(body: str) -> None:
    acting = json.loads(body)
    EpisodeBook.model_validate(acting["book"])
    if not isinstance(acting["epoch"], int):
        raise TypeError("no epoch")


_BODIES: Final[Mapping[str, Callable[[str], object]]] = {
    "reports": CycleReport.model_validate_json,
    "memories": json.loads,
    "differences": Difference.model_validate_json,
    "bouts": Bout.model_validate_json,
    "bout_patterns": Bout.model_validate_json,
    "transitions": Transition.model_validate_json,
    "deliveries": Delivery.model_validate_json,
}
_DECISION: Final = ("at", "kind", "subject", "actor", "reason", "body")
_DOCUMENTS: Final[Mapping[str, Callable[[str], object]]] = {
    "analysis": Analysis.model_validate_json,
    "acting": _acting,
    "plan": Plan.model_validate_json,
    "audit-head": Head.read,
}
