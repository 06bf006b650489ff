"""Differences in clusters: one row per root cause, the gravest first, with what people and hindsight say of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log

from shadow.bout import Bout, Excuse
from shadow.differences import DiffClass, Difference, Severity
from shadow.expected import ExpectedRegister
from shadow.labels import Referee, Right
from shadow.settling import contradicts
from shadow.signoffs import Lapse, Signoffs
from shadow.trend import Trend, sliced, trend
from understudy.record import Instant, Record


class Cluster(Record):
    """All bouts, and all single differences, with one fingerprint."""

    id: str
    klass: DiffClass
    """`true` where any of it is."""
    severity: Severity
    """The gravest."""
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
    """Bouts by who was right, where somebody has said."""
    by_hindsight: int
    """Of the labelled bouts, those that hindsight labelled."""
    decided: int
    """Of the labelled bouts, those whose label may decide alone."""
    slices: tuple[int, ...]
    """Bouts in each of eight equal slices of the whole time, the oldest first."""
    trend: Trend
    expected: str | None
    """Id of the entry of the register."""
    accepted: bool
    """Somebody signed it off, the sign-off has not expired, and the share is within its ceiling."""
    reopened: Lapse | None
    """Somebody signed it off, and that holds no longer."""
    settled: Right | None
    """What a person said last."""
    over_ceiling: bool
    """More frequent than its entry, or its sign-off, allows: it is not what was expected any more."""
    contradicted: int
    """Bouts in which the candidate was found wrong where the register holds it to be right."""
    example: Difference

    @property
    def proven(self) -> bool:
        """Whether the candidate was right in every bout of which somebody knows, and more than half are decided."""
        wrong = self.rights.get(Right.INCUMBENT, 0) + self.rights.get(Right.NEITHER, 0)
        return 2 * self.decided > self.bouts and not wrong

    @property
    def open(self) -> bool:
        """Whether it waits for a person.

        It does unless it is expected and not contradicted, signed off, settled, or proven by what the panes did next;
        and it does again once it is more frequent than was allowed.
        """
        if self.klass is not DiffClass.TRUE:
            return False
        excused = (self.expected is not None and not self.contradicted) or self.accepted
        return self.settled is None and (self.over_ceiling or not (excused or self.proven))


def clusters(
    bouts: Sequence[Bout],
    now: float,
    *,
    differences: Iterable[tuple[float, Difference]] = (),
    register: ExpectedRegister | None = None,
    signoffs: Signoffs | None = None,
) -> tuple[Cluster, ...]:
    """Cluster settled bouts, the gravest and then the most frequent first.

    `differences` are single ones with their instants: they show a cluster before its first bout is settled, and what
    never makes a bout (own eyes, the harness).
    """
    heaps: dict[str, _Heap] = {}
    for bout in bouts:
        if bout.difference is not None:
            heaps.setdefault(bout.difference.cluster, _Heap()).add_bout(bout, bout.difference)
    for at, difference in differences:
        heaps.setdefault(difference.cluster, _Heap()).add_difference(at, difference)
    known = register or ExpectedRegister()
    too_many = frozenset(breached(bouts, known))
    watched = _Watched.of(bouts)
    rows = [heap.cluster(name, watched, now, known, too_many, signoffs or Signoffs()) for name, heap in heaps.items()]
    return tuple(sorted(rows, key=lambda row: (row.severity.rank, -row.bouts, row.id)))


def shown_above(count: int, total: int, ceiling: float) -> bool:
    """Whether so many of so many are shown to be more than a ceiling allows, and not just a bad beginning.

    Chernoff's bound: a rate at the ceiling would show as much in fewer than one of a hundred samples.
    """
    share = count / total if total else 0.0
    if share <= ceiling:
        return False
    rest = (1 - share) * log((1 - share) / (1 - ceiling)) if share < 1 else 0.0
    return total * (share * log(share / ceiling) + rest) > log(100)


def breached(bouts: Sequence[Bout], register: ExpectedRegister) -> tuple[str, ...]:
    """Name the entries of the register that are more frequent than they allow; leave them out with `without`."""
    counts = Counter(bout.difference.expected for bout in bouts if bout.difference is not None)
    return tuple(entry.id for entry in register.entries if shown_above(counts[entry.id], len(bouts), entry.ceiling))


@dataclass(frozen=True, slots=True)
class _Watched:
    """All bouts, as far as each cluster is held against them."""

    total: int
    first: float
    last: float
    slices: tuple[int, ...]

    @classmethod
    def of(cls, bouts: Sequence[Bout]) -> "_Watched":
        began = [bout.began for bout in bouts]
        first, last = min(began, default=0.0), max(began, default=0.0)
        return cls(len(bouts), first, last, sliced(began, first, last))


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

    def cluster(
        self,
        name: str,
        watched: _Watched,
        now: float,
        register: ExpectedRegister,
        too_many: frozenset[str],
        signoffs: Signoffs,
    ) -> Cluster:
        example = min(self.examples, key=lambda one: (one.klass is not DiffClass.TRUE, one.severity.rank))
        labels = [bout.label for bout in self.bouts if bout.label is not None]
        acceptance, settlement = signoffs.acceptance(name, now), signoffs.settlement(name)
        right = register.right(example.expected) if example.expected is not None else None
        total, slices = watched.total, sliced([bout.began for bout in self.bouts], watched.first, watched.last)
        over_signoff = acceptance is not None and shown_above(len(self.bouts), total, acceptance.ceiling)
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
            expected=example.expected,
            accepted=acceptance is not None and not over_signoff,
            reopened=Lapse.CEILING if over_signoff else signoffs.lapsed(name, now),
            settled=None if settlement is None else settlement.right,
            contradicted=sum(contradicts(label, right) for label in labels) if right is not None else 0,
            over_ceiling=over_signoff or example.expected in too_many,
            example=example,
        )


def tally(bouts: Iterable[Bout]) -> dict[Excuse | None, int]:
    """Count bouts by why they do not count; None for those that do."""
    return dict(Counter(bout.why_not for bout in bouts))
