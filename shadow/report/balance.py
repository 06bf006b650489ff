"""Put every bout that differs in one of four places: known, settled for or against the candidate, or for a person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from shadow.bout import Bout
from shadow.clusters import Cluster
from shadow.differences import DiffClass
from shadow.expected import ExpectedRegister
from shadow.labels import Right
from shadow.settling import contradicts
from understudy.record import Record


class BoutPlace(StrEnum):
    """The place of a bout that differs."""

    KNOWN = "known"
    """It needs no decision: expected, signed off, no judgement at all, or of a cluster that is not open."""
    FOR = "for"
    """Settled: the candidate was right."""
    AGAINST = "against"
    """Settled: the candidate was wrong."""
    YOURS = "yours"
    """Undecided, in a cluster that waits for a person."""


class Balance(Record):
    """The number of bouts in each place."""

    known: int = 0
    settled_for: int = 0
    settled_against: int = 0
    needs_you: int = 0

    @property
    def total(self) -> int:
        """All bouts that differ."""
        return self.known + self.settled_for + self.settled_against + self.needs_you

    def of(self, place: BoutPlace) -> int:
        """Return the number of bouts in one place."""
        return getattr(self, _FIELDS[place])  # type: ignore[no-any-return]  # each of them is an int

    @classmethod
    def count(cls, places: Iterable[BoutPlace]) -> "Balance":
        """Count places."""
        return cls.of_counts(Counter(places))

    @classmethod
    def of_counts(cls, counts: Counter[BoutPlace]) -> "Balance":
        """Take counts by place."""
        return cls(**{name: counts[place] for place, name in _FIELDS.items()})


_FIELDS = {
    BoutPlace.KNOWN: "known",
    BoutPlace.FOR: "settled_for",
    BoutPlace.AGAINST: "settled_against",
    BoutPlace.YOURS: "needs_you",
}


class Sorter:
    """Puts bouts in their places by their clusters."""

    def __init__(self, clusters: Iterable[Cluster], register: ExpectedRegister) -> None:
        self._clusters: Mapping[str, Cluster] = {cluster.id: cluster for cluster in clusters}
        self._register = register

    def place(self, bout: Bout) -> BoutPlace | None:
        """Return the place of a bout; None if both monitors agree."""
        difference = bout.difference
        if difference is None:
            return None
        if difference.klass is not DiffClass.TRUE:
            return BoutPlace.KNOWN
        cluster = self._clusters[difference.cluster]
        right = bout.label.right if bout.label is not None and bout.label.alone else cluster.settled
        if right in {Right.CANDIDATE, Right.BOTH}:
            return BoutPlace.FOR
        if cluster.accepted or self._as_expected(bout, cluster):
            return BoutPlace.KNOWN
        if right is not None:
            return BoutPlace.AGAINST
        return BoutPlace.YOURS if cluster.open else BoutPlace.KNOWN

    def _as_expected(self, bout: Bout, cluster: Cluster) -> bool:
        """Return whether a bout is one that the register expects, and nothing speaks against the register."""
        entry = bout.difference.expected if bout.difference is not None else None
        expected = self._register.right(entry) if entry is not None else None
        if expected is None or cluster.over_ceiling:
            return False
        return not contradicts(bout.label, expected) if bout.label is not None else not cluster.contradicted
