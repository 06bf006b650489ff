"""What is remembered of an act from its first ask until it is closed: records only, all of them JSON."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from pydantic import Field

from shadow.rules import Windows
from understudy.intents import DESTRUCTIVE, Intent, intent_key
from understudy.record import Instant, Record
from understudy.verdicts import AgentState


class EpisodeState(StrEnum):
    """Where an episode stands. A closed one is not in the book any more."""

    SHADOWED = "shadowed"
    """Only a monitor that does not own the session has asked for it."""
    OPEN = "open"
    WAITING_KEY = "waiting_key"
    """It would destroy, and the second monitor is missing so far."""
    ESCALATED = "escalated"
    """It waits for a person's `approve`."""


class Voice(Record):
    """What one monitor says about an episode."""

    intent: Intent
    """As it last asked."""
    first_at: Instant
    last_at: Instant
    repeats: int = 0
    """The highest of its ordinals that was answered by a delivery, on whosever word."""


class Escalation(Record):
    """A question to a person."""

    episode: str
    session: str
    intent_key: str
    pane: str | None
    why: str
    at: Instant
    expires_at: Instant

    def is_open(self, now: float) -> bool:
        """Whether a person may still answer it."""
        return now < self.expires_at


class Episode(Record):
    """One act for one pane, as asked for by one monitor or both."""

    id: str
    """Such as `e-7f3a19c2d4e5f601`: what `approve` is given, whole or as many digits as are unmistakable."""
    intent_key: str
    """As `understudy.intents.intent_key` names it."""
    pane: str | None
    pid: int | None
    session: str
    opened_at: Instant
    voices: dict[str, Voice]
    """By role."""
    holder: str | None = None
    """The role on whose word it is delivered: the owner that opened it; None while nobody's owner asked."""
    left_at: Instant | None = None
    """Since when its holder owns the session no more."""
    state_behind: AgentState | None = None
    """What the pane was when the holder asked first."""
    looks_gone: int = 0
    rows: int = 0
    """How many deliveries were made out of it."""
    pending: str | None = None
    """The delivery that is wanted, or in hand."""
    pending_ordinals: dict[str, int] = Field(default_factory=dict)
    """By role, what each had asked for when that delivery was made out."""
    delivered: int = 0
    delivered_at: Instant | None = None
    refused_at: Instant | None = None
    why: str = ""
    """Why nothing was done the last time."""
    uncertain: bool = False
    """The harness died with its hand on it: only a person's word moves it on."""
    escalation: Escalation | None = None
    approved_by: str | None = None
    digest: bool = False
    """After a hand-over: to be told once more, in its manager's digest."""
    would_have: int = 0
    """The highest ordinal that watch-only have counted."""

    @property
    def kind(self) -> str:
        """The kind of intent."""
        return self.intent_key.partition(":")[0]

    @property
    def destructive(self) -> bool:
        """Whether it needs both monitors."""
        return self.kind in DESTRUCTIVE

    def state(self, now: float) -> EpisodeState:
        """Where it stands."""
        if self.holder is None:
            return EpisodeState.SHADOWED
        if self.escalation is not None and self.escalation.is_open(now) and self.approved_by is None:
            return EpisodeState.ESCALATED
        if self.destructive and not self.delivered and self.pending is None:
            return EpisodeState.WAITING_KEY
        return EpisodeState.OPEN


class Newcomer(Record):
    """A role to which a session was handed over by a change of stage."""

    role: str
    since: Instant
    greeted: bool = False
    """Whether its managers were told, in one digest each."""


class ReportedIntent(Record):
    """One intent of a role's last report, kept to tell it what became of that."""

    key: str
    ordinal: int


class EpisodeBook(Record):
    """Every open episode, and what has to be remembered beside them."""

    episodes: dict[str, Episode] = Field(default_factory=dict)
    """By `key_of`."""
    asked: dict[str, tuple[ReportedIntent, ...]] = Field(default_factory=dict)
    """By role."""
    watch_only: str = ""
    """Why nobody's intents were done in the last cycle; "" where they were."""
    would_have: dict[str, int] = Field(default_factory=dict)
    """By wish: acts that the owner wanted and a watch-only run did not do."""
    owners: dict[str, str] = Field(default_factory=dict)
    """Session -> role, in the last cycle."""
    handing_over: bool = False
    """The stage changed: the next cycle hands every open episode to whoever then owns its session."""
    newcomers: dict[str, Newcomer] = Field(default_factory=dict)
    """By session."""
    paused: dict[str, Instant] = Field(default_factory=dict)
    """Session -> until when its owner wants it left alone."""

    @property
    def pending(self) -> frozenset[str]:
        """The deliveries whose ends have to be settled."""
        return frozenset(episode.pending for episode in self.episodes.values() if episode.pending)

    def escalations(self, now: float) -> tuple[Escalation, ...]:
        """What waits for a person, oldest first."""
        waiting = (
            episode.escalation
            for episode in self.episodes.values()
            if episode.escalation and episode.approved_by is None and episode.escalation.is_open(now)
        )
        return tuple(sorted(waiting, key=lambda escalation: (escalation.at, escalation.episode)))

    def unraised(self, now: float) -> dict[str, int]:
        """By session, how many episodes would ask a person but for the limit of open questions."""
        counts: dict[str, int] = {}
        for episode in self.episodes.values():
            if episode.state(now) is EpisodeState.WAITING_KEY and episode.why.startswith(CROWDED):
                counts[episode.session] = counts.get(episode.session, 0) + 1
        return counts


CROWDED = "too many questions are open"


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures by which episodes live. Seconds, and counts."""

    windows: Windows = field(default_factory=Windows)
    """The window within which both monitors must want it."""
    single_key: frozenset[str] = frozenset()
    """Destructive kinds that the owner may have done alone."""
    grace_s: float = 300.0
    """How long an episode stays with its opener after the lease ended."""
    newcomer_s: float = 600.0
    """How long a new owner is refused `kill_window` and `spawn_manager`."""
    question_s: float = 900.0
    """After so long a question to a person expires."""
    questions: int = 5
    """Open questions a session."""
    retry_s: float = 10.0
    """A delivery that was refused is tried again after so long, while the intent stands."""
    closing_looks: int = 2


def key_of(intent: Intent) -> str:
    """Under which an intent is kept: the same act for the same pane and process is the same episode.

    What is done to a session as a whole is one act however the pane that it began with is named.
    """
    if intent.pane is None or intent.kind in {"spawn_manager", "pause_session"}:
        return f"{intent_key(intent)} {intent.session}"
    return f"{intent_key(intent)} {intent.pane} {intent.pid or '-'}"


def episode_id(key: str, opened_at: float) -> str:
    """Name an episode, the same way whenever the same cycle is done again."""
    return f"e-{blake2b(f'{key} {opened_at:.6f}'.encode(), digest_size=8).hexdigest()}"
