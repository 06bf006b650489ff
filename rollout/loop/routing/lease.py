"""Leases: a session for a slot of time. Pure; the same answer on every machine."""

from dataclasses import dataclass
from typing import Final

BUCKETS: Final = 100


@dataclass(frozen=True, slots=True)
class Lease:
    """One session in one slot: the unit of ownership."""

    session: str
    slot: int
    ends_at: float
    """Seconds since the epoch."""

    @property
    def name(self) -> str:
        """Return the value that the flag's stickiness hashes: `session#slot`."""
        return lease_name(self.session, self.slot)


def lease_name(session: str, slot: int) -> str:
    """Name the lease of a session in a slot."""
    return f"{session}#{slot}"


def lease_of(session: str, now: float, lease_s: float, slots_from: float = 0.0) -> Lease:
    """The lease that runs at `now`; slots are `lease_s` long and counted from `slots_from`, seconds since the epoch."""
    slot = int((now - slots_from) // lease_s)
    return Lease(session, slot, slots_from + (slot + 1) * lease_s)


def bucket(value: str, group: str) -> int:
    """The bucket, 1 to 100, that Unleash puts a value into: it is in by a rollout of that many percent or more."""
    import mmh3  # noqa: PLC0415 - only a run needs it

    return mmh3.hash(f"{group}:{value}", signed=False) % BUCKETS + 1


def due(value: str, percent: int, group: str) -> bool:
    """Whether a flag at so many percent is on for this value: which leases the candidate must have owned."""
    return bucket(value, group) <= percent
