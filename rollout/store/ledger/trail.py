"""The audit trail inside a transaction: decisions chained by hash, and the head that records the end of the trail.

The head is written with each row that it speaks of. Where it does not fit what is there, before anything is added, rows
were changed behind the program's back: that is written down for good, and no later head covers it.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final

import sqlalchemy as sa

from rollout.store.ledger import tables as t
from rollout.store.ledger.records import DecisionRow
from rollout.store.ledger.statuses import TransitionStatus

HEAD: Final = "audit-head"
"""The document that holds the head, as JSON."""
BREAK: Final = "audit-break"
"""The document that holds the first break found, as a sentence."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the trail: the number of committed transitions and of decisions, and the last of each."""

    rows: int = 0
    hash: str = ""
    decisions: int = 0
    decision: str = ""
    """The hash of the last decision."""

    @classmethod
    def read(cls, text: str) -> "Head":
        """Read a head as it is kept; raises a ValueError or TypeError where it is none."""
        return cls(**json.loads(text))


def decision_hash(row: DecisionRow, previous: str) -> str:
    """Sixteen bytes of SHA-256, in hexadecimal digits, over a decision and the hash of the one before it."""
    said = [previous, repr(float(row.at)), row.kind, row.subject, row.actor, row.reason, row.body]
    return sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()[:32]


def ends(connection: sa.Connection) -> Head:
    """Return the actual end of the trail."""
    committed = t.transitions.c.status == TransitionStatus.COMMITTED
    return Head(
        *_end(connection, t.transitions, committed),
        *_end(connection, t.decisions, sa.true()),
    )


def kept(connection: sa.Connection) -> Head:
    """Return the end of the trail by the kept head; an empty one if there is none, or it cannot be read."""
    text = _document(connection, HEAD)
    try:
        return Head.read(text) if text else Head()
    except (ValueError, TypeError):
        return Head()


def note_break(connection: sa.Connection) -> None:
    """Record permanently that the trail is not what was written; call it before anything is added."""
    there, said = ends(connection), kept(connection)
    if there != said and not _document(connection, BREAK):
        keep(connection, BREAK, difference(said, there))


def keep_head(connection: sa.Connection) -> None:
    """Record the present end of the trail."""
    keep(connection, HEAD, json.dumps(asdict(ends(connection))))


def difference(said: Head, there: Head) -> str:
    """Describe the difference between the trail's end and its head; "" if there is none."""
    if (said.rows, said.hash) != (there.rows, there.hash):
        return (
            f"the trail has {there.rows} rows and ends in {there.hash or 'nothing'}, but {said.rows} were written and "
            f"the last is {said.hash or 'nothing'}: rows were cut off or added"
        )
    if (said.decisions, said.decision) != (there.decisions, there.decision):
        return (
            f"there are {there.decisions} decisions and the last is {there.decision or 'nothing'}, but "
            f"{said.decisions} were written and the last is {said.decision or 'nothing'}: "
            "decisions were cut off or added"
        )
    return ""


def keep(connection: sa.Connection, name: str, body: str) -> None:
    """Replace one document."""
    connection.execute(t.documents.delete().where(t.documents.c.name == name))
    connection.execute(t.documents.insert().values(name=name, body=body))


def last_decision(connection: sa.Connection) -> str:
    """The hash of the last decision; "" before the first."""
    query = sa.select(t.decisions.c.hash).order_by(t.decisions.c.n.desc()).limit(1)
    return str(connection.execute(query).scalar() or "")


def _end(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> tuple[int, str]:
    many = connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar()
    last = connection.execute(sa.select(table.c.hash).where(which).order_by(table.c.n.desc()).limit(1)).scalar()
    return int(many or 0), str(last or "")


def _document(connection: sa.Connection, name: str) -> str:
    return str(connection.execute(sa.select(t.documents.c.body).where(t.documents.c.name == name)).scalar() or "")
