"""What a whole live cycle may cost, next to what one look by libtmux and tmux itself cost on the same server just then.

Ratios are the gate: each is measured in one run, and compares the rounds that the machine disturbed least.
`UNDERSTUDY_BENCH_LARGE=1` (as `make bench` sets it) adds the servers of 500 and 1000 agents.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import libtmux
import pytest
from crowd import assemble

from contract import EVERYTHING, SystemClock
from modular.service import MonitorService
from tmuxio.eyes import ServerEyes
from tmuxio.floor import Floor
from tmuxio.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from private_tmux import TmuxServer

LARGE = pytest.mark.skipif(not os.environ.get("UNDERSTUDY_BENCH_LARGE"), reason="UNDERSTUDY_BENCH_LARGE is not set")


class Budget(NamedTuple):
    """How many looks by libtmux a cycle at 10 % active is worth, and how many floors one at 100 % may cost.

    The aims are 40, 80 and 120 looks, and 3, 3.5 and 3 floors. These gates lie so far below what is reached that the
    pace of a busy machine does not decide: they hold the ground, they do not say that the aims are met.
    """

    agents: int
    looks: float
    floors: float
    rounds: int


BUDGETS = [
    pytest.param(Budget(50, 25, 7, 20)),
    pytest.param(Budget(500, 55, 7, 10), marks=LARGE),
    pytest.param(Budget(1000, 60, 7, 8), marks=LARGE),
]


@contextmanager
def cycle(server: TmuxServer, ttys: Sequence[str]) -> Iterator[Callable[[], float]]:
    """A whole cycle of the engine, timed, after each of these terminals has printed something."""
    clock, watch = SystemClock(), Watch(server.address)
    eyes, monitor = ServerEyes(watch, clock), MonitorService()
    printed = 0

    def work() -> float:
        nonlocal printed
        printed += 1
        for tty in ttys:
            Path(tty).write_bytes(b"\r%d" % printed)
        time.sleep(0.01 + len(ttys) / 5000)  # tmux draws what was printed
        return timed(lambda: monitor.cycle("c", eyes, clock, EVERYTHING, ()))

    yield work
    assert watch.captures
    watch.close()


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def terminals(server: TmuxServer) -> list[str]:
    return server.run("list-panes", "-a", "-F", "#{pane_tty}").split()


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: f"{budget.agents}")
def test_a_cycle_at_10_percent_active_beats_one_look_by_libtmux(
    tmux_server: TmuxServer, tmp_path: Path, budget: Budget
) -> None:
    assemble(tmux_server, tmp_path, budget.agents)
    tmux = libtmux.Server(socket_path=str(tmux_server.socket_path))
    with cycle(tmux_server, terminals(tmux_server)[1 : 1 + budget.agents // 10]) as ours:
        for _ in range(3):
            ours()
        cycles = [ours() for _ in range(budget.rounds)]
        looks = [timed(lambda: [pane.capture_pane() for pane in tmux.panes]) for _ in range(3)]
        cycles += [ours() for _ in range(budget.rounds)]
    ratio = min(looks) / min(cycles)
    assert ratio >= budget.looks, f"one look by libtmux {min(looks):.4f} s, a whole cycle {min(cycles):.4f} s"


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: f"{budget.agents}")
def test_a_cycle_with_everybody_active_stays_near_the_floor(
    tmux_server: TmuxServer, tmp_path: Path, budget: Budget
) -> None:
    assemble(tmux_server, tmp_path, budget.agents)
    floor = Floor(tmux_server.address)
    with cycle(tmux_server, terminals(tmux_server)) as ours:
        rounds = [(ours(), floor.seconds()) for _ in range(budget.rounds + 3)][3:]
    floor.close()
    cycles, floors = zip(*rounds, strict=True)
    ratio = min(cycles) / min(floors)
    assert ratio <= budget.floors, f"tmux alone {min(floors):.4f} s, a whole cycle {min(cycles):.4f} s"
