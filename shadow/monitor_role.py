"""The two roles that a monitor can have."""

from enum import StrEnum


class MonitorRole(StrEnum):
    """The owner of a session, or the origin of a report, memory or intent."""

    INCUMBENT = "incumbent"
    """Trusted today; what every doubt falls back to."""
    CANDIDATE = "candidate"
    """Wants to take over."""

    @property
    def other(self) -> "MonitorRole":
        """The other one."""
        return MonitorRole.CANDIDATE if self is MonitorRole.INCUMBENT else MonitorRole.INCUMBENT
