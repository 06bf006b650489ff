"""A difference between two monitors: the two sides, its class, its severity, and its fingerprint."""

from enum import StrEnum
from functools import cached_property
from hashlib import blake2b

from understudy.record import Record
from understudy.verdicts import UNKNOWN_AGENT, AgentRole, AgentState, IdleDetail

"""The CLI of a verdict if it is not known."""


class Severity(StrEnum):
    """The severity of a difference, by its consequence; the first is the gravest."""

    ACTION = "action"
    """One monitor wants an action that the other does not."""
    STATE = "state"
    DETAIL = "detail"

    @property
    def rank(self) -> int:
        """0 for the gravest severity."""
        return list(Severity).index(self)


class DiffClass(StrEnum):
    """The origin of a difference."""

    TRUE = "true"
    """Both monitors read the same tape: they differ in judgement."""
    NOISE = "noise"
    """The incumbent, on the adjacent tape and from the same memory, differs from itself in the same way."""
    LIVE_MISMATCH = "live_mismatch"
    """The candidate's live reading differs from its verdict on the tape."""
    HARNESS = "harness"
    """A deadline, a crash or a truncation: no judgement of a monitor."""


IntentKey = tuple[str, int]
"""The intent, as `understudy.intents.intent_key` names it, and its ordinal."""


class Silence(StrEnum):
    """The reason why a monitor sends no notice about a state that it reports."""

    ASLEEP = "asleep"
    """It pauses the session, and acts as if the pause were in force."""
    NO_MANAGER = "no_manager"
    """It sees no live manager in the session."""
    ATTENDED = "attended"
    """A person or the manager is busy with the pane."""


class Side(Record):
    """One monitor's report on one pane, or on one session if the subject is a session."""

    state: AgentState | None = None
    """None if it sees no agent there."""
    detail: IdleDetail | None = None
    rule: str = ""
    lines: tuple[str, ...] = ()
    intents: tuple[IntentKey, ...] = ()
    """Sorted, each name once."""
    role: AgentRole | None = None
    agent: str = UNKNOWN_AGENT
    """The agent CLI that it recognises."""
    silence: Silence | None = None
    """The reason why it would send no notice about this pane, if it would not."""

    @property
    def intent_keys(self) -> frozenset[str]:
        """Return the keys of its intents, whatever the ordinal."""
        return frozenset(name for name, _ in self.intents)

    def says(self, state: AgentState) -> bool:
        """Return whether it reports this state."""
        return self.state is state


NOTHING = Side()
"""The side of a monitor that reports nothing about a subject."""


class FingerprintSide(Record):
    """The part of a side in a fingerprint: without lines, details and ordinals, which differ between equal cases."""

    state: AgentState | None = None
    rule: str = ""
    intent_keys: tuple[str, ...] = ()
    """Sorted names."""
    silence: Silence | None = None

    @classmethod
    def of(cls, side: Side) -> "FingerprintSide":
        """Return the stance of a side."""
        return cls(state=side.state, rule=side.rule, intent_keys=tuple(sorted(side.intent_keys)), silence=side.silence)


class Fingerprint(Record):
    """The key of one kind of difference or agreement."""

    agent: str
    """The agent CLI as the candidate names it, or else the incumbent; `unknown` if neither names one."""
    incumbent: FingerprintSide
    candidate: FingerprintSide

    @classmethod
    def of(cls, incumbent: Side, candidate: Side) -> "Fingerprint":
        """Return the fingerprint of two sides."""
        agent = candidate.agent if candidate.agent != UNKNOWN_AGENT else incumbent.agent
        return cls(agent=agent, incumbent=FingerprintSide.of(incumbent), candidate=FingerprintSide.of(candidate))

    @cached_property
    def key(self) -> str:
        """Twelve hexadecimal digits, the same on every machine and in every run."""
        text = "\x1f".join((self.agent, *_words(self.incumbent), "\x1e", *_words(self.candidate)))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

    @property
    def cluster(self) -> str:
        """The short id of the cluster, such as `d-3fa9c1`: the pair of states, and whether an action differs.

        CLI, rule and the action itself tell apart what lies inside a cluster.
        """
        acts = "action" if self.incumbent.intent_keys != self.candidate.intent_keys else ""
        pair = "\x1f".join((self.incumbent.state or "-", self.candidate.state or "-", acts))
        return f"d-{blake2b(pair.encode(), digest_size=3).hexdigest()}"


class Change(Record):
    """One value that differs."""

    path: str
    """The path as DeepDiff writes it (`root['state']`)."""
    incumbent: str | None
    """The value as text; None if there is none."""
    candidate: str | None

    @property
    def name(self) -> str:
        """The path in short: `root['intents']['kill_window']` is `intents/kill_window`."""
        return self.path.removeprefix("root['").removesuffix("']").replace("']['", "/")


class Difference(Record):
    """One subject about which two monitors differ in one cycle, or in one bout."""

    pane: str | None
    """None if the subject is the session: spawning a manager, pausing, a whole team."""
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
    """The list of changes was cut short; the two sides are complete."""

    @property
    def subject(self) -> str:
        """Return its subject, as `subject` names it."""
        return subject(self.pane, self.session)

    @property
    def only_incumbent_wants(self) -> frozenset[str]:
        """Actions that only the incumbent wants."""
        return self.incumbent.intent_keys - self.candidate.intent_keys

    @property
    def only_candidate_wants(self) -> frozenset[str]:
        """Actions that only the candidate wants."""
        return self.candidate.intent_keys - self.incumbent.intent_keys


def subject(pane: str | None, session: str) -> str:
    """Return the name of a subject: a pane (`%12`), or a session (`=team`) for intents that concern all of it."""
    return pane if pane is not None else f"={session}"


def _words(stand: FingerprintSide) -> tuple[str, ...]:
    return (stand.state or "-", stand.rule, *stand.intent_keys, *((f"({stand.silence})",) if stand.silence else ()))
