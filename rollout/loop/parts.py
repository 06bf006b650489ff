"""The two parts, whoever plays them."""

from enum import StrEnum


class Part(StrEnum):
    """Who owns a session, or whose report, memory or wish it is."""

    INCUMBENT = "incumbent"
    """Trusted today; what every doubt falls back to."""
    CANDIDATE = "candidate"
    """Wants to take over."""

    @property
    def other(self) -> "Part":
        """The other one."""
        return Part.CANDIDATE if self is Part.INCUMBENT else Part.INCUMBENT
