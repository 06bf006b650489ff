"""The shadow-diff report as data: what was compared, how often the two differed, in what, and who was right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from contract.record import SCHEMA_VERSION, Instant, Record
from shadow.bout import Bout, Excuse
from shadow.clusters import Cluster, breached, clusters, tally
from shadow.differences import Difference, Severity
from shadow.expected import ExpectedRegister
from shadow.labels import Referee, Right
from shadow.settling import contradicts
from shadow.signoffs import Acceptance, Signoffs
from shadow.strata import Stratum


class Rate(Record):
    """One rate as the judge has it: what it counted, and what that shows. The report computes none of its own."""

    name: str
    """The guardrail, such as `action_difference`."""
    stratum: str | None = None
    bouts: int
    """Or looks, or cycles: what the guardrail counts."""
    events: int
    bound: float | None = None
    """The rate is below this, at any look, with the plan's certainty."""
    limit: float | None = None
    """Below this bound it is good enough to be promoted."""
    needed: int | None = None
    """So many more without an event until then."""

    @property
    def rate(self) -> float | None:
        """Events a bout; None before the first."""
        return self.events / self.bouts if self.bouts else None


class StratumRow(Record):
    """One stratum over all counted bouts."""

    stratum: Stratum
    bouts: int
    events: int


class ExpectedRow(Record):
    """One entry of the register, as far as it occurred."""

    id: str
    title: str
    right: Right
    bouts: int
    share: float
    """Of all settled bouts."""
    ceiling: float
    over_ceiling: bool
    contradicted: int
    """Bouts in which hindsight, or a person, found the candidate wrong where the entry holds it to be right."""


class ShadowReport(Record):
    """Everything that a reader of the report is told."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    made_at: Instant
    since: Instant | None
    """Beginning of the first bout."""
    until: Instant | None
    """When the last one was settled."""
    incumbent: str
    candidate: str
    stage: str | None
    bouts: int
    """Settled ones."""
    agreeing: int
    differing: dict[Severity, int]
    counted: int
    not_counted: dict[Excuse, int]
    rights: dict[Right, int]
    """Differing bouts by who was right, where somebody said so."""
    by_hindsight: int
    unlabelled: int
    """Bouts that differ in a state or an act, and of which nobody has said who was right."""
    panes: int
    sessions: int
    rates: tuple[Rate, ...]
    strata: tuple[StratumRow, ...]
    clusters: tuple[Cluster, ...]
    expected: tuple[ExpectedRow, ...]
    signed_off: tuple[Acceptance, ...]
    """Those that hold now."""

    @property
    def open_clusters(self) -> tuple[Cluster, ...]:
        """What nobody has reviewed."""
        return tuple(cluster for cluster in self.clusters if cluster.open)


def build(
    bouts: Sequence[Bout],
    now: float,
    *,
    incumbent: str,
    candidate: str,
    stage: str | None = None,
    rates: Iterable[Rate] = (),
    differences: Iterable[tuple[float, Difference]] = (),
    register: ExpectedRegister | None = None,
    signoffs: Signoffs | None = None,
) -> ShadowReport:
    """Make the report of some settled bouts.

    Args:
        bouts: Settled ones, in any order.
        now: When the report is made.
        incumbent: Its name and version, as a reader is told.
        candidate: Likewise.
        stage: Where the rollout stands.
        rates: The judge's.
        differences: Single differences with their instants, for clusters that have no settled bout yet.
        register: Which differences are expected.
        signoffs: What people have said.
    """
    differ = [bout for bout in bouts if bout.difference is not None]
    labels = [bout.label for bout in differ if bout.label is not None]
    told = signoffs or Signoffs()
    return ShadowReport(
        made_at=now,
        since=min((bout.began for bout in bouts), default=None),
        until=max((bout.settled_at or bout.began for bout in bouts), default=None),
        incumbent=incumbent,
        candidate=candidate,
        stage=stage,
        bouts=len(bouts),
        agreeing=len(bouts) - len(differ),
        differing=dict(Counter(bout.severity for bout in differ if bout.severity is not None)),
        counted=sum(bout.counts for bout in bouts),
        not_counted={excuse: count for excuse, count in tally(bouts).items() if excuse is not None},
        rights=dict(Counter(label.right for label in labels)),
        by_hindsight=sum(label.by is Referee.HINDSIGHT for label in labels),
        unlabelled=sum(bout.label is None and bout.severity is not Severity.DETAIL for bout in differ),
        panes=len({(bout.pane, bout.pid) for bout in bouts if bout.pane is not None}),
        sessions=len({bout.session for bout in bouts}),
        rates=tuple(rates),
        strata=_strata(bouts),
        clusters=clusters(bouts, now, differences=differences, register=register, signoffs=told),
        expected=_expected(bouts, register or ExpectedRegister()),
        signed_off=tuple(entry for entry in told.accepted if entry.holds(now)),
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
