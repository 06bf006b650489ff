"""Clusters counted bout by bout, so that the judge need not read a whole ledger every cycle."""

from collections.abc import Iterable

from pydantic import Field

from shadow.bout import Bout
from shadow.expected import ExpectedRegister
from shadow.openness import CeilingCounts, ClusterCounts, review
from shadow.signoffs import Signoffs
from understudy.record import Record


class Tallies(Record):
    """All clusters of one stage, and the counts of the whole basis that ceilings are held against."""

    clusters: dict[str, ClusterCounts] = Field(default_factory=dict)
    ceilings: CeilingCounts = CeilingCounts()

    def count(self, bouts: Iterable[Bout], register: ExpectedRegister) -> "Tallies":
        """Count settled bouts."""
        clusters, those = dict(self.clusters), tuple(bouts)
        for bout in those:
            if bout.difference is not None:
                name = bout.difference.cluster
                clusters[name] = clusters.get(name, ClusterCounts()).counted(bout, register)
        return Tallies(clusters=clusters, ceilings=self.ceilings.count(those))

    def relabel(self, changed: Iterable[tuple[Bout, Bout]], register: ExpectedRegister) -> "Tallies":
        """Count labels that bouts were given after they had been counted: each bout before and after."""
        clusters = dict(self.clusters)
        for before, after in changed:
            name = after.difference.cluster if after.difference is not None else ""
            if (counts := clusters.get(name)) is not None:
                clusters[name] = counts.counted(before, register, -1).counted(after, register)
        return self.model_copy(update={"clusters": clusters})

    def next_stage(self) -> "Tallies":
        """Start the clusters again; ceilings go on as long as plan and monitors are the same."""
        return Tallies(ceilings=self.ceilings)

    def open(self, signoffs: Signoffs, register: ExpectedRegister, now: float) -> tuple[str, ...]:
        """Return the clusters that wait for a person, by name."""
        return tuple(
            name
            for name, counts in sorted(self.clusters.items())
            if review(name, counts, self.ceilings, signoffs, register, now).open
        )

    def breached(self, register: ExpectedRegister) -> tuple[str, ...]:
        """Return the entries of the register that are more frequent than they allow."""
        return self.ceilings.breached(register)

    def holding(self, signoffs: Signoffs, now: float) -> Signoffs:
        """Leave out the sign-offs that have expired, or whose cluster is more frequent than theirs allows."""
        return self.ceilings.holding(signoffs, now)
