"""Clusters counted bout by bout, so that the judge need not read a whole ledger every cycle."""

from collections.abc import Iterable

from pydantic import Field

from shadow.bout import Bout
from shadow.clusters import shown_above
from shadow.differences import DiffClass
from shadow.expected import ExpectedRegister
from shadow.settling import contradicts
from shadow.signoffs import Signoffs
from understudy.record import Record


class ClusterTally(Record):
    """What is counted of one cluster; `shadow.clusters.Cluster` says the same of a whole list of bouts."""

    bouts: int = 0
    acts: int = 0
    """Of these the ones in which an act differs, on one tape and not by the incumbent's own noise."""
    known: int = 0
    """Bouts of which somebody who may decide alone said who was right."""
    wrong: int = 0
    """Bouts in which the candidate was wrong, whoever says so."""
    expected: str | None = None
    """Id of the entry of the register."""
    contradicted: int = 0

    @property
    def proven(self) -> bool:
        """Whether the candidate was right wherever somebody knows, and more than half is known."""
        return 2 * self.known > self.bouts and not self.wrong


class Tallies(Record):
    """All clusters of one stage."""

    total: int = 0
    """Settled bouts, agreements too."""
    clusters: dict[str, ClusterTally] = Field(default_factory=dict)

    def count(self, bouts: Iterable[Bout], register: ExpectedRegister) -> "Tallies":
        """Count settled bouts."""
        clusters, total = dict(self.clusters), self.total
        for bout in bouts:
            total += 1
            if bout.difference is not None:
                name = bout.difference.cluster
                clusters[name] = _with(clusters.get(name, ClusterTally()), bout, register)
        return Tallies(total=total, clusters=clusters)

    def label(self, bouts: Iterable[Bout]) -> "Tallies":
        """Count labels that bouts were given after they had been counted."""
        clusters = dict(self.clusters)
        for bout in bouts:
            name = bout.difference.cluster if bout.difference is not None else ""
            if (tally := clusters.get(name)) is not None:
                more = {"known": tally.known + 1, "wrong": tally.wrong + bool(bout.candidate_wrong)}
                clusters[name] = tally.model_copy(update=more)
        return self.model_copy(update={"clusters": clusters})

    def open(self, signoffs: Signoffs, register: ExpectedRegister, now: float) -> tuple[str, ...]:
        """The clusters of differing acts that wait for a person, by name."""
        breached = set(self.breached(register))
        return tuple(
            name
            for name, tally in sorted(self.clusters.items())
            if tally.acts
            and signoffs.settlement(name) is None
            and not self._excused(name, tally, signoffs, breached, now)
        )

    def breached(self, register: ExpectedRegister) -> tuple[str, ...]:
        """The entries of the register that are more frequent than they allow: what they expected is no longer so."""
        counts: dict[str, int] = {}
        for tally in self.clusters.values():
            if tally.expected is not None:
                counts[tally.expected] = counts.get(tally.expected, 0) + tally.bouts
        entries = ((name, register.entry(name)) for name in counts)
        return tuple(name for name, entry in entries if entry and shown_above(counts[name], self.total, entry.ceiling))

    def holding(self, signoffs: Signoffs, now: float) -> Signoffs:
        """Leave out the sign-offs that have expired, or whose cluster is more frequent than theirs allows."""
        kept = tuple(
            entry
            for entry in signoffs.in_force(now)
            if not shown_above(self.clusters.get(entry.cluster, ClusterTally()).bouts, self.total, entry.ceiling)
        )
        return signoffs.model_copy(update={"accepted": kept})

    def _excused(self, name: str, tally: ClusterTally, signoffs: Signoffs, breached: set[str], now: float) -> bool:
        if tally.expected is not None and not tally.contradicted:
            return tally.expected not in breached
        return tally.proven or self.holding(signoffs, now).acceptance(name, now) is not None


def _with(tally: ClusterTally, bout: Bout, register: ExpectedRegister) -> ClusterTally:
    difference, expected = bout.difference, bout.difference.expected if bout.difference else None
    right = register.right(expected) if expected is not None else None
    true = difference is not None and difference.klass is DiffClass.TRUE
    return ClusterTally(
        bouts=tally.bouts + 1,
        acts=tally.acts + (bout.action_differs and true),
        known=tally.known + (bout.ruled_wrong is not None),
        wrong=tally.wrong + bool(bout.candidate_wrong),
        expected=expected or tally.expected,
        contradicted=tally.contradicted + (right is not None and contradicts(bout.label, right)),
    )
