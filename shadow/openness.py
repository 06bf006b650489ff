"""The rule by which a cluster waits for a person, one for the judge, the lists and the reports. Pure.

A cluster is open if an action differs in it, the difference is one of judgement, and neither the register, a sign-off,
a settlement nor the bouts that are decided already speak for it. States that differ without an action are scored by
the referee and need no decision.
"""

from collections import Counter
from collections.abc import Iterable
from math import log
from typing import Final

from pydantic import Field

from shadow.bout import Bout
from shadow.differences import DiffClass
from shadow.expected import ExpectedRegister
from shadow.grouping import BoutGroup
from shadow.labels import Right
from shadow.settling import contradicts
from shadow.signoffs import Lapse, Signoffs
from understudy.record import Record

ONE_WAY: Final = 0.95
"""Share of the decided bouts of a cluster that went one way, from which on it needs no decision."""


class ClusterCounts(Record):
    """Counts of the settled bouts of one cluster."""

    bouts: int = 0
    actions: int = 0
    """Of these, the ones in which an action differs on one tape, and not by the incumbent's own noise."""
    unexpected: int = 0
    """Of the differing actions, those that no entry of the register expects."""
    decided: int = 0
    """Bouts whose label may decide alone."""
    for_candidate: int = 0
    """Of the decided ones, those in which the candidate was right."""
    entries: dict[str, int] = Field(default_factory=dict)
    """Bouts by entry of the register."""
    contradicted: int = 0
    """Expected bouts in which a label that may decide alone speaks against the candidate, and the register for it."""

    def counted(self, bout: Bout, register: ExpectedRegister, times: int = 1) -> "ClusterCounts":
        """Count a bout; -1 `times` takes it out again."""
        difference = bout.difference
        if difference is None:
            return self
        entry = difference.expected
        right = register.right(entry) if entry is not None else None
        alone = bout.label is not None and bout.label.alone  # a hint opens nothing
        acts = bout.action_differs and difference.klass is DiffClass.TRUE
        entries = dict(self.entries)
        if entry is not None:
            entries[entry] = entries.get(entry, 0) + times
        return ClusterCounts(
            bouts=self.bouts + times,
            actions=self.actions + times * acts,
            unexpected=self.unexpected + times * (acts and entry is None),
            decided=self.decided + times * (bout.ruled_wrong is not None),
            for_candidate=self.for_candidate + times * (bout.ruled_wrong is False),
            entries={name: count for name, count in entries.items() if count},
            contradicted=self.contradicted + times * (right is not None and alone and contradicts(bout.label, right)),
        )

    @property
    def as_expected(self) -> bool:
        """Return whether every differing action is an expected one, and nothing speaks against the register."""
        return self.actions > 0 and not self.unexpected and not self.contradicted

    @property
    def proven(self) -> bool:
        """Return whether more than half of the bouts are decided, at least 95 % of them for the candidate."""
        return 2 * self.decided > self.bouts and self.for_candidate >= ONE_WAY * self.decided

    @property
    def one_way(self) -> Right | None:
        """Return the monitor for which at least 95 % of the decided bouts, and more than half of all, were decided."""
        if 2 * self.decided <= self.bouts:
            return None
        if self.proven:
            return Right.CANDIDATE
        return Right.INCUMBENT if self.decided - self.for_candidate >= ONE_WAY * self.decided else None


class CeilingCounts(Record):
    """Counts that ceilings are held against: all bouts of one basis (plan and monitors), across its stages."""

    total: int = 0
    """Settled bouts, agreements too."""
    clusters: dict[str, int] = Field(default_factory=dict)
    entries: dict[str, int] = Field(default_factory=dict)

    def count(self, bouts: Iterable[Bout]) -> "CeilingCounts":
        """Count settled bouts."""
        total, clusters, entries = self.total, dict(self.clusters), dict(self.entries)
        for bout in bouts:
            total += 1
            if (difference := bout.difference) is not None:
                clusters[difference.cluster] = clusters.get(difference.cluster, 0) + 1
                if (entry := difference.expected) is not None:
                    entries[entry] = entries.get(entry, 0) + 1
        return CeilingCounts(total=total, clusters=clusters, entries=entries)

    @classmethod
    def of_groups(cls, groups: Iterable[BoutGroup]) -> "CeilingCounts":
        """Count settled bouts that were counted in groups."""
        total, clusters, entries = 0, Counter[str](), Counter[str]()
        for group in groups:
            total += group.times
            if (difference := group.bout.difference) is not None:
                clusters[difference.cluster] += group.times
                if difference.expected is not None:
                    entries[difference.expected] += group.times
        return CeilingCounts(total=total, clusters=dict(clusters), entries=dict(entries))

    def breached(self, register: ExpectedRegister) -> tuple[str, ...]:
        """Return the entries of the register that are more frequent than they allow."""
        known = ((name, register.entry(name)) for name in self.entries)
        return tuple(sorted(name for name, entry in known if entry and self._above(self.entries[name], entry.ceiling)))

    def passes(self, cluster: str, ceiling: float) -> bool:
        """Return whether a cluster is shown to be more frequent than a ceiling allows."""
        return self._above(self.clusters.get(cluster, 0), ceiling)

    def holding(self, signoffs: Signoffs, now: float) -> Signoffs:
        """Leave out the sign-offs that have expired, or whose cluster is more frequent than theirs allows."""
        kept = tuple(entry for entry in signoffs.in_force(now) if not self.passes(entry.cluster, entry.ceiling))
        return signoffs.model_copy(update={"accepted": kept})

    def _above(self, count: int, ceiling: float) -> bool:
        return shown_above(count, self.total, ceiling)


class Review(Record):
    """The state of the review of one cluster."""

    open: bool
    """It waits for a person."""
    accepted: bool
    """It is signed off, the sign-off has not expired, and its ceiling holds."""
    settled: Right | None
    """A person's last decision on the whole cluster."""
    over_ceiling: bool
    """It is more frequent than its sign-off, or an entry of the register that expects it, allows."""
    reopened: Lapse | None
    """It was signed off, and that holds no longer."""


def review(
    name: str,
    counts: ClusterCounts,
    ceilings: CeilingCounts,
    signoffs: Signoffs,
    register: ExpectedRegister,
    now: float,
) -> Review:
    """Tell whether the cluster `name` waits for a person, and what was decided of it so far."""
    acceptance, settlement = signoffs.acceptance(name, now), signoffs.settlement(name)
    over_signoff = acceptance is not None and ceilings.passes(name, acceptance.ceiling)
    over_ceiling = over_signoff or not counts.entries.keys().isdisjoint(ceilings.breached(register))
    accepted = acceptance is not None and not over_signoff
    excused = counts.as_expected or accepted or counts.proven
    return Review(
        open=counts.actions > 0 and settlement is None and (over_ceiling or not excused),
        accepted=accepted,
        settled=None if settlement is None else settlement.right,
        over_ceiling=over_ceiling,
        reopened=Lapse.CEILING if over_signoff else signoffs.lapsed(name, now),
    )


def shown_above(count: int, total: int, ceiling: float) -> bool:
    """Return whether so many of so many are shown to be more than a ceiling allows, and not just a bad beginning.

    Chernoff's bound: a rate at the ceiling would show as much in fewer than one of a hundred samples.
    """
    share = count / total if total else 0.0
    if share <= ceiling:
        return False
    rest = (1 - share) * log((1 - share) / (1 - ceiling)) if share < 1 else 0.0
    return total * (share * log(share / ceiling) + rest) > log(100)
