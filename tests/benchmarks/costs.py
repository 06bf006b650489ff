"""What work costs on a machine that has nothing else to do, measured on one that has.

It takes no longer than the clock on the wall showed, nor than all who take part (this process, the clients that it
starts, the tmux server) were on a processor, one after the other: the smaller of the two is what it costs. The round in
which that was least is the one that the machine disturbed least. Nobody sleeps unseen: see `Cycles`.
"""

from __future__ import annotations

import gc
import resource
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from crowd import at_work

from modular.service import MonitorService
from tmuxio.reading.control_reader import ControlReader
from tmuxio.sources import ServerSource
from understudy import EVERYTHING, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from private_tmux import TmuxServer


class Meter:
    """Measures work that a tmux server is asked for."""

    def __init__(self, server: TmuxServer) -> None:
        self._status = Path(f"/proc/{server.pid}/schedstat")

    def cost_s(self, work: Callable[[], object]) -> float:
        """Do it once, and say what it cost."""
        spent, began = self._spent_s(), time.perf_counter()
        work()
        return min(time.perf_counter() - began, self._spent_s() - spent)

    def server_s(self) -> float:
        """What the server has spent so far, to the nanosecond."""
        return int(self._status.read_text().split()[0]) / 1e9

    def _spent_s(self) -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime + self.server_s()


class Cycles:
    """Whole live cycles of the engine, each after some agents have printed."""

    def __init__(self, server: TmuxServer) -> None:
        self._clock, self._watch = SystemClock(), ControlReader(server.address)
        self._source, self._monitor = ServerSource(self._watch, self._clock), MonitorService()
        self._meter = Meter(server)
        self._printed = 0

    def stir(self, printing: Sequence[str]) -> None:
        """Have each of these terminals print something, and wait until tmux has drawn it."""
        for tty in printing:
            self._printed += 1  # no two of them the same
            Path(tty).write_bytes(at_work(self._printed))
        time.sleep(0.01 + len(printing) / 5000)

    def cost_s(self, printing: Sequence[str]) -> float:
        """What one cycle costs after each of these terminals has printed something; nobody may have slept in it."""
        self.stir(printing)
        captured = self._watch.captures
        spent = self._meter.cost_s(lambda: self._monitor.cycle("c", self._source, self._clock, EVERYTHING, ()))
        assert self._watch.captures - captured >= len(printing), "a screen that changed was not read"
        assert self._source.waited_s == 0, "the engine slept"
        return spent

    def close(self) -> None:
        self._watch.close()


@contextmanager
def cycles(server: TmuxServer) -> Iterator[Cycles]:
    """An engine that has looked at the server a few times."""
    engine = Cycles(server)
    try:
        for _ in range(3):
            engine.cost_s(terminals(server))
        gc.freeze()  # as the process of a monitor does
        yield engine
    finally:
        gc.unfreeze()
        engine.close()


def terminals(server: TmuxServer) -> list[str]:
    return server.run("list-panes", "-a", "-F", "#{pane_tty}").split()


def tenth(server: TmuxServer) -> list[str]:
    """The terminals of a tenth of the agents, the manager's not among them."""
    every = terminals(server)
    return every[1 : 1 + len(every) // 10]


def told(costs: Sequence[float]) -> str:
    """Costs in words, for whoever reads why a gate is red."""
    return f"{min(costs) * 1000:.2f} ms (median {median(costs) * 1000:.2f} ms)"
