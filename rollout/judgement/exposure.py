"""Exposure as it was: of the leases that hashed to the candidate, which were its own?"""

from collections.abc import Iterable
from typing import Final

from pydantic import Field

from rollout.judgement.sequential import EventTally, EvidenceProcess
from understudy.record import Record

KEEP: Final = 64
"""Finished leases that are remembered."""

_SHARE: Final = EvidenceProcess(unsafe=0.02, promote=0.05, limit=100.0)
"""One lease in fifty may slip away at a restart; more must be shown with a risk of 1 %."""


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
    missed: EventTally = EventTally()
    """Of all finished leases of the stage, those that it did not own."""

    @property
    def shown_missing(self) -> str:
        """Why the exposure seen is shown to be less than what was asked for; "" where it is not.

        Valid at every look. It passes again once enough leases were owned since.
        """
        if _SHARE.e_value(self.missed) < _SHARE.limit:
            return ""
        return (
            f"the exposure seen is less than what was asked for: of {self.missed.bouts} leases that were due the "
            f"candidate owned {self.missed.bouts - self.missed.events}"
        )

    def note(self, leases: Iterable[tuple[str, bool]]) -> "LeaseBook":
        """Enter one cycle: the leases that are due now, by name, and whether the candidate owns each.

        A lease that is named no more is finished. Enter every cycle, also one in which none is due.
        """
        running = {}
        for name, own in leases:
            use = self.running.get(name, LeaseUse())
            running[name] = LeaseUse(looks=use.looks + 1, own=use.own + own)
        over = tuple(use.own * 2 > use.looks for name, use in self.running.items() if name not in running)
        missed = self.missed
        for own in over:
            missed = _SHARE.fold(missed, event=not own)
        return LeaseBook(running=running, finished=(*self.finished, *over)[-KEEP:], missed=missed)
