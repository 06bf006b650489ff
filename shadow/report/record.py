"""The shadow-diff report as data: everything that a reader is told, whatever the form."""

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
    """One rate as the judge has it: what it counted, and what that shows. The report computes none of its own."""

    name: str
    """The guardrail, such as `wrong`."""
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
    spent: float | None = None
    """How much of the way to a rollback is gone, 0 to 1."""

    @property
    def rate(self) -> float | None:
        """Events a bout; None before the first."""
        return self.events / self.bouts if self.bouts else None

    @property
    def informative(self) -> bool:
        """Whether it has counted anything, or must before a promotion."""
        return self.stratum is None or bool(self.bouts or self.needed)


class Ruling(Record):
    """The judge's last word, as the report repeats it."""

    verdict: Literal["rollback", "hold", "promotable", "continue"]
    state: str = "running"
    """How the rollout stands: `running`, `held`, `paused`, `frozen`, `rolled_back`..."""
    reasons: tuple[str, ...] = ()
    """Sentences, the gravest first."""
    next: str | None = None
    """The stage that a promotion would lead to."""
    certainty: float | None = None
    """With which bounds are shown, 0 to 1."""


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
    """One entry of the register, as far as it occurred."""

    id: str
    title: str
    why: str
    right: Right
    bouts: int
    share: float
    """Of all settled bouts."""
    ceiling: float
    over_ceiling: bool
    contradicted: int
    """Bouts in which hindsight, or a person, found the candidate wrong where the entry holds it to be right."""


class Reason(Record):
    """One thing that settled bouts of a cluster."""

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
    """What a report tells of a cluster beside the cluster itself."""

    cluster: str
    balance: Balance
    reasons: tuple[Reason, ...]
    """The most frequent first; figures in them are those of one bout."""
    members: tuple[Member, ...]
    """The newest few."""


def waits(cluster: Cluster) -> bool:
    """Whether a cluster waits for a person: nobody has reviewed it, and a bout of it has settled."""
    return cluster.open and cluster.bouts > 0


class ShadowReport(Record):
    """Everything that the reader of a report is told, but for screens."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    made_at: Instant
    since: Instant | None
    """Beginning of the first bout."""
    until: Instant | None
    """When the last one was settled."""
    incumbent: str
    candidate: str
    stage: str | None
    ruling: Ruling | None
    """None where nothing was judged, as in a replay."""
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
    """Differing bouts by who was right, where somebody said so."""
    by_hindsight: int
    unlabelled: int
    """Bouts that differ in a state or an act, and of which nobody has said who was right."""
    panes: int
    sessions: int
    rates: tuple[Rate, ...]
    strata: tuple[StratumRow, ...]
    clusters: tuple[Cluster, ...]
    notes: tuple[Notes, ...]
    """One for each cluster, in the same order."""
    expected: tuple[ExpectedRow, ...]
    signed_off: tuple[Acceptance, ...]
    """Those that hold now."""
    timeline: Timeline
    confusion: tuple[ConfusionCell, ...]
    kinds: tuple[KindRate, ...]
    """How often each kind of difference is settled, and for whom; agreements that were looked at behind."""
    coverage: Coverage
    speeds: tuple[Speed, ...]
    address: tuple[str, ...]
    """What a command must be given to speak of this server (`--socket-name work`); empty for the last one run."""

    @property
    def open_clusters(self) -> tuple[Cluster, ...]:
        """What nobody has reviewed: each is one decision."""
        return tuple(cluster for cluster in self.clusters if waits(cluster))

    @property
    def noted(self) -> tuple[tuple[Cluster, Notes], ...]:
        """Each cluster with its notes: those that wait for a person first, then the gravest."""
        notes = {note.cluster: note for note in self.notes}
        return tuple((cluster, notes[cluster.id]) for cluster in sorted(self.clusters, key=lambda one: not waits(one)))

    @property
    def rolled_back(self) -> Move | None:
        """The move that sent the candidate back, where that is where the rollout stands."""
        return self.moves[-1] if self.moves and self.ruling and self.ruling.state == "rolled_back" else None

    def rate_of(self, name: str) -> Rate | None:
        """The rate of a guardrail as a whole."""
        return next((rate for rate in self.rates if rate.name == name and rate.stratum is None), None)
