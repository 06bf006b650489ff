"""When a usage limit ends, read from what a CLI says of it. Pure; the machine's zone where none is named."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

_PAST_S: Final = 6 * 3600.0
"""A time of day that passed less than so many seconds ago has passed; before that, tomorrow's is meant."""
_UNITS_S: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_DURATION: Final = re.compile(
    r"(?i)\b(?:in|after|for)\s+(?:about\s+)?((?:\d+\s*(?:days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\b"
    r"(?:,|\s|and)*)+)"
)
_PART: Final = re.compile(r"(?i)(\d+)\s*([dhms])")
_EPOCH: Final = re.compile(r"limit reached\|(\d{10})\b")
_CLOCK: Final = re.compile(
    r"(?i)\b(?:resets?|again|until|reset at|available)\b(?: on| at|:)?\s+"
    r"(?:(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?:\d{4},?\s+)?(?:at\s+)?)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>am|pm)?\b(?:\s*\((?P<zone>[\w/+-]+)\))?"
)


def reset_at(text: str, now: float, local: tzinfo | None = None) -> float | None:
    """Read when a limit ends, in seconds since the epoch; None where the text does not say.

    `local` is the zone of a time without one; it defaults to the machine's.
    """
    if (found := _EPOCH.search(text)) is not None:
        return float(found[1])
    if (found := _CLOCK.search(text)) is not None and (at := _clock(found, now, local)) is not None:
        return at
    if (found := _DURATION.search(text)) is not None:
        return now + sum(int(count) * _UNITS_S[unit.lower()] for count, unit in _PART.findall(found[1]))
    return None


def _clock(found: re.Match[str], now: float, local: tzinfo | None) -> float | None:
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif found["minute"] is None:  # a bare number is no time of day
        return None
    here = datetime.fromtimestamp(now, _zone(found["zone"], local))
    try:
        then = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if found["month"]:
            then = then.replace(month=_MONTHS.index(found["month"].lower()) + 1, day=int(found["day"]))
    except ValueError:  # 25:80, or 31 February
        return None
    if then.timestamp() < now - _PAST_S and not found["month"]:
        then += timedelta(days=1)
    return then.timestamp()


def _zone(name: str | None, local: tzinfo | None) -> tzinfo | None:
    if name is None:
        return local
    if name.upper() in {"UTC", "GMT", "Z"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # KeyError: no such zone here
        return local
