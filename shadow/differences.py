"""What a difference between two monitors is: the two sides, its class, its consequence, and what it clusters by."""

from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from typing import Final

from understudy.record import Record
from understudy.verdicts import AgentRole, AgentState, IdleDetail

UNKNOWN_AGENT: Final = "unknown"
"""What a verdict says where the CLI is not known."""


class Severity(StrEnum):
    """How much hangs on a difference; the first is the gravest."""

    ACTION = "action"
    """One wants an act that the other does not."""
    STATE = "state"
    DETAIL = "detail"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class DiffClass(StrEnum):
    """Where a difference comes from."""

    TRUE = "true"
    """Both watched the same tape: they differ in judgement."""
    NOISE = "noise"
    """The incumbent, on the adjacent tape and from the same memory, differs from itself in the same way."""
    LIVE_MISMATCH = "live_mismatch"
    """The candidate's own live look differs from its verdict on the tape."""
    HARNESS = "harness"
    """Deadline, crash, truncation: nothing that a monitor judged."""


IntentKey = tuple[str, int]
"""What is wanted, as `understudy.intents.intent_key` names it, and its ordinal."""


class Silence(StrEnum):
    """Why a monitor tells nobody of what it sees."""

    ASLEEP = "asleep"
    """It wants the session left alone, and acts as if it were."""
    NO_MANAGER = "no_manager"
    """It sees no living manager in the session."""
    ATTENDED = "attended"
    """Somebody is busy with the pane."""


class Side(Record):
    """What one monitor says of one pane, or of one session where the subject is a session."""

    state: AgentState | None = None
    """None where it does not see an agent there."""
    detail: IdleDetail | None = None
    rule: str = ""
    lines: tuple[str, ...] = ()
    intents: tuple[IntentKey, ...] = ()
    """Sorted, each name once."""
    role: AgentRole | None = None
    agent: str = UNKNOWN_AGENT
    """Which agent CLI it takes it for."""
    silence: Silence | None = None
    """Why it would tell nobody of this pane, if so."""

    @property
    def intent_keys(self) -> frozenset[str]:
        """What it wants, whatever the ordinal."""
        return frozenset(name for name, _ in self.intents)

    def says(self, state: AgentState) -> bool:
        """Whether this is the state that it sees."""
        return self.state is state


NOTHING = Side()
"""The side of a monitor that says nothing of a subject."""


class FingerprintSide(Record):
    """What of a side goes into a fingerprint: no lines, details or ordinals, which tell two equal cases apart."""

    state: AgentState | None = None
    rule: str = ""
    intent_keys: tuple[str, ...] = ()
    """Sorted names."""
    silence: Silence | None = None

    @classmethod
    def of(cls, side: Side) -> "FingerprintSide":
        """Take the stand of a side."""
        return cls(state=side.state, rule=side.rule, intent_keys=tuple(sorted(side.intent_keys)), silence=side.silence)


class Fingerprint(Record):
    """What differences (and agreements) cluster by."""

    agent: str
    """Which agent CLI, as the candidate has it, or else the incumbent; `unknown` where neither knows."""
    incumbent: FingerprintSide
    candidate: FingerprintSide

    @classmethod
    def of(cls, incumbent: Side, candidate: Side) -> "Fingerprint":
        """Take the fingerprint of two sides."""
        agent = candidate.agent if candidate.agent != UNKNOWN_AGENT else incumbent.agent
        return cls(agent=agent, incumbent=FingerprintSide.of(incumbent), candidate=FingerprintSide.of(candidate))

    @cached_property
    def key(self) -> str:
        """Twelve hexadecimal digits, the same on every machine and in every run."""
        text = "\x1f".join((self.agent, *_words(self.incumbent), "\x1e", *_words(self.candidate)))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

    @property
    def cluster(self) -> str:
        """The short id by which people speak of it, such as `d-3fa9c1`."""
        return f"d-{self.key[:6]}"


class Change(Record):
    """One value that differs."""

    path: str
    """Where, as DeepDiff writes it (`root['state']`)."""
    incumbent: str | None
    """The value as text; None where there is none."""
    candidate: str | None

    @property
    def name(self) -> str:
        """The path as people write it: `root['intents']['kill_window']` is `intents/kill_window`."""
        return self.path.removeprefix("root['").removesuffix("']").replace("']['", "/")


class Difference(Record):
    """One subject about which two monitors differ in one cycle, or in one bout."""

    pane: str | None
    """None where the subject is the session: spawning a manager, pausing, a whole team."""
    pid: int | None
    session: str
    window: str
    agent: str
    severity: Severity
    klass: DiffClass = DiffClass.TRUE
    incumbent: Side
    candidate: Side
    fingerprint: Fingerprint
    cluster: str
    changes: tuple[Change, ...] = ()
    expected: str | None = None
    """Id of the entry of the register of expected differences that matches it."""
    partial: bool = False
    """The list of changes was cut short; the two sides are whole."""

    @property
    def subject(self) -> str:
        """What it is about, as `subject` names it."""
        return subject(self.pane, self.session)

    @property
    def only_incumbent_wants(self) -> frozenset[str]:
        """Acts that only the incumbent wants."""
        return self.incumbent.intent_keys - self.candidate.intent_keys

    @property
    def only_candidate_wants(self) -> frozenset[str]:
        """Acts that only the candidate wants."""
        return self.candidate.intent_keys - self.incumbent.intent_keys


def subject(pane: str | None, session: str) -> str:
    """Name what is compared: a pane (`%12`), or a session (`=team`) for what concerns all of it."""
    return pane if pane is not None else f"={session}"


def _words(stand: FingerprintSide) -> tuple[str, ...]:
    return (stand.state or "-", stand.rule, *stand.intent_keys, *((f"({stand.silence})",) if stand.silence else ()))
