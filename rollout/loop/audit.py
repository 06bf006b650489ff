"""Whether the audit trail in a ledger is the one that was written: every row, in its place, and none cut off."""

import json
from typing import Final

from contract.record import Record
from rollout.judgement.chain import Transition, row_hash, verify
from rollout.store.ledger import LedgerReader, Transaction, TransitionRow

_HEAD: Final = "audit-head"
_FEWEST_DIGITS: Final = 6
_SAME_INSTANT_S: Final = 0.001  # a row's body keeps microseconds


class Head(Record):
    """How the trail ended when something was last entered: what is missing behind it was cut off."""

    rows: int
    hash: str


def keep_head(tx: Transaction) -> None:
    """Write down how the trail ends, in the transaction that makes it end so."""
    rows, last = tx.trail_end()
    tx.keep_document(_HEAD, Head(rows=rows, hash=last).model_dump_json())


def breaks(ledger: LedgerReader, seen_head: str = "") -> tuple[str, ...]:
    """Check the whole trail; returns a sentence for every break, nothing where it is whole.

    `seen_head` is a head that a notice once showed, or its beginning: the row with that hash must still be there.
    """
    found, trail = list(_gaps(ledger.transition_numbers())), list[Transition]()
    for number, row in enumerate(ledger.transitions(), 1):
        transition = _read(row)
        if transition is None:
            found.append(f"row {number} of the ledger cannot be read: it was changed after it was written")
            continue
        if row.hash != transition.hash or abs(row.at - transition.at) > _SAME_INSTANT_S:
            found.append(f"row {number} of the ledger is filed under another hash or instant than its own")
        if row.status == "committed":
            trail.append(transition)
        elif row_hash(transition) != transition.hash:
            found.append(f"row {number} of the ledger ({row.status}) was changed after it was written")
    found += verify(trail)
    found += _ended(trail, ledger.document(_HEAD))
    if seen_head and (len(seen_head) < _FEWEST_DIGITS or not any(one.hash.startswith(seen_head) for one in trail)):
        found.append(f"no row has the hash {seen_head}: the trail that it was seen in is not this one")
    return tuple(found)


def _gaps(numbers: tuple[int, ...]) -> tuple[str, ...]:
    for number, filed in enumerate(numbers, 1):
        if filed != number:
            return (
                f"row {number} of the ledger is filed as number {filed}: it was moved, or rows are missing before it",
            )
    return ()


def _ended(trail: list[Transition], kept: str | None) -> tuple[str, ...]:
    if kept is None:
        return ()
    head = Head.model_validate_json(kept)
    if (len(trail), trail[-1].hash if trail else "") == (head.rows, head.hash):
        return ()
    ends_in = trail[-1].hash if trail else "nothing"
    text = f"the trail has {len(trail)} rows and ends in {ends_in}, but {head.rows} were written and the last is "
    return (f"{text}{head.hash}: rows were cut off or added",)


def _read(row: TransitionRow) -> Transition | None:
    try:
        return Transition.model_validate(json.loads(row.body))
    except ValueError:  # pydantic's too
        return None
