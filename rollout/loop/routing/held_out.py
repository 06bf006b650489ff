"""Held-out leases: those that are kept for judging, chosen before anything is compared. Pure."""

from hashlib import blake2b
from typing import Final

from rollout.loop.routing.lease import lease_of

_DIGEST_BYTES: Final = 8
_ALL: Final = 2.0**64
"""Number of digests."""


def is_held_out(session: str, at: float, *, share: float, lease_s: float) -> bool:
    """Tell whether the lease of `session` that runs at `at` is among the held-out `share` of all leases.

    The choice hashes the lease's name and nothing else: no monitor, no screen and no result can move it. All of a lease
    is held out, or none of it, and a lease that is held out at one share is so at every greater one.

    Args:
        session: Name of the session.
        at: Seconds since the epoch.
        share: 0 to 1: the share of leases to hold out, as more and more leases are seen.
        lease_s: Length of a lease, in seconds; slots are counted from the epoch.
    """
    name = lease_of(session, at, lease_s).name
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES, person=b"held-out").digest()
    return int.from_bytes(digest, "big") < share * _ALL
