"""The record of one bout."""

from enum import StrEnum
from hashlib import blake2b

from shadow.actions import ActionComparison
from shadow.differences import Difference, Fingerprint, Severity, Side
from shadow.hindsight import PaneHistory
from shadow.labels import Label, Right
from shadow.sides import Who
from shadow.strata import Stratum
from understudy.record import Instant, Record
from understudy.verdicts import AgentState


class Excuse(StrEnum):
    """The reason why a bout is in neither numerator nor denominator."""

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
    """The first look of the bout."""
    ended: Instant | None
    """The last look; None while the bout lasts. A bout is settled ten minutes after it began at the latest."""
    looks: int
    """Number of cycles in which it was seen."""
    agrees: bool
    """Neither the state nor the detail nor (within its window) any action differs."""
    difference: Difference | None
    fingerprint: Fingerprint
    incumbent: Side
    candidate: Side
    acts: tuple[ActionComparison, ...] = ()
    """The comparison of the actions, early and late ones too."""
    strata: tuple[Stratum, ...] = ()
    """Strata whose denominators count it: at least one monitor reports that state or wants that action."""
    differs_in: tuple[Stratum, ...] = ()
    """Of these, the strata in which it is an event."""
    label: Label | None = None
    watched: bool = False
    """Hindsight examined it. It examines every bout of a pane that differs, and a sample of the agreements."""
    counts: bool = True
    why_not: Excuse | None = None
    settled_at: Instant | None = None

    @property
    def severity(self) -> Severity | None:
        """The severity of its difference; None if both agree."""
        return None if self.difference is None else self.difference.severity

    @property
    def action_differs(self) -> bool:
        """Return whether the two monitors differ in an action."""
        return self.severity is Severity.ACTION

    @property
    def candidate_wrong(self) -> bool | None:
        """Return whether the candidate was wrong; None without a label."""
        return None if self.label is None else self.label.candidate_wrong

    @property
    def ruled_wrong(self) -> bool | None:
        """Like `candidate_wrong`, but None if the label may not decide alone: hindsight settles for one side only."""
        return self.candidate_wrong if self.label is not None and self.label.alone else None

    @property
    def missed_crash(self) -> bool:
        """Return whether the candidate missed a crash, and that is settled: a hard guard of the judge."""
        if self.label is None or self.label.right is not Right.INCUMBENT:
            return False
        return (
            self.incumbent.state is AgentState.CRASHED
            and self.candidate.state is not None
            and self.candidate.state is not AgentState.CRASHED
        )


class OpenBout(Record):
    """A bout that is not settled yet, or that is settled and still lasts."""

    id: str
    pane: str | None
    pid: int | None
    session: str
    window: str
    began: Instant
    seen: Instant
    """The last look of the bout so far."""
    over: bool = False
    looks: int = 1
    noisy: int = 0
    """Looks whose difference was noise."""
    differing: int = 0
    incumbent: Side
    """At the last look, like the candidate's."""
    candidate: Side
    watch: PaneHistory = PaneHistory()
    settled: bool = False

    @property
    def who(self) -> Who:
        """Identity and labels."""
        return Who(self.pane, self.pid, self.session, self.window)


def in_sample(name: str, share: float) -> bool:
    """Return whether hindsight examines this agreement. The id decides, so a replay examines the same ones."""
    return int(name.removeprefix("b-"), 16) < share * 16**16


def bout_id(subject: str, pid: int | None, began: float) -> str:
    """Return the id of a bout, made of its subject and beginning: a replay gives the same bout the same id."""
    text = f"{subject}\x1f{pid}\x1f{began:.6f}"
    return f"b-{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
