"""One bout, as the evidence gets it."""

from enum import StrEnum
from hashlib import blake2b

from shadow.actions import Act
from shadow.differences import Difference, Fingerprint, Severity, Side
from shadow.hindsight import PaneHistory
from shadow.labels import Label, Right
from shadow.sides import Who
from shadow.strata import Stratum
from understudy.record import Instant, Record
from understudy.verdicts import AgentState


class Excuse(StrEnum):
    """Why a bout is in neither numerator nor denominator."""

    REPEAT = "repeat"
    """This pane and fingerprint counted less than ten minutes ago."""
    EXPECTED = "expected"
    SIGNED_OFF = "signed_off"
    NOISE = "noise"
    HARNESS = "harness"


class Bout(Record):
    """The longest stretch in which, for one subject, neither monitor's state, rule or intents changed."""

    id: str
    """Such as `b-3fa9c1d2e4`."""
    pane: str | None
    """None where the subject is the session."""
    pid: int | None
    session: str
    window: str
    agent: str
    began: Instant
    """The first look at which it was so."""
    ended: Instant | None
    """The last one; None while it lasts: a bout enters the evidence ten minutes after it began at the latest."""
    looks: int
    """In how many cycles it was seen."""
    agrees: bool
    """Neither state nor detail nor (within its window) any act differs."""
    difference: Difference | None
    fingerprint: Fingerprint
    incumbent: Side
    candidate: Side
    acts: tuple[Act, ...] = ()
    """How the acts compare, early and late ones too."""
    strata: tuple[Stratum, ...] = ()
    """In whose denominators it is: at least one monitor says that state or wants that act."""
    differs_in: tuple[Stratum, ...] = ()
    """Of these, the strata of which it is an event."""
    label: Label | None = None
    watched: bool = False
    """Hindsight looked: at all that differ in a pane, and at a sample of the agreements."""
    counts: bool = True
    why_not: Excuse | None = None
    settled_at: Instant | None = None

    @property
    def severity(self) -> Severity | None:
        """How much hangs on its difference; None where it agrees."""
        return None if self.difference is None else self.difference.severity

    @property
    def action_differs(self) -> bool:
        """Whether the difference, if any, is one of action."""
        return self.severity is Severity.ACTION

    @property
    def candidate_wrong(self) -> bool | None:
        """Whether the candidate was wrong; None where nobody has said."""
        return None if self.label is None else self.label.candidate_wrong

    @property
    def ruled_wrong(self) -> bool | None:
        """As `candidate_wrong`, where whoever said so may decide alone; hindsight must be able to speak for either."""
        return self.candidate_wrong if self.label is not None and self.label.alone else None

    @property
    def missed_crash(self) -> bool:
        """Whether the candidate called alive what was dead, settled: a hard guard of the judge."""
        if self.label is None or self.label.right is not Right.INCUMBENT:
            return False
        return (
            self.incumbent.state is AgentState.CRASHED
            and self.candidate.state is not None
            and self.candidate.state is not AgentState.CRASHED
        )


class OpenBout(Record):
    """A bout that is not settled yet, or is but still lasts."""

    id: str
    pane: str | None
    pid: int | None
    session: str
    window: str
    began: Instant
    seen: Instant
    """The last look at which it was so."""
    over: bool = False
    looks: int = 1
    noisy: int = 0
    """Looks whose difference was noise."""
    differing: int = 0
    incumbent: Side
    """At the last look, as the candidate's."""
    candidate: Side
    watch: PaneHistory = PaneHistory()
    settled: bool = False

    @property
    def who(self) -> Who:
        """Identity and labels."""
        return Who(self.pane, self.pid, self.session, self.window)


def in_sample(name: str, share: float) -> bool:
    """Whether an agreement is among those that hindsight looks at: told by its name, so the same in a replay."""
    return int(name.removeprefix("b-"), 16) < share * 16**16


def bout_id(subject: str, pid: int | None, began: float) -> str:
    """Name a bout by its subject and beginning: the same bout, the same name, also in a replay."""
    text = f"{subject}\x1f{pid}\x1f{began:.6f}"
    return f"b-{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
