"""The records that leave the referee: scored spells, and their evidence events.

`ScoredSpell` passes from this package to the judge. One spell carries one vote a monitor; `evidence.evidence_of`
turns a spell into `SpellEvent`s, each of which one guardrail counts.
"""

from enum import StrEnum
from typing import Final

from understudy.record import Instant, Record
from understudy.verdicts import AgentState

_S = AgentState


class NamedState(StrEnum):
    """A set of states that the referee can name; also the stratum in which a spell is judged."""

    BUSY = "busy"
    IDLE = "idle"
    AT_REST = "at_rest"
    """Idle, or stopped by an error or a limit that stands on the screen. It counts for `idle`."""
    WAITING_APPROVAL = "waiting_approval"
    UNSUBMITTED_INPUT = "unsubmitted_input"
    CRASHED = "crashed"

    @property
    def states(self) -> frozenset[AgentState]:
        """The states that a monitor may report in such a spell."""
        return STATES[self]


STATES: Final = {
    NamedState.BUSY: frozenset({_S.BUSY, _S.STARTING}),
    NamedState.IDLE: frozenset({_S.IDLE}),
    NamedState.AT_REST: frozenset({_S.IDLE, _S.ERROR, _S.RATE_LIMITED}),
    NamedState.WAITING_APPROVAL: frozenset({_S.WAITING_APPROVAL}),
    NamedState.UNSUBMITTED_INPUT: frozenset({_S.UNSUBMITTED_INPUT}),
    NamedState.CRASHED: frozenset({_S.CRASHED}),
}
UNSCORED_AT_REST: Final = frozenset({_S.ERROR, _S.RATE_LIMITED})
"""Claims that `at_rest` neither confirms nor refutes: the screen shows an error that may be live or past."""


class NamingRule(StrEnum):
    """The rule that named a state."""

    SHELL = "shell"
    """A shell took over, or the pane is dead, after an agent had been in it."""
    ANSWERED = "answered"
    """A dialog stood at the foot of the screen and went away while the agent stayed."""
    SENT = "sent"
    """Text that stood left of the cursor in the composer was sent, and the agent answered it."""
    WITHDRAWN = "withdrawn"
    """Text that stood left of the cursor in the composer was removed again."""
    PRINTED = "printed"
    """It printed on without a key being pressed."""
    CLOCK = "clock"
    """A clock of its own advanced as the wall clock did."""
    SPUN = "spun"
    """A spinner of its own turned on and on."""
    STARTED = "started"
    """A program took over from the shell, and drew its composer or a dialog after that."""
    ACCEPTED = "accepted"
    """A prompt was accepted at once."""
    TYPED = "typed"
    """A prompt was typed into a resting composer."""
    AGENT_WORD = "agent_word"
    """The CLI itself reported it, through a hook or a transcript."""


class Vote(StrEnum):
    """The vote of one monitor in one spell."""

    RIGHT = "right"
    WRONG = "wrong"
    """An interior look claims a state outside the named set."""
    ABSTAINED = "abstained"
    """An interior look has no verdict or `unknown`: unscored in `wrong`, not right in `worse`."""
    UNSCORED = "unscored"
    """`error` or `rate_limited` claimed in an `at_rest` spell."""


class Duty(StrEnum):
    """The candidate's duty in one spell: to tell about a crashed or waiting agent."""

    DONE = "done"
    MISSED = "missed"
    """Neither told nor escalated within the window."""
    REPEATED = "repeated"
    """The same notice more than once."""
    MISDIRECTED = "misdirected"
    """Its target was no manager of the session."""


class CliVersion(Record):
    """One version of an agent CLI."""

    cli: str
    """Its family, as the monitors name it."""
    version: str


class Told(Record):
    """One right action of the incumbent, and whether the candidate took it too, within its window."""

    intent_key: str
    """As `understudy.intents.intent_key` names it: `notify_manager:idle`."""
    opened: Instant
    silent: bool
    """The event: the candidate stayed silent past the window."""


class ScoredSpell(Record):
    """One pane's run of looks with one named state, and both monitors' votes."""

    id: str
    """Id of pane, process and beginning: the same for any two monitors that are compared."""
    pane: str
    pid: int
    session: str
    window: str
    agent: str
    """CLI family as the monitors name it; `unknown` if neither names one."""
    ran: CliVersion | None = None
    """The CLI in the pane at the first look, or the one that had run there last; None where its version is unknown."""
    began: Instant
    """First look with the name."""
    ended: Instant
    """Last look with the name, or the one at which a long spell was scored while it went on."""
    looks: int
    named: NamedState
    rule: NamingRule
    """Of the first look."""
    incumbent: Vote = Vote.UNSCORED
    candidate: Vote = Vote.UNSCORED
    incumbent_after_s: float | None = None
    """Seconds from the first look to the first one at which it claims a state of the named set; None if never."""
    candidate_after_s: float | None = None
    known: bool = True
    """A monitor had a verdict on the pane; a spell of a pane without a verdict is no evidence."""
    told: tuple[Told, ...] = ()
    """By right action of the incumbent that the candidate had time to take."""
    duty: Duty | None = None
    """None if there is no duty: another state, or over before the window."""

    @property
    def scored(self) -> bool:
        """Return whether it enters `wrong` for the candidate."""
        return self.candidate in {Vote.RIGHT, Vote.WRONG}


class EvidenceKind(StrEnum):
    """The guardrail that counts an event."""

    WRONG = "wrong"
    WORSE = "worse"
    TOLD = "told"
    DUTY = "duty"
    ABSTAINED = "abstained"
    """No guardrail of its own: its share of the named spells must be below 20 % for a promotion."""


class SpellEvent(Record):
    """One yes or no that a guardrail counts."""

    guardrail: EvidenceKind
    stratum: NamedState
    """The named state; the guardrail as a whole counts every stratum."""
    event: bool
    """True if the bad thing happened."""
    decisive: bool = True
    """In `worse`: exactly one monitor was right. The unsafe bound (fewer than half) counts these alone, and an event is
    "the incumbent alone was right"; the bound for a promotion counts all of them. True in every other guardrail."""
    spell: str
    """Id of the spell."""
    pane: str
    """Pane and process: `%12/4711`."""
    agent: str
    at: Instant
    """The end of the spell."""
