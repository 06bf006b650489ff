"""The writing side: one transaction a cycle, and small separate ones around each delivery to a pane."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa

from rollout.store.ledger import tables as t
from rollout.store.ledger import trail
from rollout.store.ledger.bout_columns import COLUMNS, with_columns
from rollout.store.ledger.opening import open_engine, unusable
from rollout.store.ledger.reader import LedgerReader
from rollout.store.ledger.records import (
    BoutRow,
    CycleRow,
    DecisionRow,
    DeliveryRow,
    DifferenceRow,
    EvidenceRow,
    MemoryRow,
    SpellRow,
    StageMoved,
    TransitionRow,
)
from rollout.store.ledger.retention import forget
from rollout.store.ledger.statuses import DeliveryStatus, TransitionStatus

KEEP_REPORTS = 400
"""Cycles whose reports and outcomes are kept; for the other rows see `rollout.store.ledger.retention`."""


class Transaction:
    """Commits everything written through it together, or nothing."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_cycle(self, row: CycleRow, reports: dict[str, str]) -> int:
        """Add a cycle with its reports: role -> `CycleReport` as JSON text; returns its number, the first is 1."""
        values = asdict(row) | {"outcomes": list(row.outcomes)}
        added = self._connection.execute(t.cycles.insert().values(**values))
        for role, body in reports.items():
            self._connection.execute(t.reports.insert().values(cycle=row.id, role=role, body=body))
        key = added.inserted_primary_key
        number = int(key[0]) if key else 0
        oldest = number - KEEP_REPORTS
        if oldest > 0 and oldest % 20 == 0:
            stale = sa.select(t.cycles.c.id).where(t.cycles.c.n <= oldest)
            self._connection.execute(t.reports.delete().where(t.reports.c.cycle.in_(stale)))
            told = (t.cycles.c.n <= oldest) & (t.cycles.c.n > oldest - KEEP_REPORTS)
            self._connection.execute(t.cycles.update().where(told).values(outcomes=[]))
        return number

    def forget(self, before: float, epoch: int) -> int:
        """Delete unneeded rows older than `before` (`retention.forget`); return the number of deleted rows."""
        return forget(self._connection, before, epoch)

    def keep_memory(self, row: MemoryRow) -> None:
        """Replace the memory of a role."""
        self._connection.execute(t.memories.delete().where(t.memories.c.role == row.role))
        self._connection.execute(t.memories.insert().values(**asdict(row)))

    def keep_document(self, name: str, body: str) -> None:
        """Replace one named state document (JSON text)."""
        self._connection.execute(t.documents.delete().where(t.documents.c.name == name))
        self._connection.execute(t.documents.insert().values(name=name, body=body))

    def add_differences(self, rows: Iterable[DifferenceRow]) -> None:
        """Add the differences of a cycle."""
        self._add(t.differences, rows)

    def add_bouts(self, rows: Iterable[BoutRow]) -> None:
        """Add settled bouts."""
        if values := with_columns(self._connection, rows):
            self._connection.execute(t.bouts.insert(), values)

    def replace_bouts(self, rows: Iterable[BoutRow]) -> None:
        """Rewrite bouts that an operator has labelled since."""
        for values in with_columns(self._connection, rows):
            taken = {name: values[name] for name in ("body", *COLUMNS)}
            self._connection.execute(t.bouts.update().where(t.bouts.c.id == values["id"]).values(**taken))

    def add_spells(self, rows: Iterable[SpellRow]) -> None:
        """Add scored spells."""
        self._add(t.spells, rows)

    def overrule_spells(self, ids: Iterable[str], decision: str) -> None:
        """Take spells out of the scoring, by the operator's decision `decision`."""
        for name in ids:
            self._connection.execute(t.spells.update().where(t.spells.c.id == name).values(overruled=decision))

    def add_evidence(self, rows: Iterable[EvidenceRow]) -> None:
        """Add events that guardrails counted."""
        self._add(t.evidence, rows)

    def request_deliveries(self, rows: Iterable[DeliveryRow]) -> None:
        """Add deliveries that are to be made."""
        self._add(t.deliveries, rows)

    def withdraw(self, ids: Iterable[str], at: float, why: str) -> None:
        """Withdraw deliveries that are not claimed yet."""
        wanted = t.deliveries.c.status == DeliveryStatus.WANTED
        self._connection.execute(
            t.deliveries.update()
            .where(t.deliveries.c.id.in_(list(ids)), wanted)
            .values(status=DeliveryStatus.WITHDRAWN, finished_at=at, done=False, why=why)
        )

    def add_decision(self, row: DecisionRow) -> None:
        """Add an operator's decision behind the last one."""
        trail.note_break(self._connection)
        values = asdict(row) | {"hash": trail.decision_hash(row, trail.last_decision(self._connection))}
        del values["n"]
        self._connection.execute(t.decisions.insert().values(**values))
        trail.keep_head(self._connection)

    def add_transition(self, row: TransitionRow, *, after: str) -> None:
        """Add a transition behind the one whose hash is `after` ("" for none); else raises `StageMoved`."""
        last = self._connection.execute(
            sa.select(t.transitions.c.hash)
            .where(t.transitions.c.status != TransitionStatus.UNDONE)
            .order_by(t.transitions.c.n.desc())
            .limit(1)
        ).scalar()
        if (last or "") != after:
            raise StageMoved("the stage was changed meanwhile. Look at `understudy status` and try again")
        trail.note_break(self._connection)
        self._connection.execute(t.transitions.insert().values(**asdict(row)))
        trail.keep_head(self._connection)

    def finish_transition(self, transition_hash: str, status: TransitionStatus) -> None:
        """Mark a pending transition as committed or undone."""
        trail.note_break(self._connection)
        pending = t.transitions.c.status == TransitionStatus.PENDING
        self._connection.execute(
            t.transitions.update().where(t.transitions.c.hash == transition_hash, pending).values(status=status)
        )
        trail.keep_head(self._connection)

    def _add(self, table: sa.Table, rows: Iterable[DifferenceRow | SpellRow | EvidenceRow | DeliveryRow]) -> None:
        if values := [asdict(row) for row in rows]:
            self._connection.execute(table.insert(), values)


class Ledger(LedgerReader):
    """Reads like a `LedgerReader` and writes in transactions; safe for threads and for several processes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, open_engine(path, create=True))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Write several things as one."""
        with (
            unusable(self.path),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield Transaction(connection)

    def claim(self, delivery_id: str, at: float) -> bool:
        """Claim a wanted delivery, durably, before any key is sent; False if it is no longer wanted."""
        wanted = t.deliveries.c.status == DeliveryStatus.WANTED
        return self._mark(delivery_id, wanted, status=DeliveryStatus.CLAIMED, claimed_at=at)

    def finish(self, delivery_id: str, status: DeliveryStatus, at: float, *, done: bool, why: str) -> bool:
        """Record the result of a claimed delivery (`done`, `refused`, `escalated`, or `wanted` to try once more)."""
        claimed = t.deliveries.c.status == DeliveryStatus.CLAIMED
        return self._mark(delivery_id, claimed, status=status, finished_at=at, done=done, why=why)

    def _mark(self, delivery_id: str, condition: sa.ColumnElement[bool], **values: object) -> bool:
        with (
            unusable(self.path),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            changed = connection.execute(
                t.deliveries.update().where(t.deliveries.c.id == delivery_id, condition).values(**values)
            )
            return changed.rowcount == 1
