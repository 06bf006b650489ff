"""Make the report of settled bouts: only counts, since the judge computes the rates."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shadow.bout import Bout
from shadow.clusters import Cluster, Running, breached, clusters, tally
from shadow.differences import Difference, Severity
from shadow.expected import ExpectedRegister
from shadow.kinds import settle_rates
from shadow.labels import Referee
from shadow.report.balance import Balance, BoutPlace, Sorter
from shadow.report.confusion import confusion
from shadow.report.coverage import Coverage, coverage
from shadow.report.record import (
    ExpectedRow,
    Member,
    Move,
    Notes,
    OutcomeRow,
    Rate,
    Reason,
    Ruling,
    ShadowReport,
    StratumRow,
)
from shadow.report.speeds import Speed
from shadow.report.timeline import timeline
from shadow.settling import contradicts
from shadow.signoffs import Signoffs
from shadow.strata import Stratum

MEMBERS: Final = 8
"""Bouts of a cluster that are listed one by one."""
REASONS: Final = 4
"""Reasons of labels that are listed for a cluster."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The context of a report beside its bouts: the state of the rollout, and figures from elsewhere."""

    stage: str | None = None
    ruling: Ruling | None = None
    moves: Sequence[Move] = ()
    rates: Sequence[Rate] = ()
    outcomes: Sequence[OutcomeRow] = ()
    coverage: Coverage | None = None
    """None: only states, CLIs and sizes that occurred are known."""
    speeds: Sequence[Speed] = ()
    address: Sequence[str] = ()


def build(
    bouts: Sequence[Bout],
    now: float,
    *,
    incumbent: str,
    candidate: str,
    around: Surroundings | None = None,
    differences: Iterable[tuple[float, Difference]] = (),
    register: ExpectedRegister | None = None,
    signoffs: Signoffs | None = None,
    running: Running | None = None,
) -> ShadowReport:
    """Make the report of some settled bouts.

    Args:
        bouts: Settled ones, in any order.
        now: When the report is made.
        incumbent: Its name and version, as shown to the reader.
        candidate: Likewise.
        around: The state of the rollout, and other figures.
        differences: Single differences with their instants, for clusters that have no settled bout yet.
        register: Which differences are expected.
        signoffs: What people have said.
        running: What decides whether a cluster is open; None to take all bouts for those of the running stage.
    """
    told, known, beside = signoffs or Signoffs(), register or ExpectedRegister(), around or Surroundings()
    rows = clusters(bouts, now, differences=differences, register=known, signoffs=told, running=running)
    sorter = Sorter(rows, known)
    differ = [(bout, place) for bout in bouts if (place := sorter.place(bout)) is not None]
    labels = [bout.label for bout, _ in differ if bout.label is not None]
    since = min((bout.began for bout in bouts), default=None)
    line = timeline(
        [(bout.began, place) for bout, place in differ], since, max((bout.began for bout in bouts), default=None)
    )
    return ShadowReport(
        made_at=now,
        since=since,
        until=max((bout.settled_at or bout.began for bout in bouts), default=None),
        incumbent=incumbent,
        candidate=candidate,
        stage=beside.stage,
        ruling=beside.ruling,
        moves=tuple(beside.moves),
        bouts=len(bouts),
        agreeing=len(bouts) - len(differ),
        balance=Balance.count(place for _, place in differ),
        differing=dict(Counter(bout.severity for bout, _ in differ if bout.severity is not None)),
        counted=sum(bout.counts for bout in bouts),
        not_counted={excuse: count for excuse, count in tally(bouts).items() if excuse is not None},
        rights=dict(Counter(label.right for label in labels)),
        by_hindsight=sum(label.by is Referee.HINDSIGHT for label in labels),
        unlabelled=sum(bout.label is None and bout.severity is not Severity.DETAIL for bout, _ in differ),
        panes=len({(bout.pane, bout.pid) for bout in bouts if bout.pane is not None}),
        sessions=len({bout.session for bout in bouts}),
        rates=tuple(beside.rates),
        outcomes=tuple(beside.outcomes),
        strata=_strata(bouts),
        clusters=rows,
        notes=_notes(rows, differ),
        expected=_expected(bouts, known),
        signed_off=told.in_force(now),
        timeline=line,
        confusion=confusion(bouts),
        kinds=settle_rates(bouts),
        coverage=beside.coverage or coverage(bouts),
        speeds=tuple(beside.speeds),
        address=tuple(beside.address),
    )


@dataclass(slots=True)
class _Heap:
    """The bouts of one cluster."""

    bouts: list[Bout] = field(default_factory=list)
    places: list[BoutPlace] = field(default_factory=list)


def _notes(rows: Iterable[Cluster], differ: Iterable[tuple[Bout, BoutPlace]]) -> tuple[Notes, ...]:
    heaps = {row.id: _Heap() for row in rows}
    for bout, place in differ:
        if bout.difference is not None:
            heap = heaps[bout.difference.cluster]
            heap.bouts.append(bout)
            heap.places.append(place)
    return tuple(
        Notes(
            cluster=name,
            balance=Balance.count(heap.places),
            reasons=_reasons(heap.bouts),
            members=tuple(_member(bout) for bout in sorted(heap.bouts, key=lambda bout: -bout.began)[:MEMBERS]),
        )
        for name, heap in heaps.items()
    )


def _reasons(bouts: Iterable[Bout]) -> tuple[Reason, ...]:
    labels = [bout.label for bout in bouts if bout.label is not None]
    kinds = Counter((label.right, label.by, _without_figures(label.reason)) for label in labels)
    texts = {(label.right, label.by, _without_figures(label.reason)): label.reason for label in labels}
    return tuple(
        Reason(right=kind[0], by=kind[1], text=texts[kind], bouts=count) for kind, count in kinds.most_common(REASONS)
    )


def _without_figures(text: str) -> str:
    return "".join(char for char in text if not char.isdigit())


def _member(bout: Bout) -> Member:
    return Member(
        id=bout.id,
        subject=bout.pane or f"={bout.session}",
        session=bout.session,
        window=bout.window,
        began=bout.began,
        looks=bout.looks,
        right=None if bout.label is None else bout.label.right,
        counts=bout.counts,
    )


def _strata(bouts: Iterable[Bout]) -> tuple[StratumRow, ...]:
    counted = [bout for bout in bouts if bout.counts]
    seen = Counter(stratum for bout in counted for stratum in bout.strata)
    events = Counter(stratum for bout in counted for stratum in bout.differs_in)
    return tuple(StratumRow(stratum=one, bouts=seen[one], events=events[one]) for one in Stratum if seen[one])


def _expected(bouts: Sequence[Bout], register: ExpectedRegister) -> tuple[ExpectedRow, ...]:
    occurring: dict[str, list[Bout]] = {}
    for bout in bouts:
        if bout.difference is not None and bout.difference.expected is not None:
            occurring.setdefault(bout.difference.expected, []).append(bout)
    too_many = set(breached(bouts, register))
    return tuple(
        ExpectedRow(
            id=entry.id,
            title=entry.title,
            why=" ".join(entry.why.split()),
            right=entry.right,
            bouts=len(those),
            share=len(those) / len(bouts),
            ceiling=entry.ceiling,
            over_ceiling=entry.id in too_many,
            contradicted=sum(contradicts(bout.label, entry.right) for bout in those),
        )
        for entry in register.entries
        if (those := occurring.get(entry.id))
    )
