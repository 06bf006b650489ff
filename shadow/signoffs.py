"""What people say of clusters: accepted for a while, or settled for good. Both act from now on and reset nothing.

A sign-off ends by itself: when it expires, when another version of a monitor plays than it was given for, and when its
cluster is more frequent than its ceiling allows (which needs counts: `shadow.tallies`, `shadow.clusters`).
"""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shadow.labels import Label, Referee, Right
from understudy.record import Instant, Record


class Acceptance(Record):
    """A cluster that somebody signed off: its bouts are in neither numerator nor denominator, until it expires."""

    cluster: str
    owner: str = Field(min_length=1)
    """Who answers for it."""
    reason: str = Field(min_length=1)
    at: Instant
    expires: Instant
    ceiling: float = Field(gt=0, le=1)
    """The share of all bouts above which it is not accepted any more."""
    monitors: tuple[str, ...] = ()
    """Names and versions that it was given for, the incumbent's first; empty for any."""

    @model_validator(mode="after")
    def _expires_later(self) -> Self:
        if self.expires <= self.at:
            raise ValueError(f"the sign-off of {self.cluster} expires before it begins; give a later expiry")
        return self

    def holds(self, now: float) -> bool:
        """Whether it has begun and not expired."""
        return self.at <= now < self.expires

    def meant_for(self, playing: tuple[str, ...]) -> bool:
        """Whether it was given for the monitors that play; where nobody knows who does, it was."""
        return not (self.monitors and playing) or self.monitors == playing


class Lapse(StrEnum):
    """Why a sign-off holds no longer."""

    EXPIRED = "expired"
    VERSION = "version"
    """Another version of a monitor plays."""
    CEILING = "ceiling"


class Settlement(Record):
    """A person's word on who is right in a cluster."""

    cluster: str
    right: Right
    owner: str = Field(min_length=1)
    reason: str = ""
    at: Instant

    @property
    def label(self) -> Label:
        """The label that its bouts get."""
        return Label(right=self.right, by=Referee.PERSON, reason=self.reason or f"settled by {self.owner}")


class Signoffs(Record):
    """Everything that people have said; the latest word on a cluster is the one that counts."""

    accepted: tuple[Acceptance, ...] = ()
    settled: tuple[Settlement, ...] = ()
    playing: tuple[str, ...] = ()
    """Names and versions of the monitors that play now, the incumbent's first; empty before the first report."""

    def under(self, playing: tuple[str, ...]) -> "Signoffs":
        """Say who plays."""
        return self if playing == self.playing else self.model_copy(update={"playing": playing})

    def accept(self, acceptance: Acceptance) -> "Signoffs":
        """Add a sign-off."""
        return self.model_copy(update={"accepted": (*self.accepted, acceptance)})

    def settle(self, settlement: Settlement) -> "Signoffs":
        """Add a settlement."""
        return self.model_copy(update={"settled": (*self.settled, settlement)})

    def withdraw(self, cluster: str, now: float) -> "Signoffs":
        """End the sign-offs of a cluster now; that they were stays on record."""
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
        """Return the sign-offs that hold now, for the monitors that play."""
        return tuple(entry for entry in self.accepted if entry.holds(now) and entry.meant_for(self.playing))

    def lapsed(self, cluster: str, now: float) -> Lapse | None:
        """Say why the last sign-off of a cluster holds no longer; None where it does, or there was none."""
        last = next((entry for entry in reversed(self.accepted) if entry.cluster == cluster), None)
        if last is None or self.acceptance(cluster, now) is not None:
            return None
        return Lapse.VERSION if last.holds(now) else Lapse.EXPIRED

    def settlement(self, cluster: str) -> Settlement | None:
        """Return what a person said last of a cluster."""
        return next((entry for entry in reversed(self.settled) if entry.cluster == cluster), None)


NOBODY_SAID: Signoffs = Signoffs()
"""No word from anybody."""
