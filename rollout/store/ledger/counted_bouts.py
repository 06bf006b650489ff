"""Settled bouts counted in SQL: what lists and reports need of hundreds of thousands, without reading them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from rollout.store.ledger import tables as t
from rollout.store.ledger.bout_columns import subject_text
from rollout.store.ledger.opening import unusable
from rollout.store.ledger.reader import LedgerReader
from shadow.bout import Bout
from shadow.grouping import BoutGroup, Subject
from shadow.trend import SLICES

_AT_ONCE: Final = 500
_bouts: Final = t.bouts.c


class _Whole(FunctionElement[int]):
    """The whole part of a number that is not negative."""

    type = sa.Integer()
    inherit_cache = True


@compiles(_Whole)
def _whole(element: _Whole, compiler: Any, **options: Any) -> str:
    return f"CAST(FLOOR({compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(_Whole, "sqlite")
def _whole_sqlite(element: _Whole, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS INTEGER)"  # cuts, and is always there


class CountedBouts:
    """The settled bouts of a ledger, as `shadow.grouping.SettledBouts`."""

    def __init__(self, ledger: LedgerReader, epoch: int, since: float) -> None:
        """Bouts of `epoch` that began at `since`, or later, are the running stage's."""
        self._ledger, self._epoch, self._since = ledger, epoch, since

    @cached_property
    def began(self) -> tuple[float, float] | None:
        """The beginnings of the first and the last bout."""
        first, last = (self._value(sa.select(which(_bouts.began))) for which in (sa.func.min, sa.func.max))
        return None if first is None or last is None else (float(first), float(last))

    @cached_property
    def settled_last(self) -> float | None:
        """The instant at which the last one was settled."""
        at: float | None = self._value(sa.select(sa.func.max(_bouts.settled_at)).where(_bouts.pattern.is_not(None)))
        return at

    @cached_property
    def panes(self) -> int:
        """Panes with their processes."""
        panes = sa.select(sa.func.count(sa.distinct(_bouts.subject))).where(_bouts.subject.not_like("=%"))
        return int(self._value(panes) or 0)

    @cached_property
    def sessions(self) -> int:
        """Sessions."""
        return int(self._value(sa.select(sa.func.count(sa.distinct(_bouts.session)))) or 0)

    @cached_property
    def groups(self) -> tuple[BoutGroup, ...]:
        """The groups, in the order of their first bouts."""
        if self.began is None:
            return ()
        first, width = self.began[0], (self.began[1] - self.began[0]) / SLICES
        number = _Whole((_bouts.began - first) / width) if width > 0 else sa.literal(SLICES - 1)
        running = (_bouts.epoch == self._epoch) & (_bouts.began >= self._since)
        query = sa.select(
            _bouts.pattern,
            number.label("slice"),
            sa.func.count().label("times"),
            sa.func.sum(sa.case((running, 1), else_=0)).label("running"),
            sa.func.min(_bouts.n).label("first"),
            sa.func.max(_bouts.n).label("last"),
            sa.func.min(_bouts.began).label("seen_first"),
            sa.func.max(_bouts.seen_until).label("seen_last"),
        ).where(_bouts.pattern.is_not(None))
        rows = self._rows(query.group_by(_bouts.pattern, sa.text("slice")))
        heaps = defaultdict[int, list[Mapping[str, Any]]](list)
        for row in rows:
            heaps[row["pattern"]].append(row)
        patterns = {row["key"]: row["body"] for row in self._rows(sa.select(t.bout_patterns))}
        groups = (_group(key, Bout.model_validate_json(patterns[key]), heap) for key, heap in heaps.items())
        return tuple(sorted(groups, key=lambda group: group.first))

    def bout(self, number: int) -> Bout:
        """Return one bout in full."""
        return Bout.model_validate_json(self._value(sa.select(_bouts.body).where(_bouts.n == number)))

    def newest(self, cluster: str, most: int) -> Sequence[Bout]:
        """Return the bouts of a cluster that began last."""
        newest = sa.select(_bouts.body).where(_bouts.cluster == cluster, _bouts.pattern.is_not(None))
        rows = self._rows(newest.order_by(_bouts.began.desc(), _bouts.n).limit(most))
        return [Bout.model_validate_json(row["body"]) for row in rows]

    def agents(self, beside: Mapping[str, set[Subject]]) -> Mapping[str, int]:
        """Count the subjects of each cluster, those in `beside` too."""
        many = sa.select(_bouts.cluster, sa.func.count(sa.distinct(_bouts.subject)).label("many"))
        rows = self._rows(many.where(_bouts.cluster.is_not(None)).group_by(_bouts.cluster))
        counts = {row["cluster"]: int(row["many"]) for row in rows}
        for cluster, those in beside.items():
            counts[cluster] = counts.get(cluster, 0) + self._new(cluster, [subject_text(*one) for one in those])
        return counts

    def over_time(self, first: float, step_s: float) -> Iterator[tuple[int, int, int]]:
        """Count the bouts that differ in steps from `first` on."""
        number = _Whole((_bouts.began - first) / step_s).label("step")
        differ = sa.select(_bouts.pattern, number, sa.func.count().label("times")).where(
            _bouts.pattern.in_([group.key for group in self.groups if group.bout.difference is not None])
        )
        for row in self._rows(differ.group_by(_bouts.pattern, sa.text("step"))):
            yield row["pattern"], row["step"], row["times"]

    def _new(self, cluster: str, subjects: Sequence[str]) -> int:
        """Count the subjects that no bout of the cluster has."""
        known = 0
        for start in range(0, len(subjects), _AT_ONCE):
            some = _bouts.subject.in_(subjects[start : start + _AT_ONCE])
            query = sa.select(sa.func.count(sa.distinct(_bouts.subject))).where(_bouts.cluster == cluster, some)
            known += int(self._value(query) or 0)
        return len(subjects) - known

    def _rows(self, query: sa.Select[Any]) -> Iterable[Mapping[str, Any]]:
        with unusable(self._ledger.path), self._ledger.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _value(self, query: sa.Select[Any]) -> Any:
        with unusable(self._ledger.path), self._ledger.engine.connect() as connection:
            return connection.execute(query).scalar()


def _group(key: int, pattern: Bout, rows: Sequence[Mapping[str, Any]]) -> BoutGroup:
    slices = [0] * SLICES
    for row in rows:
        slices[min(max(int(row["slice"]), 0), SLICES - 1)] += row["times"]
    return BoutGroup(
        bout=pattern,
        key=key,
        times=sum(slices),
        running=sum(int(row["running"]) for row in rows),
        first=min(row["first"] for row in rows),
        last=max(row["last"] for row in rows),
        seen_first=min(row["seen_first"] for row in rows),
        seen_last=max(row["seen_last"] for row in rows),
        slices=tuple(slices),
    )
