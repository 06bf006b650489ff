"""The two roles that a monitor can have."""

from enum import StrEnum


class MonitorRole(StrEnum):
    """Who owns a session, or whose report, memory or wish it is."""

    INCUMBENT = "incumbent"
    """Trusted today; what every doubt falls back to."""
    CANDIDATE = "candidate"
    """Wants to take over."""

    @property
    def other(self) -> "MonitorRole":
        """The other one."""
        return MonitorRole.CANDIDATE if self is MonitorRole.INCUMBENT else MonitorRole.INCUMBENT
