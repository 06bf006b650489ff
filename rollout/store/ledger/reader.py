"""The reading side: the only access of the product's interfaces to the ledger."""

from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from rollout.store.ledger import tables as t
from rollout.store.ledger.opening import RESTORE, open_engine, unusable
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
    TransitionRow,
)

_BOUT: Final = tuple(t.bouts.c[field.name] for field in fields(BoutRow))


class LedgerReader:
    """Reads one ledger; every answer is a snapshot of frozen rows."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self.path = path
        self.engine = engine

    @classmethod
    def open(cls, path: Path) -> "LedgerReader":
        """Open an existing ledger for reading; raises `LedgerUnusable` with the remedy where that cannot be."""
        return LedgerReader(path, open_engine(path, create=False))

    def close(self) -> None:
        """Close the file."""
        self.engine.dispose()

    def cycles(self, limit: int = 1) -> tuple[CycleRow, ...]:
        """The last cycles, newest first."""
        return tuple(_cycle(row) for row in self._rows(sa.select(t.cycles).order_by(t.cycles.c.n.desc()).limit(limit)))

    def first_cycle_at(self) -> float | None:
        """Return the start of the oldest kept cycle, in seconds since the epoch."""
        at: float | None = self._scalar(sa.select(sa.func.min(t.cycles.c.at)))
        return at

    def cycles_since(self, n: int | None, limit: int) -> tuple[tuple[int, CycleRow, dict[str, str]], ...]:
        """The cycles behind number `n`, oldest first, each with its number and reports; None for the newest alone."""
        query = sa.select(t.cycles)
        if n is None:
            query = query.order_by(t.cycles.c.n.desc()).limit(1)
        else:
            query = query.where(t.cycles.c.n > n).order_by(t.cycles.c.n).limit(limit)
        return tuple((row["n"], _cycle(row), self.reports(row["id"])) for row in self._rows(query))

    def cycle_count(self, epoch: int | None = None) -> int:
        """Return the number of cycles, in all or in one epoch (the time between two restarts of the evidence)."""
        query = sa.select(sa.func.count()).select_from(t.cycles)
        return int(self._scalar(query if epoch is None else query.where(t.cycles.c.epoch == epoch)) or 0)

    def reports(self, cycle: str) -> dict[str, str]:
        """The reports of a cycle: role -> `CycleReport` as JSON text; empty where they were kept no longer."""
        rows = self._rows(sa.select(t.reports).where(t.reports.c.cycle == cycle))
        return {row["role"]: row["body"] for row in rows}

    def latest_report(self, role: str) -> str | None:
        """The newest report of a role, whichever cycle it is of, as JSON text."""
        joined = t.reports.join(t.cycles, t.reports.c.cycle == t.cycles.c.id)
        query = sa.select(t.reports.c.body).select_from(joined).where(t.reports.c.role == role)
        body: str | None = self._scalar(query.order_by(t.cycles.c.n.desc()).limit(1))
        return body

    def memory(self, role: str) -> MemoryRow | None:
        """Return the memory of a role."""
        rows = self._rows(sa.select(t.memories).where(t.memories.c.role == role))
        return MemoryRow(**rows[0]) if rows else None

    def document(self, name: str) -> str | None:
        """One named state document, as JSON text."""
        body: str | None = self._scalar(sa.select(t.documents.c.body).where(t.documents.c.name == name))
        return body

    def differences(
        self, *, cycle: str | None = None, cluster: str | None = None, epoch: int | None = None, limit: int = 1000
    ) -> tuple[DifferenceRow, ...]:
        """The last differences, newest first, of all cycles and clusters or one."""
        query = sa.select(t.differences).order_by(t.differences.c.n.desc()).limit(limit)
        if cycle is not None:
            query = query.where(t.differences.c.cycle == cycle)
        if cluster is not None:
            query = query.where(t.differences.c.cluster == cluster)
        if epoch is not None:
            query = query.where(t.differences.c.epoch == epoch)
        return tuple(DifferenceRow(**_without_n(row)) for row in self._rows(query))

    def bouts(self, *, epoch: int | None = None, cluster: str | None = None) -> tuple[BoutRow, ...]:
        """The settled bouts, oldest first."""
        query = sa.select(*_BOUT).order_by(t.bouts.c.n)
        if epoch is not None:
            query = query.where(t.bouts.c.epoch == epoch)
        if cluster is not None:
            query = query.where(t.bouts.c.cluster == cluster)
        return tuple(BoutRow(**row) for row in self._rows(query))

    def newest_bouts(self, cluster: str, limit: int) -> tuple[BoutRow, ...]:
        """The bouts of a cluster that were settled last, newest first."""
        query = sa.select(*_BOUT).where(t.bouts.c.cluster == cluster).order_by(t.bouts.c.n.desc()).limit(limit)
        return tuple(BoutRow(**row) for row in self._rows(query))

    def bout(self, bout_id: str) -> BoutRow | None:
        """One settled bout; None where there is none of that id, or it is kept no longer."""
        rows = self._rows(sa.select(*_BOUT).where(t.bouts.c.id == bout_id))
        return BoutRow(**rows[0]) if rows else None

    def bouts_named(self, begins: str) -> tuple[BoutRow, ...]:
        """The settled bouts whose id begins so, at most two."""
        query = sa.select(*_BOUT).where(t.bouts.c.id.startswith(begins, autoescape=True)).limit(2)
        return tuple(BoutRow(**row) for row in self._rows(query))

    def spells(self, epoch: int) -> tuple[SpellRow, ...]:
        """The scored spells of one epoch in the order in which they were scored, overruled ones too."""
        query = sa.select(t.spells).where(t.spells.c.epoch == epoch).order_by(t.spells.c.n)
        return tuple(SpellRow(**_without_n(row)) for row in self._rows(query))

    def spells_beside(self, epoch: int, pane: str, began: float, ended: float) -> tuple[SpellRow, ...]:
        """The scored spells of a pane and process (`%12/4711`) that share time with a stretch, in their order."""
        shared = (t.spells.c.began <= ended) & (t.spells.c.ended >= began)
        query = sa.select(t.spells).where(t.spells.c.pane == pane, t.spells.c.epoch == epoch, shared)
        return tuple(SpellRow(**_without_n(row)) for row in self._rows(query.order_by(t.spells.c.n)))

    def spells_named(self, begins: str) -> tuple[SpellRow, ...]:
        """The scored spells whose id begins so, at most two."""
        query = sa.select(t.spells).where(t.spells.c.id.startswith(begins, autoescape=True)).limit(2)
        return tuple(SpellRow(**_without_n(row)) for row in self._rows(query))

    def cycle_instants(self, limit: int) -> tuple[tuple[str, float], ...]:
        """The ids and the beginnings of the last cycles, newest first."""
        rows = self._rows(sa.select(t.cycles.c.id, t.cycles.c.at).order_by(t.cycles.c.n.desc()).limit(limit))
        return tuple((row["id"], row["at"]) for row in rows)

    def spell(self, spell_id: str) -> SpellRow | None:
        """One scored spell; None where there is none of that id, or it is kept no longer."""
        rows = self._rows(sa.select(t.spells).where(t.spells.c.id == spell_id))
        return SpellRow(**_without_n(rows[0])) if rows else None

    def evidence(self, epoch: int) -> tuple[EvidenceRow, ...]:
        """Return the events of one epoch, in their order."""
        query = sa.select(t.evidence).where(t.evidence.c.epoch == epoch).order_by(t.evidence.c.n)
        return tuple(EvidenceRow(**_without_n(row)) for row in self._rows(query))

    def transitions(self) -> tuple[TransitionRow, ...]:
        """Every transition, oldest first, undone ones too."""
        rows = self._rows(sa.select(t.transitions).order_by(t.transitions.c.n))
        return tuple(TransitionRow(**_without_n(row)) for row in rows)

    def transition_numbers(self) -> tuple[int, ...]:
        """The numbers of the transitions, ascending: from 1 on without a gap, unless a row was moved or removed."""
        rows = self._rows(sa.select(t.transitions.c.n).order_by(t.transitions.c.n))
        return tuple(row["n"] for row in rows)

    def deliveries(self, status: str | None = None) -> tuple[DeliveryRow, ...]:
        """The deliveries, oldest first, all or those of one status."""
        query = sa.select(t.deliveries).order_by(t.deliveries.c.wanted_at, t.deliveries.c.id)
        rows = self._rows(query if status is None else query.where(t.deliveries.c.status == status))
        return tuple(DeliveryRow(**row) for row in rows)

    def delivery(self, delivery_id: str) -> DeliveryRow | None:
        """One delivery."""
        rows = self._rows(sa.select(t.deliveries).where(t.deliveries.c.id == delivery_id))
        return DeliveryRow(**rows[0]) if rows else None

    def decisions(self, kind: str | None = None, after: int = 0) -> tuple[DecisionRow, ...]:
        """Return the operators' decisions, oldest first, behind number `after`."""
        query = sa.select(t.decisions).where(t.decisions.c.n > after).order_by(t.decisions.c.n)
        rows = self._rows(query if kind is None else query.where(t.decisions.c.kind == kind))
        return tuple(DecisionRow(**row) for row in rows)

    def _rows(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        try:
            with unusable(self.path), self.engine.connect() as connection:
                return [dict(row) for row in connection.execute(query).mappings()]
        except ValueError as error:  # a JSON column
            raise LedgerUnusable(f"a row of the ledger at {self.path} cannot be read ({error}): {RESTORE}") from error

    def _scalar(self, query: sa.Select[Any]) -> Any:
        with unusable(self.path), self.engine.connect() as connection:
            return connection.execute(query).scalar()


def _without_n(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "n"}


def _cycle(row: dict[str, Any]) -> CycleRow:
    values = _without_n(row)
    return CycleRow(**{**values, "outcomes": tuple(values["outcomes"])})
