"""Exposure as it was: of the leases that hashed to the candidate, which were its own?"""

from collections.abc import Iterable
from typing import Final

from pydantic import Field

from contract.record import Record

KEEP: Final = 64
"""Finished leases that are remembered."""


class LeaseUse(Record):
    """One lease that is due, while it lasts."""

    looks: int = 0
    own: int = 0
    """In how many of these the candidate owned it."""


class LeaseBook(Record):
    """The leases of one stage that were due. A new stage begins with a new book."""

    running: dict[str, LeaseUse] = Field(default_factory=dict)
    finished: tuple[bool, ...] = ()
    """Oldest first: whether the candidate owned it in more than half of the looks."""

    def note(self, leases: Iterable[tuple[str, bool]]) -> "LeaseBook":
        """Enter one cycle: the leases that are due now, by name, and whether the candidate owns each.

        A lease that is named no more is finished. Enter every cycle, also one in which none is due.
        """
        running = {}
        for name, own in leases:
            use = self.running.get(name, LeaseUse())
            running[name] = LeaseUse(looks=use.looks + 1, own=use.own + own)
        over = tuple(use.own * 2 > use.looks for name, use in self.running.items() if name not in running)
        return LeaseBook(running=running, finished=(*self.finished, *over)[-KEEP:])
