"""Bouts, the unit of evidence: the longest stretch in which, for one pane, neither monitor changes its mind."""

from enum import StrEnum

from contract.record import Instant, Record
from shadow.differences import Difference, Fingerprint, Side


class Stratum(StrEnum):
    """A kind of bout that is judged for itself: agreeing about busy panes says nothing about drafts."""

    DRAFT = "draft"
    KILL = "kill"
    SPAWN = "spawn"
    NOTICE_IDLE = "notice_idle"
    NOTICE_CRASH = "notice_crash"
    APPROVAL = "approval"
    BUSY_CALLED_IDLE = "busy_called_idle"
    WAITING_CALLED_OTHER = "waiting_called_other"
    CALLED_CRASHED = "called_crashed"


class Right(StrEnum):
    """Who was right."""

    INCUMBENT = "incumbent"
    CANDIDATE = "candidate"
    BOTH = "both"
    NEITHER = "neither"


class Referee(StrEnum):
    """Who said who was right."""

    HINDSIGHT = "hindsight"
    PERSON = "person"


class Label(Record):
    """Who was right, by whom, and why."""

    right: Right
    by: Referee
    reason: str = ""


class Excuse(StrEnum):
    """Why a bout is in neither numerator nor denominator."""

    REPEAT = "repeat"
    """This pane and fingerprint counted less than ten minutes ago."""
    EXPECTED = "expected"
    SIGNED_OFF = "signed_off"
    NOISE = "noise"
    HARNESS = "harness"


class Bout(Record):
    """One bout, as the evidence gets it once it is settled."""

    id: str
    """Such as `b-1712-%12`: unique in one ledger."""
    pane: str | None
    """None where the subject is the session."""
    pid: int | None
    session: str
    window: str
    agent: str
    began: Instant
    ended: Instant | None
    """None while it lasts: a bout enters the evidence ten minutes after it began at the latest."""
    looks: int
    """In how many cycles it was seen."""
    agrees: bool
    """Neither state nor detail nor (within its window) any act differs."""
    difference: Difference | None
    fingerprint: Fingerprint
    incumbent: Side
    candidate: Side
    strata: tuple[Stratum, ...] = ()
    """In whose denominators it is: at least one monitor says that state or wants that act."""
    differs_in: tuple[Stratum, ...] = ()
    """Of these, the strata of which it is an event."""
    label: Label | None = None
    counts: bool = True
    why_not: Excuse | None = None
    settled_at: Instant | None = None

    @property
    def action_differs(self) -> bool:
        """Whether the difference, if any, is one of action."""
        return self.difference is not None and self.difference.severity == "action"

    @property
    def candidate_wrong(self) -> bool | None:
        """Whether the candidate was wrong; None where nobody has said."""
        return None if self.label is None else self.label.right in {Right.INCUMBENT, Right.NEITHER}

    @property
    def missed_crash(self) -> bool:
        """Whether the candidate called alive what was dead, settled: a hard guard of the judge."""
        if self.label is None or self.label.right is not Right.INCUMBENT:
            return False
        return self.incumbent.state == "crashed" and self.candidate.state != "crashed"


class Windows(Record):
    """How far apart two monitors may want the same act, by kind, in seconds."""

    notice_s: float = 30.0
    draft_s: float = 15.0
    kill_s: float = 60.0
    """Also for `spawn_manager`, and for every kind that has no window of its own."""

    def of(self, wish: str) -> float:
        """The window of a wish, as `contract.intents.wish` names it."""
        if wish.startswith("notify_manager"):
            return self.notice_s
        return self.draft_s if wish == "submit_draft" else self.kill_s


class BoutRules(Record):
    """When a bout counts and when it is settled, in seconds."""

    settle_s: float = 60.0
    """After it ended."""
    at_latest_s: float = 600.0
    """After it began."""
    repeat_s: float = 600.0
    """A pane and a fingerprint count once in this time."""
    windows: Windows = Windows()
