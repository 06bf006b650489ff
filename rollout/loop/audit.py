"""Verify that the audit trail in a ledger is complete and unchanged: every row, in its place, and none cut off."""

import json
from collections.abc import Sequence
from typing import Final

from rollout.judgement.chain import Transition, row_hash, verify
from rollout.store.ledger import (
    BREAK,
    HEAD,
    DecisionRow,
    Head,
    LedgerReader,
    TransitionRow,
    TransitionStatus,
    decision_hash,
    difference,
)

_FEWEST_DIGITS: Final = 6
_SAME_INSTANT_S: Final = 0.001  # a row's body keeps microseconds


def breaks(ledger: LedgerReader, seen_head: str = "") -> tuple[str, ...]:
    """Check the whole trail; returns a sentence for every break, nothing where it is whole.

    `seen_head` is a head that a notice once showed, or its beginning: the row with that hash must still be there.
    """
    found, trail = list(_gaps("row", ledger.transition_numbers())), list[Transition]()
    for number, row in enumerate(ledger.transitions(), 1):
        transition = _read(row)
        if transition is None:
            found.append(f"row {number} of the ledger cannot be read: it was changed after it was written")
            continue
        if row.hash != transition.hash or abs(row.at - transition.at) > _SAME_INSTANT_S:
            found.append(f"row {number} of the ledger is filed under another hash or instant than its own")
        if row.status == TransitionStatus.COMMITTED:
            trail.append(transition)
        elif row.status not in {TransitionStatus.PENDING, TransitionStatus.UNDONE}:
            found.append(f"row {number} of the ledger has the status {row.status}, which there is not")
        elif row_hash(transition) != transition.hash:
            found.append(f"row {number} of the ledger ({row.status}) was changed after it was written")
    decisions = ledger.decisions()
    found += verify(trail)
    found += _of_decisions(decisions)
    found += _ended(ledger, trail, decisions)
    hashes = [*(one.hash for one in trail), *(one.hash for one in decisions)]
    if seen_head and (len(seen_head) < _FEWEST_DIGITS or not any(one.startswith(seen_head) for one in hashes)):
        found.append(f"no row has the hash {seen_head}: the trail that it was seen in is not this one")
    return tuple(found)


def _gaps(what: str, numbers: Sequence[int]) -> tuple[str, ...]:
    for number, filed in enumerate(numbers, 1):
        if filed != number:
            return (
                f"{what} {number} of the ledger is filed as number {filed}: it was moved, or one is missing before it",
            )
    return ()


def _of_decisions(decisions: Sequence[DecisionRow]) -> tuple[str, ...]:
    found, previous = list(_gaps("decision", [row.n for row in decisions])), ""
    for number, row in enumerate(decisions, 1):
        if decision_hash(row, previous) != row.hash:
            found.append(
                f"decision {number} ({row.kind} {row.subject} by {row.actor}) is not what was written, or another one "
                "stood before it"
            )
        previous = row.hash
    return tuple(found)


def _ended(ledger: LedgerReader, trail: Sequence[Transition], decisions: Sequence[DecisionRow]) -> tuple[str, ...]:
    """Hold the end of the trail against the head that is kept, and say what was come upon earlier."""
    there = Head(len(trail), trail[-1].hash if trail else "", len(decisions), decisions[-1].hash if decisions else "")
    found = [earlier] if (earlier := ledger.document(BREAK)) else []
    kept = ledger.document(HEAD)
    if kept is None:
        if there != Head() or ledger.cycle_count():
            found.append("the head of the trail is gone: it is written with the first row, before the first cycle")
        return tuple(found)
    try:
        said = Head.read(kept)
    except (ValueError, TypeError):
        return (*found, "the head of the trail cannot be read: it was changed after it was written")
    return (*found, text) if (text := difference(said, there)) and text not in found else tuple(found)


def _read(row: TransitionRow) -> Transition | None:
    try:
        return Transition.model_validate(json.loads(row.body))
    except ValueError:  # pydantic's too
        return None
