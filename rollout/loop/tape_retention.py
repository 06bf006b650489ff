"""Which kept tapes go, and in what order: pure; the tape store does the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32


class Interest(StrEnum):
    """What a cycle's tape is worth keeping for; the first goes first."""

    AGREES = "agrees"
    KNOWN = "known"
    """All that differs is expected."""
    DIFFERS = "differs"
    """Something differs that nobody expected."""

    @property
    def rank(self) -> int:
        """0 for what goes first."""
        return list(Interest).index(self)


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept, and for how long."""

    days: float = 14.0
    megabytes: float = 500.0
    """Of tapes, screens and memories together, in 10^6 bytes."""
    sample: float = 0.05
    """The share of the cycles without a difference whose tapes are kept."""
    newest: int = 30
    """Tapes kept whatever was on them: what another version of a monitor warms up on."""

    @property
    def size(self) -> float:
        """In bytes."""
        return self.megabytes * 1e6


@dataclass(frozen=True, slots=True)
class RetainedTape:
    """One tape in the tape store. `at` is in seconds since the epoch."""

    name: str
    interest: Interest
    at: float


def sampled(name: str, share: float) -> bool:
    """Whether a tape without a difference is among those that are kept: told by its name, so the same at any time."""
    return crc32(name.encode()) < share * 2**32


def outdated(kept: Iterable[RetainedTape], now: float, rules: Retention) -> list[RetainedTape]:
    """Name what goes whatever room there is: what is too old, and agreements that are neither new nor in the sample."""
    by_age = sorted(kept, key=lambda one: (one.at, one.name))
    old = now - rules.days * 86400
    rest = by_age[: -rules.newest] if rules.newest else by_age
    dull = {one.name for one in rest if one.interest is Interest.AGREES and not sampled(one.name, rules.sample)}
    return [one for one in by_age if one.at < old or one.name in dull]


def by_worth(kept: Iterable[RetainedTape], rules: Retention) -> list[RetainedTape]:
    """Order what may go where room is short: agreements, then what was expected, the oldest first; the newest stay."""
    by_age = sorted(kept, key=lambda one: (one.at, one.name))
    rest = by_age[: -rules.newest] if rules.newest else by_age
    return sorted(rest, key=lambda one: (one.interest.rank, one.at, one.name))
