"""Sign-offs, for a while, and settlements, for good. Both act from now on and reset nothing.

A sign-off ends by itself: when it expires, when a monitor runs in another version than it was given for, and when its
cluster is more frequent than its ceiling allows (which needs counts: `shadow.tallies`, `shadow.clusters`).
"""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shadow.labels import Label, Referee, Right
from understudy.record import Instant, Record


class Acceptance(Record):
    """A cluster that a person signed off: its bouts are in neither numerator nor denominator, until it expires."""

    cluster: str
    owner: str = Field(min_length=1)
    """The person who answers for it."""
    reason: str = Field(min_length=1)
    at: Instant
    expires: Instant
    ceiling: float = Field(gt=0, le=1)
    """The share of all bouts above which the acceptance ends."""
    monitors: tuple[str, ...] = ()
    """Names and versions that it was given for, the incumbent's first; empty for any."""
    actions: tuple[str, ...] | None = None
    """Actions that the candidate alone had wanted in it by then; None where that was not kept."""

    @model_validator(mode="after")
    def _expires_later(self) -> Self:
        if self.expires <= self.at:
            raise ValueError(f"the sign-off of {self.cluster} expires before it begins; give a later expiry")
        return self

    def holds(self, now: float) -> bool:
        """Return whether it has begun and not expired."""
        return self.at <= now < self.expires

    def meant_for(self, playing: tuple[str, ...]) -> bool:
        """Return whether it was given for the monitors that run; True if their versions are not known."""
        return not (self.monitors and playing) or self.monitors == playing


class Lapse(StrEnum):
    """The reason why a sign-off holds no longer."""

    EXPIRED = "expired"
    VERSION = "version"
    """Another version of a monitor runs."""
    CEILING = "ceiling"


class Settlement(Record):
    """A person's decision on which monitor is right in a cluster."""

    cluster: str
    right: Right
    owner: str = Field(min_length=1)
    reason: str = ""
    at: Instant
    actions: tuple[str, ...] | None = None
    """Actions that the candidate alone had wanted in it by then; None where that was not kept."""

    @property
    def label(self) -> Label:
        """The label that its bouts get."""
        return Label(right=self.right, by=Referee.PERSON, reason=self.reason or f"settled by {self.owner}")


class Signoffs(Record):
    """All decisions of people; the latest decision on a cluster counts."""

    accepted: tuple[Acceptance, ...] = ()
    settled: tuple[Settlement, ...] = ()
    playing: tuple[str, ...] = ()
    """Names and versions of the monitors that run now, the incumbent's first; empty before the first report."""

    def under(self, playing: tuple[str, ...]) -> "Signoffs":
        """Set the monitors that run."""
        return self if playing == self.playing else self.model_copy(update={"playing": playing})

    def accept(self, acceptance: Acceptance) -> "Signoffs":
        """Add a sign-off."""
        return self.model_copy(update={"accepted": (*self.accepted, acceptance)})

    def settle(self, settlement: Settlement) -> "Signoffs":
        """Add a settlement."""
        return self.model_copy(update={"settled": (*self.settled, settlement)})

    def withdraw(self, cluster: str, now: float) -> "Signoffs":
        """End the sign-offs of a cluster now; they stay on record."""
        return self.model_copy(
            update={
                "accepted": tuple(
                    entry.model_copy(update={"expires": now})
                    if entry.cluster == cluster and entry.holds(now)
                    else entry
                    for entry in self.accepted
                )
            }
        )

    def acceptance(self, cluster: str, now: float) -> Acceptance | None:
        """Return the sign-off of a cluster that holds now."""
        return next((entry for entry in reversed(self.in_force(now)) if entry.cluster == cluster), None)

    def in_force(self, now: float) -> tuple[Acceptance, ...]:
        """Return the sign-offs that hold now, for the monitors that run."""
        return tuple(entry for entry in self.accepted if entry.holds(now) and entry.meant_for(self.playing))

    def lapsed(self, cluster: str, now: float) -> Lapse | None:
        """Return why the last sign-off of a cluster holds no longer; None if it holds, or there was none."""
        last = next((entry for entry in reversed(self.accepted) if entry.cluster == cluster), None)
        if last is None or self.acceptance(cluster, now) is not None:
            return None
        return Lapse.VERSION if last.holds(now) else Lapse.EXPIRED

    def settlement(self, cluster: str) -> Settlement | None:
        """Return the last decision of a person on a cluster."""
        return next((entry for entry in reversed(self.settled) if entry.cluster == cluster), None)


NOBODY_SAID: Signoffs = Signoffs()
"""No decision of any person."""
