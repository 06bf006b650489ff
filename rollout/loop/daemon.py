"""The loop: cycle after cycle until it is told to stop; what goes wrong outside is waited out, not died of."""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

import structlog

from contract.failures import LookingFailed
from rollout.loop.cycle import one_cycle
from rollout.loop.cycled import Cycled
from rollout.loop.house import House
from rollout.store.ledger import LedgerUnusable

log = structlog.get_logger(__name__)

Watcher = Callable[[Cycled], None]
"""Is shown every cycle, right after it was written down."""


@dataclass
class Stop:
    """Asks the loop to end after the cycle it is in."""

    event: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        """Ask for it."""
        self.event.set()

    @property
    def asked(self) -> bool:
        """Whether somebody has."""
        return self.event.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, unless or until somebody asks."""
        self.event.wait(max(0.0, seconds))


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """SIGTERM and SIGINT end the loop after the cycle it is in; a second one ends it at once."""

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop.asked:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def loop(
    house: House, *, interval_s: float, cycles: int | None, stop: Stop, watch: Watcher, strict: bool = False
) -> int:
    """Do `cycles` cycles, or go on until stopped; returns how many were done.

    Cycles start `interval_s` seconds apart, or as soon as the one before is over. A server that cannot be seen and a
    ledger that is locked are logged and tried again next time; `strict` raises them instead (`run --once`).
    """
    done = 0
    while not stop.asked and (cycles is None or done < cycles):
        began = time.monotonic()
        last = cycles is not None and done + 1 >= cycles
        try:
            cycled = one_cycle(house, math.inf if last else interval_s)
        except (LookingFailed, LedgerUnusable) as failure:
            if strict:
                raise
            log.warning("cycle.blind", why=str(failure))
            _take_up_again(house)
            pause_s = 0.0
        else:
            watch(cycled)
            pause_s = cycled.pause_s
        done += 1
        if not last:
            stop.wait(max(interval_s, pause_s) - (time.monotonic() - began))
    return done


def _take_up_again(house: House) -> None:
    """What a cycle that came to nothing may have left half done on the desk is taken back."""
    with suppress(LedgerUnusable):
        house.desk.take_up(house.ledger)
