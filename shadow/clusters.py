"""Differences in clusters: one row per pair of states, the gravest first, with what people and hindsight say of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shadow.differences import DiffClass, Difference, Severity
from shadow.expected import ExpectedRegister
from shadow.grouping import BoutGroup, SettledBouts, Subject
from shadow.labels import Referee, Right
from shadow.openness import ClusterCounts, review
from shadow.signoffs import Lapse, Signoffs
from shadow.tallies import Tallies
from shadow.trend import SLICES, Trend, trend
from understudy.record import Instant, Record


class ClusterSlice(Record):
    """The bouts of a cluster that are alike in CLI, rules and actions."""

    agent: str
    """The agent CLI."""
    incumbent_rule: str
    candidate_rule: str
    only_incumbent_wants: tuple[str, ...]
    only_candidate_wants: tuple[str, ...]
    expected: str | None
    """Id of the entry of the register."""
    bouts: int


class Cluster(Record):
    """All bouts, and all single differences, with one pair of states, in which an action differs or does not."""

    id: str
    klass: DiffClass
    """`true` if any of its differences is."""
    severity: Severity
    """The gravest of its differences."""
    bouts: int
    """Settled ones."""
    counted: int
    """Of these, those that are evidence."""
    agents: int
    """Subjects: panes with their processes, and sessions."""
    first_seen: Instant
    last_seen: Instant
    share: float
    """Of all settled bouts, agreements too."""
    rights: dict[Right, int]
    """Labelled bouts by which monitor was right."""
    by_hindsight: int
    """Of the labelled bouts, those that hindsight labelled."""
    decided: int
    """Of the labelled bouts, those whose label may decide alone."""
    slices: tuple[int, ...]
    """Bouts in each of eight equal slices of the whole time, the oldest first."""
    trend: Trend
    expected: str | None
    """Id of the entry of the register that expects most of it; None where any of it is not expected."""
    accepted: bool
    """It is signed off, the sign-off has not expired, and the share is within its ceiling."""
    reopened: Lapse | None
    """It was signed off, and that holds no longer."""
    settled: Right | None
    """A person's last decision."""
    over_ceiling: bool
    """More frequent than an entry of the register, or its sign-off, allows: it is not what was expected any more."""
    open: bool
    """It waits for a person, by `shadow.openness.review` over the bouts of the running stage."""
    one_way: Right | None
    """The monitor for which at least 95 % of the decided bouts, and more than half of all, were decided."""
    contradicted: int
    """Bouts in which the candidate was found wrong where the register holds it to be right."""
    kinds: tuple[ClusterSlice, ...]
    """By CLI, rules and actions, the most frequent first."""
    example: Difference

    @property
    def proven(self) -> bool:
        """Return whether more than half of the bouts are decided, at least 95 % of them for the candidate."""
        return self.one_way is Right.CANDIDATE


def clusters_of(
    settled: SettledBouts,
    now: float,
    *,
    differences: Iterable[tuple[float, Difference]],
    register: ExpectedRegister,
    signoffs: Signoffs,
    stage: Tallies,
) -> tuple[Cluster, ...]:
    """Cluster settled bouts, the gravest and then the most frequent first.

    `differences` are single ones with their instants: they show a cluster before its first bout is settled, and what
    never makes a bout (own eyes, the harness). `stage` decides which clusters are open.
    """
    heaps: dict[str, _Heap] = {}
    for group in settled.groups:
        if group.bout.difference is not None:
            heaps.setdefault(group.bout.difference.cluster, _Heap()).groups.append(group)
    for at, difference in differences:
        heaps.setdefault(difference.cluster, _Heap()).add_difference(at, difference)
    agents = settled.agents({name: heap.subjects for name, heap in heaps.items()})
    beside = _Beside(settled, _total_slices(settled.groups), agents, now, register, signoffs, stage)
    rows = [heap.cluster(name, beside) for name, heap in heaps.items()]
    return tuple(sorted(rows, key=lambda row: (row.severity.rank, -row.bouts, row.id)))


def running_counts(groups: Iterable[BoutGroup], register: ExpectedRegister) -> dict[str, ClusterCounts]:
    """Count the bouts of the running stage by cluster, from groups."""
    counts: dict[str, ClusterCounts] = {}
    for group in groups:
        if group.bout.difference is not None and group.running:
            name = group.bout.difference.cluster
            counts[name] = counts.get(name, ClusterCounts()).counted(group.bout, register, group.running)
    return counts


