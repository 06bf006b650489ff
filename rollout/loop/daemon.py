"""The loop: cycle after cycle until it is told to stop; a cycle that fails ends alone."""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from rollout.loop.cycle import one_cycle
from rollout.loop.cycle_result import CycleResult
from rollout.loop.loop_state import LoopState
from rollout.loop.runtime import DeliveryQueue, Runtime
from rollout.loop.trouble import Trouble
from rollout.store.ledger import LedgerReader

Watcher = Callable[[CycleResult], None]
"""Is shown every cycle, right after it was written down."""


@dataclass
class StopSignal:
    """Asks the loop to end after the cycle it is in."""

    event: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        """Ask for it."""
        self.event.set()

    @property
    def asked(self) -> bool:
        """Whether a stop was requested."""
        return self.event.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, unless or until a stop is requested."""
        self.event.wait(max(0.0, seconds))


@contextmanager
def stopped_by_signals(stop: StopSignal) -> Iterator[None]:
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
    runtime: Runtime, *, interval_s: float, cycles: int | None, stop: StopSignal, watch: Watcher, strict: bool = False
) -> int:
    """Do `cycles` cycles, or go on until stopped; returns how many were done.

    Cycles start `interval_s` seconds apart, or as soon as the one before is over. Whatever goes wrong in a cycle is
    logged once and tried again: a server that cannot be seen and a ledger that is locked next time, anything else after
    pauses that double. `strict` raises instead (`run --once`).
    """
    done, trouble = 0, Trouble()
    while not stop.asked and (cycles is None or done < cycles):
        began = time.monotonic()
        last = cycles is not None and done + 1 >= cycles
        try:
            if trouble.in_a_row:
                _take_up_again(runtime.loop_state, runtime.ledger, runtime.delivery)
            cycle_result = one_cycle(runtime, math.inf if last else interval_s)
        except Exception as failure:
            if strict:
                raise
            pause_s = trouble.happened(failure, interval_s)
        else:
            trouble.over()
            _show(watch, cycle_result, trouble)
            pause_s = cycle_result.pause_s
        done += 1
        if not last:
            stop.wait(max(interval_s, pause_s) - (time.monotonic() - began))
    return done


def _take_up_again(loop_state: LoopState, ledger: LedgerReader, delivery: DeliveryQueue) -> None:
    """Undo the partial changes of a cycle that failed: the ledger is the truth.

    Raises `LedgerUnusable` while the ledger cannot be read: no cycle may go on from what was never written.
    """
    loop_state.go_back(ledger)
    delivery.resume()


def _show(watch: Watcher, cycle_result: CycleResult, trouble: Trouble) -> None:
    """Show a cycle; output that cannot be written is no reason to stop, but for a reader that has gone."""
    try:
        watch(cycle_result)
    except BrokenPipeError:
        raise
    except OSError as error:
        trouble.not_shown(error)
