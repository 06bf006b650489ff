"""What looks cost on a machine that has nothing else to do, measured on one that has.

What is compared is done in turn, in one process that has loaded nothing else (`alone`): the tests around it are no part
of what is measured, and would keep caches and memory from the engine that it has to itself where it works.

Work takes no longer than the clock on the wall showed, nor than all who take part (this process, the clients that it
starts, the tmux server) were on a processor, one after the other: the smaller of the two is what it costs. The round in
which that was least is the one that the machine disturbed least. Nobody sleeps unseen: see `Cycles`.
"""

from __future__ import annotations

import gc
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

import libtmux
from crowd import at_work

from contract import EVERYTHING, SystemClock
from modular.service import MonitorService
from tmuxio.eyes import ServerEyes
from tmuxio.reading.floor import Floor
from tmuxio.reading.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from private_tmux import TmuxServer

Asked = ParamSpec("Asked")
Told = TypeVar("Told")


class Compared(NamedTuple):
    """What each round cost, in seconds: of what is held to something, and of that."""

    ours: list[float]
    other: list[float]

    @property
    def ratio(self) -> float:
        """How many times the other ours costs: the least disturbed round against the least disturbed round."""
        return min(self.ours) / min(self.other)


def alone(work: Callable[Asked, Told], *args: Asked.args, **kwargs: Asked.kwargs) -> Told:
    """Do this in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as own:
        return own.submit(work, *args, **kwargs).result()


def settled(measure: Callable[[], Compared], kept: Callable[[Compared], bool]) -> Compared:
    """Measure; where a bound is not kept measure on, twice: the least disturbed of more rounds is nearer the truth."""
    cost = measure()
    for _ in range(2):
        if kept(cost):
            break
        more = measure()
        cost = Compared(cost.ours + more.ours, cost.other + more.other)
    return cost


def against_looks(server: TmuxServer, rounds: int, turns: int) -> Compared:
    """Cycles after a tenth has printed, against looks by libtmux (its list, and one capture of each pane).

    Looks and cycles take turns so often: what is short is disturbed more often, and measured more often.
    """
    tmux, meter = libtmux.Server(socket_path=str(server.socket_path)), Meter(server)
    printing = tenth(server)
    cost = Compared([], [])
    with cycles(server) as engine:
        for _ in range(turns):
            cost.other.append(meter.cost_s(lambda: [pane.capture_pane() for pane in tmux.panes]))
            cost.ours.extend(engine.cost_s(printing) for _ in range(rounds // turns))
    return cost


def against_the_floor(server: TmuxServer, rounds: int) -> Compared:
    """Cycles after everybody has printed, against what tmux itself must do then."""
    meter, everybody = Meter(server), terminals(server)
    cost = Compared([], [])
    with cycles(server) as engine, closing(Floor(server.address)) as floor:
        floor.seconds()
        for _ in range(rounds):
            cost.ours.append(engine.cost_s(everybody))
            engine.stir(everybody)  # tmux has as much to draw, and remembers as little of it, as in a cycle
            cost.other.append(meter.cost_s(floor.seconds))
    return cost


def against_fewer(many: TmuxServer, few: TmuxServer, rounds: int) -> Compared:
    """Cycles of many agents against cycles of few, after a tenth of either has printed."""
    cost = Compared([], [])
    with cycles(many) as of_many, cycles(few) as of_few:
        for _ in range(rounds):
            cost.ours.append(of_many.cost_s(tenth(many)))
            cost.other.append(of_few.cost_s(tenth(few)))
    return cost


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
        self._clock, self._watch = SystemClock(), Watch(server.address)
        self._eyes, self._monitor = ServerEyes(self._watch, self._clock), MonitorService()
        self._meter = Meter(server)
        self._printed = 0

    def stir(self, printing: Sequence[str]) -> None:
        """Have each of these terminals print something, and wait until tmux has drawn it."""
        self._printed += 1
        for tty in printing:
            Path(tty).write_bytes(at_work(self._printed))
        time.sleep(0.01 + len(printing) / 5000)

    def cost_s(self, printing: Sequence[str]) -> float:
        """What one cycle costs after each of these terminals has printed something; nobody may have slept in it."""
        self.stir(printing)
        captured = self._watch.captures
        spent = self._meter.cost_s(lambda: self._monitor.cycle("c", self._eyes, self._clock, EVERYTHING, ()))
        assert self._watch.captures - captured >= len(printing), "a screen that changed was not read"
        assert self._eyes.waited_s == 0, "the engine slept"
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
