"""The port of the flags of a rollout: a file, or a server. Two sources behind one port."""

from dataclasses import dataclass
from typing import Final, Protocol

from rollout.store.flags.document import FlagsDocument
from rollout.store.flags.faults import quoted

MAX_AGE_S: Final = 300.0
"""Seconds for which flags that can no longer be confirmed are followed, by default."""


class FlagsUnreachable(Exception):
    """The flag source could not be reached: nothing was read, and nothing was changed."""

    def __init__(self, text: str) -> None:
        """Keep the text without secrets and control characters: it quotes addresses, and what a server says."""
        super().__init__(quoted(text))


class WriteUnknown(Exception):
    """A write was sent; whether it was done is unknown."""

    def __init__(self, text: str) -> None:
        """Keep the text without secrets and control characters: it quotes addresses, and what a server says."""
        super().__init__(quoted(text))


class RevisionMoved(Exception):
    """Another process wrote the flags meanwhile."""

    def __init__(self, expected: "HeldExposure", found: "HeldExposure") -> None:
        super().__init__(
            f"the flags have {found}, not {expected}: another process wrote them meanwhile. "
            "Look at `understudy flags show` and decide again"
        )
        self.expected = expected
        self.found = found


@dataclass(frozen=True, slots=True)
class HeldExposure:
    """The candidate's share as it is held now: what a write must find, or is refused."""

    revision: int
    """Counts the writes of this program."""
    percent: int

    def __str__(self) -> str:
        return f"revision {self.revision} ({self.percent} %)"


@dataclass(frozen=True, slots=True)
class FlagReading:
    """The flags by which a cycle is routed."""

    document: FlagsDocument | None
    """None where there is nothing that may be followed: the incumbent's."""
    doubt: str = ""
    """The reason why these may not be the current flags; empty if they are."""
    age_s: float = 0.0
    """Seconds since the flag source confirmed them."""

    def __post_init__(self) -> None:
        """Keep the doubt without secrets and control characters: it quotes an address, and what a server says."""
        object.__setattr__(self, "doubt", quoted(self.doubt))


class Flags(Protocol):
    """Holds the flags of one rollout: a file, or a flag server."""

    def follow(self, now: float) -> FlagReading:
        """Say what to route by at `now`, seconds since the epoch; never raises, and never keeps a cycle waiting."""
        ...

    def held(self) -> HeldExposure:
        """Ask what is held now; raises `BadFlags` or `FlagsUnreachable`."""
        ...

    def write_exposure(self, percent: int, expected: HeldExposure | None = None) -> HeldExposure:
        """Set the candidate's share to a whole percent, and say what was read back.

        Nothing is written where something else than `expected` is held (`RevisionMoved`); without it, it is written
        whatever stands there. Raises `BadFlags`, `FlagsUnreachable`, or `WriteUnknown`.
        """
        ...


def last_good(document: FlagsDocument | None, fault: str, age_s: float, max_age_s: float) -> FlagReading:
    """Return the flags that are still followed once the flags cannot be confirmed, and how that is said. Pure."""
    if document is None:
        return FlagReading(None, f"{fault}: there are no good ones to go on with", age_s)
    if age_s > max_age_s:
        old = f"the last good ones are {_ago(age_s)} old, and after {_ago(max_age_s)} they are no longer followed"
        return FlagReading(None, f"{fault}: {old}", age_s)
    return FlagReading(document, f"{fault}: the last good ones, {_ago(age_s)} old, are followed", age_s)


def _ago(seconds: float) -> str:
    minutes = 120
    return f"{seconds:.0f} s" if seconds < minutes else f"{seconds / 60:.0f} min"
