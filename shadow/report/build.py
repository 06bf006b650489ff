"""Make the report of settled bouts: only counts, since the judge computes the rates."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shadow.bout import Bout, Excuse
from shadow.clusters import Cluster, clusters_of
from shadow.differences import Difference, Severity
from shadow.expected import ExpectedRegister
from shadow.grouping import BoutGroup, CountedBout, SettledBouts
from shadow.kinds import settle_rates_of
from shadow.labels import Referee, Right
from shadow.openness import CeilingCounts
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
from shadow.report.timeline import Timeline, timeline
from shadow.settling import contradicts
from shadow.signoffs import Signoffs
from shadow.strata import Stratum
from shadow.tallies import Tallies

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


def build_of(
    settled: SettledBouts,
    now: float,
    *,
    incumbent: str,
    candidate: str,
    around: Surroundings,
    differences: Iterable[tuple[float, Difference]],
    register: ExpectedRegister,
    signoffs: Signoffs,
    stage: Tallies,
) -> ShadowReport:
    """Make the report of settled bouts.

    Args:
        settled: The bouts, counted in groups.
        now: When the report is made.
        incumbent: Its name and version, as shown to the reader.
        candidate: Likewise.
        around: The state of the rollout, and other figures.
        differences: Single differences with their instants, for clusters that have no settled bout yet.
        register: The differences that are expected.
        signoffs: The decisions of people.
        stage: The counts that decide which clusters are open.
    """
    rows = clusters_of(settled, now, differences=differences, register=register, signoffs=signoffs, stage=stage)
    sorter, groups = Sorter(rows, register), settled.groups
    everything = [(group.bout, group.times) for group in groups]
    differ = [(group, place) for group in groups if (place := sorter.place(group.bout)) is not None]
    total, differing = sum(group.times for group in groups), sum(group.times for group, _ in differ)
    rights, by_hindsight = _labels(group for group, _ in differ)
    severities, excuses = Counter[Severity](), Counter[Excuse]()
    for bout, times in everything:
        if bout.severity is not None:
            severities[bout.severity] += times
        if bout.why_not is not None:
            excuses[bout.why_not] += times
    return ShadowReport(
        made_at=now,
        since=settled.began[0] if settled.began else None,
        until=settled.settled_last,
        incumbent=incumbent,
        candidate=candidate,
        stage=around.stage,
        ruling=around.ruling,
        moves=tuple(around.moves),
        bouts=total,
        agreeing=total - differing,
        balance=_balance(differ),
        differing=dict(severities),
        counted=sum(times for bout, times in everything if bout.counts),
        not_counted=dict(excuses),
        rights=dict(rights),
        by_hindsight=by_hindsight,
        unlabelled=sum(
            group.times
            for group, _ in differ
            if group.bout.label is None and group.bout.severity is not Severity.DETAIL
        ),
        panes=settled.panes,
        sessions=settled.sessions,
        rates=tuple(around.rates),
        outcomes=tuple(around.outcomes),
        strata=_strata(everything),
        clusters=rows,
        notes=_notes(rows, differ, settled),
        expected=_expected(groups, register),
        signed_off=signoffs.in_force(now),
        timeline=_timeline(settled, differ),
        confusion=confusion(everything),
        kinds=settle_rates_of(everything),
        coverage=around.coverage or coverage(counted=everything),
        speeds=tuple(around.speeds),
        address=tuple(around.address),
    )


_Placed = tuple[BoutGroup, BoutPlace]


def _timeline(settled: SettledBouts, differ: Iterable[_Placed]) -> Timeline:
    if settled.began is None:
        return Timeline()
    places = {group.key: place for group, place in differ}

    def placed(first: float, step_s: float) -> Iterator[tuple[int, BoutPlace, int]]:
        for key, number, times in settled.over_time(first, step_s):
            yield number, places[key], times

    return timeline(placed, *settled.began)


def _labels(groups: Iterable[BoutGroup]) -> tuple[Counter[Right], int]:
    rights, by_hindsight = Counter[Right](), 0
    for group in groups:
        if (label := group.bout.label) is not None:
            rights[label.right] += group.times
            by_hindsight += group.times * (label.by is Referee.HINDSIGHT)
    return rights, by_hindsight


def _balance(differ: Iterable[_Placed]) -> Balance:
    counts = Counter[BoutPlace]()
    for group, place in differ:
        counts[place] += group.times
    return Balance.of_counts(counts)


def _notes(rows: Iterable[Cluster], differ: Iterable[_Placed], settled: SettledBouts) -> tuple[Notes, ...]:
    heaps: dict[str, list[_Placed]] = {row.id: [] for row in rows}
    for group, place in differ:
        if group.bout.difference is not None:
            heaps[group.bout.difference.cluster].append((group, place))
    return tuple(
        Notes(
            cluster=name,
            balance=_balance(heap),
            reasons=_reasons([group for group, _ in heap], settled),
            members=tuple(_member(bout) for bout in settled.newest(name, MEMBERS)),
        )
        for name, heap in heaps.items()
    )


def _reasons(groups: Sequence[BoutGroup], settled: SettledBouts) -> tuple[Reason, ...]:
    """Return the most frequent reasons, each in the words of its last bout."""
    kinds, last = Counter[tuple[Right, Referee, str]](), dict[tuple[Right, Referee, str], int]()
    for group in groups:
        if (label := group.bout.label) is not None:
            kind = label.right, label.by, label.reason
            kinds[kind] += group.times
            last[kind] = max(group.last, last.get(kind, group.last))
    return tuple(
        Reason(
            right=kind[0],
            by=kind[1],
            text=label.reason if (label := settled.bout(last[kind]).label) else "",
            bouts=count,
        )
        for kind, count in kinds.most_common(REASONS)
    )


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


def _strata(bouts: Iterable[CountedBout]) -> tuple[StratumRow, ...]:
    seen, events = Counter[Stratum](), Counter[Stratum]()
    for bout, times in bouts:
        if bout.counts:
            for stratum in bout.strata:
                seen[stratum] += times
            for stratum in bout.differs_in:
                events[stratum] += times
    return tuple(StratumRow(stratum=one, bouts=seen[one], events=events[one]) for one in Stratum if seen[one])


def _expected(groups: Sequence[BoutGroup], register: ExpectedRegister) -> tuple[ExpectedRow, ...]:
    occurring: dict[str, list[BoutGroup]] = {}
    for group in groups:
        if group.bout.difference is not None and group.bout.difference.expected is not None:
            occurring.setdefault(group.bout.difference.expected, []).append(group)
    ceilings = CeilingCounts.of_groups(groups)
    too_many = set(ceilings.breached(register))
    return tuple(
        ExpectedRow(
            id=entry.id,
            title=entry.title,
            why=" ".join(entry.why.split()),
            right=entry.right,
            bouts=ceilings.entries[entry.id],
            share=ceilings.entries[entry.id] / ceilings.total,
            ceiling=entry.ceiling,
            over_ceiling=entry.id in too_many,
            contradicted=sum(group.times for group in those if contradicts(group.bout.label, entry.right)),
        )
        for entry in register.entries
        if (those := occurring.get(entry.id))
    )
