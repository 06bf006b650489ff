"""Differences in clusters: one row per pair of states, the gravest first, with what people and hindsight say of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shadow.bout import Bout, Excuse
from shadow.differences import DiffClass, Difference, Severity
from shadow.expected import ExpectedRegister
from shadow.labels import Referee, Right
from shadow.openness import CeilingCounts, ClusterCounts, review
from shadow.signoffs import Lapse, Signoffs
from shadow.trend import Trend, sliced, trend
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


@dataclass(frozen=True, slots=True)
class Running:
    """The counts that decide whether a cluster is open: the running stage's bouts, and the basis' ceilings."""

    bouts: Sequence[Bout]
    ceilings: CeilingCounts

    @classmethod
    def all_of(cls, bouts: Sequence[Bout]) -> "Running":
        """Take all bouts for those of the running stage."""
        return cls(bouts, CeilingCounts().count(bouts))


def clusters(
    bouts: Sequence[Bout],
    now: float,
    *,
    differences: Iterable[tuple[float, Difference]] = (),
    register: ExpectedRegister | None = None,
    signoffs: Signoffs | None = None,
    running: Running | None = None,
) -> tuple[Cluster, ...]:
    """Cluster settled bouts, the gravest and then the most frequent first.

    `differences` are single ones with their instants: they show a cluster before its first bout is settled, and what
    never makes a bout (own eyes, the harness). Without `running` all bouts are the running stage's.
    """
    heaps: dict[str, _Heap] = {}
    for bout in bouts:
        if bout.difference is not None:
            heaps.setdefault(bout.difference.cluster, _Heap()).add_bout(bout, bout.difference)
    for at, difference in differences:
        heaps.setdefault(difference.cluster, _Heap()).add_difference(at, difference)
    stage = running or Running.all_of(bouts)
    counts = counted(stage.bouts, register or ExpectedRegister())
    beside = _Beside(
        _Watched.of(bouts), now, register or ExpectedRegister(), signoffs or Signoffs(), counts, stage.ceilings
    )
    rows = [heap.cluster(name, beside) for name, heap in heaps.items()]
    return tuple(sorted(rows, key=lambda row: (row.severity.rank, -row.bouts, row.id)))


def counted(bouts: Iterable[Bout], register: ExpectedRegister) -> dict[str, ClusterCounts]:
    """Count settled bouts by cluster."""
    counts: dict[str, ClusterCounts] = {}
    for bout in bouts:
        if bout.difference is not None:
            name = bout.difference.cluster
            counts[name] = counts.get(name, ClusterCounts()).counted(bout, register)
    return counts


def breached(bouts: Sequence[Bout], register: ExpectedRegister) -> tuple[str, ...]:
    """Name the entries of the register that are more frequent than they allow; leave them out with `without`."""
    return CeilingCounts().count(bouts).breached(register)


@dataclass(frozen=True, slots=True)
class _Watched:
    """The number of bouts of which each cluster is a share."""

    total: int
    first: float
    last: float
    slices: tuple[int, ...]

    @classmethod
    def of(cls, bouts: Sequence[Bout]) -> "_Watched":
        began = [bout.began for bout in bouts]
        first, last = min(began, default=0.0), max(began, default=0.0)
        return cls(len(bouts), first, last, sliced(began, first, last))


@dataclass(frozen=True, slots=True)
class _Beside:
    """The totals that each cluster is compared with."""

    watched: _Watched
    now: float
    register: ExpectedRegister
    signoffs: Signoffs
    running: dict[str, ClusterCounts]
    ceilings: CeilingCounts


@dataclass(slots=True)
class _Heap:
    """A cluster while it is being counted."""

    bouts: list[Bout] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    subjects: set[tuple[str, int | None]] = field(default_factory=set)
    examples: list[Difference] = field(default_factory=list)

    def add_bout(self, bout: Bout, difference: Difference) -> None:
        self.bouts.append(bout)
        self.seen += [bout.began, bout.ended if bout.ended is not None else bout.settled_at or bout.began]
        self._add(difference)

    def add_difference(self, at: float, difference: Difference) -> None:
        self.seen.append(at)
        self._add(difference)

    def _add(self, difference: Difference) -> None:
        self.subjects.add((difference.subject, difference.pid))
        self.examples.append(difference)

    def cluster(self, name: str, beside: _Beside) -> Cluster:
        example = min(self.examples, key=_gravest_first)
        labels = [bout.label for bout in self.bouts if bout.label is not None]
        watched = beside.watched
        total, slices = watched.total, sliced([bout.began for bout in self.bouts], watched.first, watched.last)
        whole = counted(self.bouts, beside.register).get(name, ClusterCounts())
        now = review(
            name,
            beside.running.get(name, ClusterCounts()),
            beside.ceilings,
            beside.signoffs,
            beside.register,
            beside.now,
        )
        return Cluster(
            id=name,
            klass=example.klass,
            severity=example.severity,
            bouts=len(self.bouts),
            counted=sum(bout.counts for bout in self.bouts),
            agents=len(self.subjects),
            first_seen=min(self.seen),
            last_seen=max(self.seen),
            share=len(self.bouts) / total if total else 0.0,
            rights=dict(Counter(label.right for label in labels)),
            by_hindsight=sum(label.by is Referee.HINDSIGHT for label in labels),
            decided=sum(label.alone for label in labels),
            slices=slices,
            trend=trend(slices, watched.slices),
            expected=_expected(self.examples),
            accepted=now.accepted,
            reopened=now.reopened,
            settled=now.settled,
            contradicted=whole.contradicted,
            over_ceiling=now.over_ceiling,
            open=now.open,
            one_way=whole.one_way,
            kinds=_kinds(self.bouts),
            example=example,
        )


def _gravest_first(difference: Difference) -> tuple[bool, int, bool]:
    """Order examples: a difference in judgement, the gravest, one that the register does not expect."""
    return difference.klass is not DiffClass.TRUE, difference.severity.rank, difference.expected is not None


def _expected(differences: Sequence[Difference]) -> str | None:
    """Return the entry of the register that expects most of these differences, where each of them is expected."""
    entries = Counter(one.expected for one in differences if one.klass is DiffClass.TRUE)
    return None if None in entries or not entries else entries.most_common(1)[0][0]


def _kinds(bouts: Iterable[Bout]) -> tuple[ClusterSlice, ...]:
    counts = Counter(_kind(bout.difference) for bout in bouts if bout.difference is not None)
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


def tally(bouts: Iterable[Bout]) -> dict[Excuse | None, int]:
    """Count bouts by the reason why they do not count; None for those that count."""
    return dict(Counter(bout.why_not for bout in bouts))
