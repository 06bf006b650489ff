"""What the harness tells a monitor: for which sessions it speaks, and what became of its intents."""

from enum import StrEnum

from understudy.record import Instant, Record


class Result(StrEnum):
    """What became of an intent."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The owner's, and not done: `why` says what stood in the way."""
    SHADOWED = "shadowed"
    """Another monitor owns the session: nothing is done on this one's word."""
    WATCH_ONLY = "watch_only"
    """Nobody's is done: the harness runs watch-only, or is frozen."""


class Outcome(Record):
    """What became of one intent of the cycle before."""

    intent_key: str
    """As `understudy.intents.intent_key` names it."""
    pane: str | None
    pid: int | None = None
    session: str
    ordinal: int
    result: Result
    done: bool
    """Whether the pane was really touched so, on whosever word: a shadow learns the owner's act from this."""
    at: Instant
    why: str = ""


class Scope(Record):
    """For which sessions a monitor speaks. It filters intents, never sight."""

    sessions: dict[str, Instant] | None = None
    """Session name -> since when; None for every session: in shadow both speak for all, to be compared."""

    def covers(self, session: str) -> bool:
        """Whether intents for this session are asked for."""
        return self.sessions is None or session in self.sessions


EVERYTHING = Scope()
"""Every session."""
