"""Time as an argument: the real clock, and one that tests and tapes move by hand."""

import time


class SystemClock:
    """The machine's clock; `sleep` really sleeps."""

    def now(self) -> float:
        """Tell the time in seconds since the epoch, rounded to the microseconds that JSON keeps."""
        return round(time.time(), 6)

    def sleep(self, seconds: float) -> None:
        """Wait for so many seconds; a negative wait is none."""
        if seconds > 0:
            time.sleep(seconds)


class VirtualClock:
    """A clock that moves only when somebody sleeps on it or winds it."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def now(self) -> float:
        """Tell the virtual time in seconds since the epoch."""
        return round(self._now, 6)

    def sleep(self, seconds: float) -> None:
        """Move time forward at once by so many seconds; a negative wait is none."""
        self._now += max(0.0, seconds)
