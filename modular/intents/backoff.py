"""How reminders follow each other: ever later, at least hourly. Pure."""

from typing import Final

_STEPS_S: Final = (300.0, 600.0, 1200.0, 2400.0)
"""Seconds from one reminder to the next."""
_LONGEST_S: Final = 3600.0
"""From then on."""


def wait_s(ordinal: int) -> float:
    """Seconds from an intent's nth asking (from 1) to the next."""
    return _STEPS_S[ordinal - 1] if ordinal <= len(_STEPS_S) else _LONGEST_S


def ordinal_after(seconds: float) -> int:
    """The ordinal that an intent has so many seconds after it was first asked."""
    ordinal = 1
    while seconds >= (step := wait_s(ordinal)):
        seconds -= step
        ordinal += 1
    return ordinal
