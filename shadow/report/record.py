"""The shadow-diff report as data: the content of all its forms."""

from typing import Literal

from pydantic import Field

from shadow.bout import Excuse
from shadow.clusters import Cluster
from shadow.differences import Severity
from shadow.kinds import KindRate
from shadow.labels import Right
from shadow.report.balance import Balance
from shadow.report.confusion import ConfusionCell
from shadow.report.coverage import Coverage
from shadow.report.speeds import Speed
from shadow.report.timeline import Timeline
from shadow.signoffs import Acceptance
from shadow.strata import Stratum
from understudy.record import SCHEMA_VERSION, Instant, Record


class Rate(Record):
    """One rate from the judge: its counts and the bound that they prove. The report computes no rate of its own."""

    name: str
    """The guardrail, such as `wrong`."""
    stratum: str | None = None
    bouts: int
    """Units that the guardrail counted: spells, live readings or cycles."""
    events: int
    bound: float | None = None
    """The rate is below this, at any look, with the plan's certainty."""
    limit: float | None = None
    """Below this bound it is good enough to be promoted."""
    needed: int | None = None
    """Further units without an event until then."""
    spent: float | None = None
    """Rollback pressure, 0 to 1: the evidence as a share of the limit."""

    @property
    def rate(self) -> float | None:
        """Events a bout; None before the first."""
        return self.events / self.bouts if self.bouts else None

    @property
    def informative(self) -> bool:
        """Return whether it has counted a unit, or must before a promotion."""
        return self.stratum is None or bool(self.bouts or self.needed)


class OutcomeRow(Record):
    """One outcome of the leases of both monitors, as the judge has it."""

    name: str
    """`blocked`, `crashed`, `idle` or `futile_notices`."""
    title: str
    candidate: float
    """Mean share over its leases, 0 to 1: of the agents' time, or of the notices."""
    incumbent: float
    leases: int
    """Finished ones of the candidate."""
    incumbent_leases: int
    candidate_agent_hours: float
    incumbent_agent_hours: float
    e_value: float
    """Evidence that the candidate's share is larger by more than a fifth."""
    limit: float
    """The e-value at which it holds a promotion."""
    holds: bool


class Ruling(Record):
    """The judge's last verdict, as the report repeats it."""

    word: str
    """The verdict as a person reads it: `Watching`, `Needs you`, `Ready`, `Unsafe`, `Rolled back`, `No run`."""
    sentence: str
    """Without a full stop."""
    command: str = ""
    """The one command to type."""
    exposure_percent: int = 0
    decisions: int | None = None
    """Decisions that wait for a person: open clusters, and actions; None to count the open clusters."""
    unsafe: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences that come before everything else."""
    verdict: Literal["rollback", "hold", "promotable", "continue"]
    state: str = "running"
    """The state of the rollout: `running`, `held`, `paused`, `frozen`, `rolled_back`..."""
    reasons: tuple[str, ...] = ()
    """Sentences, the gravest first."""
    waived: tuple[str, ...] = ()
    """A sentence for each named state that a person took out of what a promotion needs."""
    next: str | None = None
    """The stage that a promotion would lead to."""
    certainty: float | None = None
    """The certainty with which bounds are proven, 0 to 1."""


class Move(Record):
    """One change of the stage."""

    at: Instant
    before: str
    after: str
    actor: str
    reason: str


class StratumRow(Record):
    """One stratum over all counted bouts."""

    stratum: Stratum
    bouts: int
    events: int


class ExpectedRow(Record):
    """One entry of the register that occurred."""

    id: str
    title: str
    why: str
    right: Right
    bouts: int
    share: float
    """The share of all settled bouts."""
    ceiling: float
    over_ceiling: bool
    contradicted: int
    """Bouts in which hindsight, or a person, found the candidate wrong although the entry names it as right."""


class Reason(Record):
    """One reason that settled bouts of a cluster."""

    right: Right
    by: str
    """`hindsight` or `person`."""
    text: str
    bouts: int


class Member(Record):
    """One bout of a cluster."""

    id: str
    subject: str
    session: str
    window: str
    began: Instant
    looks: int
    right: Right | None
    counts: bool


class Notes(Record):
    """The notes on a cluster beside the cluster itself."""

    cluster: str
    balance: Balance
    reasons: tuple[Reason, ...]
    """The most frequent first; figures in them are those of one bout."""
    members: tuple[Member, ...]
    """The newest bouts."""


def waits(cluster: Cluster) -> bool:
    """Return whether a cluster waits for a person, as the judge counts it."""
    return cluster.open


class ShadowReport(Record):
    """The content of a report without screens."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    made_at: Instant
    since: Instant | None
    """The beginning of the first bout."""
    until: Instant | None
    """The time at which the last bout was settled."""
    incumbent: str
    candidate: str
    stage: str | None
    ruling: Ruling | None
    """None if nothing was judged, as in a replay."""
    moves: tuple[Move, ...]
    """Oldest first."""
    bouts: int
    """Settled ones."""
    agreeing: int
    balance: Balance
    """Of the bouts that differ."""
    differing: dict[Severity, int]
    counted: int
    not_counted: dict[Excuse, int]
    rights: dict[Right, int]
    """Labelled differing bouts by which side was right."""
    by_hindsight: int
    unlabelled: int
    """Bouts that differ in a state or an action and have no label."""
    panes: int
    sessions: int
    rates: tuple[Rate, ...]
    outcomes: tuple[OutcomeRow, ...] = ()
    """Empty as long as one monitor has no finished lease."""
    strata: tuple[StratumRow, ...]
    clusters: tuple[Cluster, ...]
    notes: tuple[Notes, ...]
    """One for each cluster, in the same order."""
    expected: tuple[ExpectedRow, ...]
    signed_off: tuple[Acceptance, ...]
    """Sign-offs that hold now."""
    timeline: Timeline
    confusion: tuple[ConfusionCell, ...]
    kinds: tuple[KindRate, ...]
    """Settle rates of each kind of difference; examined agreements come last."""
    coverage: Coverage
    speeds: tuple[Speed, ...]
    address: tuple[str, ...]
    """Return the options that name this server in a command (`--socket-name work`); empty for the last one run."""

    @property
    def open_clusters(self) -> tuple[Cluster, ...]:
        """Return the clusters without a review."""
        return tuple(cluster for cluster in self.clusters if waits(cluster))

    @property
    def decisions(self) -> int:
        """Return the number of decisions that wait for a person: the judge's count, else the open clusters."""
        said = self.ruling.decisions if self.ruling else None
        return len(self.open_clusters) if said is None else said

    @property
    def noted(self) -> tuple[tuple[Cluster, Notes], ...]:
        """Each cluster with its notes: clusters that wait for a person first, then the gravest."""
        notes = {note.cluster: note for note in self.notes}
        return tuple((cluster, notes[cluster.id]) for cluster in sorted(self.clusters, key=lambda one: not waits(one)))

    def rate_of(self, name: str) -> Rate | None:
        """Return the rate of a guardrail over all strata."""
        return next((rate for rate in self.rates if rate.name == name and rate.stratum is None), None)
