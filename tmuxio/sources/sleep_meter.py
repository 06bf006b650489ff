"""Counting the seconds that looking spends asleep on purpose."""

import time

from understudy.ports import Clock


class SleepMeter:
    """Sleeps on a clock and knows how long that really took: nothing, on a virtual one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.waited_s = 0.0

    def sleep(self, seconds: float) -> None:
        """Sleep so many seconds of the clock's time."""
        began = time.monotonic()
        self._clock.sleep(seconds)
        self.waited_s += time.monotonic() - began
