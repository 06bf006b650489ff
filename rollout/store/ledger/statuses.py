"""The statuses of the rows of a ledger that are finished in a second step."""

from enum import StrEnum


class TransitionStatus(StrEnum):
    """The status of a change of the stage."""

    PENDING = "pending"
    """The flag is not written yet."""
    COMMITTED = "committed"
    UNDONE = "undone"


class DeliveryStatus(StrEnum):
    """The status of a delivery."""

    WANTED = "wanted"
    CLAIMED = "claimed"
    """It is being made, or the harness ended in the middle of it."""
    DONE = "done"
    REFUSED = "refused"
    """No key was sent and no window was changed."""
    WITHDRAWN = "withdrawn"
    """No monitor requested it any more before it was claimed."""
    ESCALATED = "escalated"
    """A destructive action whose result is unknown: a person has to look."""