@dataclass(frozen=True, slots=True)
class _Beside:
    """The totals that each cluster is compared with."""

    settled: SettledBouts
    slices: tuple[int, ...]
    agents: Mapping[str, int]
    now: float
    register: ExpectedRegister
    signoffs: Signoffs
    stage: Tallies


def _total_slices(groups: Iterable[BoutGroup]) -> tuple[int, ...]:
    return tuple(map(sum, zip((0,) * SLICES, *(group.slices for group in groups), strict=True)))


@dataclass(slots=True)
class _Heap:
    """A cluster while it is being counted."""

    groups: list[BoutGroup] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    subjects: set[Subject] = field(default_factory=set)
    single: list[Difference] = field(default_factory=list)

    def add_difference(self, at: float, difference: Difference) -> None:
        self.seen.append(at)
        self.subjects.add((difference.subject, difference.pid))
        self.single.append(difference)

    def cluster(self, name: str, beside: _Beside) -> Cluster:
        example = self._example(beside.settled)
        bouts, rights = sum(group.times for group in self.groups), Counter[Right]()
        by_hindsight, decided, whole = 0, 0, ClusterCounts()
        for group in self.groups:
            whole = whole.counted(group.bout, beside.register, group.times)
            if (label := group.bout.label) is not None:
                rights[label.right] += group.times
                by_hindsight += group.times * (label.by is Referee.HINDSIGHT)
                decided += group.times * label.alone
        counts = beside.stage.clusters.get(name, ClusterCounts())
        now = review(name, counts, beside.stage.ceilings, beside.signoffs, beside.register, beside.now)
        slices = _total_slices(self.groups)
        return Cluster(
            id=name,
            klass=example.klass,
            severity=example.severity,
            bouts=bouts,
            counted=sum(group.times for group in self.groups if group.bout.counts),
            agents=beside.agents[name],
            first_seen=min([*self.seen, *(group.seen_first for group in self.groups)]),
            last_seen=max([*self.seen, *(group.seen_last for group in self.groups)]),
            share=bouts / total if (total := sum(beside.slices)) else 0.0,
            rights=dict(rights),
            by_hindsight=by_hindsight,
            decided=decided,
            slices=slices,
            trend=trend(slices, beside.slices),
            expected=self._expected(),
            accepted=now.accepted,
            reopened=now.reopened,
            settled=now.settled,
            contradicted=whole.contradicted,
            over_ceiling=now.over_ceiling,
            open=now.open,
            one_way=whole.one_way,
            kinds=_kinds(self.groups),
            example=example,
        )

    def _example(self, settled: SettledBouts) -> Difference:
        """Return the gravest difference, the first of those that are equally grave."""
        gravest = min(self.groups, key=lambda group: _gravest_first(_difference(group)), default=None)
        examples = [_difference(gravest)] if gravest is not None else []
        chosen = min([*examples, *self.single], key=_gravest_first)
        if gravest is not None and chosen is examples[0]:
            return settled.bout(gravest.first).difference or chosen
        return chosen

    def _expected(self) -> str | None:
        """Return the entry of the register that expects most of it, where each difference is expected."""
        entries = Counter[str | None]()
        for difference, times in (
            *((_difference(one), one.times) for one in self.groups),
            *((s, 1) for s in self.single),
        ):
            if difference.klass is DiffClass.TRUE:
                entries[difference.expected] += times
        return None if None in entries or not entries else entries.most_common(1)[0][0]


def _difference(group: BoutGroup) -> Difference:
    assert group.bout.difference is not None  # no heap has another
    return group.bout.difference


def _gravest_first(difference: Difference) -> tuple[bool, int, bool]:
    """Order examples: a difference in judgement, the gravest, one that the register does not expect."""
    return difference.klass is not DiffClass.TRUE, difference.severity.rank, difference.expected is not None


def _kinds(groups: Iterable[BoutGroup]) -> tuple[ClusterSlice, ...]:
    counts = Counter[ClusterSlice]()
    for group in groups:
        counts[_kind(_difference(group))] += group.times
    return tuple(one.model_copy(update={"bouts": count}) for one, count in counts.most_common())


def _kind(difference: Difference) -> ClusterSlice:
    return ClusterSlice(
        agent=difference.agent,
        incumbent_rule=difference.incumbent.rule,
        candidate_rule=difference.candidate.rule,
        only_incumbent_wants=tuple(sorted(difference.only_incumbent_wants)),
        only_candidate_wants=tuple(sorted(difference.only_candidate_wants)),
        expected=difference.expected,
        bouts=0,
    )
