"""The input of a monitor from the harness: the sessions for which it speaks, and the outcomes of its intents."""

from enum import StrEnum

from understudy.record import Instant, Record


class Result(StrEnum):
    """The outcome of an intent."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The owner's intent was not done: `why` names the hindrance."""
    SHADOWED = "shadowed"
    """Another monitor owns the session: intents of this one are not done."""
    WATCH_ONLY = "watch_only"
    """No monitor's intents are done: the harness runs watch-only, or is frozen."""


class Outcome(Record):
    """The outcome of one intent of the cycle before."""

    intent_key: str
    """As `understudy.intents.intent_key` names it."""
    pane: str | None
    pid: int | None = None
    session: str
    ordinal: int
    result: Result
    done: bool
    """True if the action was really done, for either monitor: the one in shadow learns the owner's action from this."""
    at: Instant
    why: str = ""


class Scope(Record):
    """The sessions whose intents a monitor is asked for. It filters intents, never the panes that are read."""

    sessions: dict[str, Instant] | None = None
    """Session name -> since when; None for every session: in shadow both monitors return intents for all of them."""

    def covers(self, session: str) -> bool:
        """Return whether intents for this session are asked for."""
        return self.sessions is None or session in self.sessions


EVERYTHING = Scope()
"""Every session."""
