"""The cost of a cycle next to another program on the same server: both in turn, each in its own process.

The tests around them are no part of what is measured, and would keep caches and memory from the engine that it has to
itself where it works.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

import libtmux
from costs import Meter, cycles, tenth, terminals

from tmuxio.reading.tmux_baseline import TmuxBaseline

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

Asked = ParamSpec("Asked")
Told = TypeVar("Told")


class Compared(NamedTuple):
    """The cost of each round, in seconds: of what is held to something, and of that."""

    ours: list[float]
    other: list[float]

    @property
    def least(self) -> float:
        """The cost of ours as a multiple of the other's, the fastest round of each: for one that takes far longer."""
        return min(self.ours) / min(self.other)

    @property
    def in_turn(self) -> float:
        """The same, each round against its neighbour, and the middle of that: where both take about as long.

        A machine that changes its speed does so for both; the least of either may be of different speeds.
        """
        return median(ours / other for ours, other in zip(self.ours, self.other, strict=True))


def alone(work: Callable[Asked, Told], *args: Asked.args, **kwargs: Asked.kwargs) -> Told:
    """Do this in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as own:
        return own.submit(work, *args, **kwargs).result()


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


def against_tmux(server: TmuxServer, rounds: int) -> Compared:
    """Cycles after every terminal has printed, against what tmux itself must do then."""
    meter, everyone = Meter(server), terminals(server)
    cost = Compared([], [])
    with cycles(server) as engine, closing(TmuxBaseline(server.address)) as tmux:
        tmux.seconds()
        for _ in range(rounds):
            cost.ours.append(engine.cost_s(everyone))
            engine.stir(everyone)  # tmux has as much to draw, and remembers as little of it, as in a cycle
            cost.other.append(meter.cost_s(tmux.seconds))
    return cost


def against_fewer(many: TmuxServer, few: TmuxServer, rounds: int) -> Compared:
    """Cycles of many agents against cycles of few, after a tenth of either has printed."""
    cost = Compared([], [])
    with cycles(many) as of_many, cycles(few) as of_few:
        for _ in range(rounds):
            cost.ours.append(of_many.cost_s(tenth(many)))
            cost.other.append(of_few.cost_s(tenth(few)))
    return cost
