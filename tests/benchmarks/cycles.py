"""One live cycle of either monitor, ready to be timed."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from tmuxio.reading.control_reader import ControlReader
from tmuxio.sources import LibtmuxSource, ServerSource
from understudy import EVERYTHING, Clock, Monitor, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from private_tmux import TmuxServer


class Hurried:
    """The machine's clock, on which nobody waits: deliberate sleeps are left out, and counted."""

    def __init__(self) -> None:
        self.slept_s = 0.0

    def now(self) -> float:
        return round(time.time(), 6)

    def sleep(self, seconds: float) -> None:
        self.slept_s += max(0.0, seconds)


@contextmanager
def modular_cycle(server: TmuxServer, clock: Clock | None = None) -> Iterator[Callable[[], object]]:
    clock, watch = clock or SystemClock(), ControlReader(server.address)
    cycle = _cycle(MonitorService(), ServerSource(watch, clock), clock)
    try:
        cycle()
        gc.freeze()  # as the process of a monitor does: what the tests have loaded is no part of it
        yield cycle
    finally:
        gc.unfreeze()
        watch.close()


@contextmanager
def legacy_cycle(server: TmuxServer) -> Iterator[Callable[[], object]]:
    clock = Hurried()
    yield _cycle(LegacyMonitor(), LibtmuxSource(server.address, clock), clock)


def _cycle(monitor: Monitor[Any], source: object, clock: Clock) -> Callable[[], object]:
    return lambda: monitor.cycle("c-1", source, clock, EVERYTHING, ())
