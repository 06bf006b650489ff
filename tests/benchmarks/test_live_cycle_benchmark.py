"""The cost of one live cycle of each monitor, next to libtmux's pane list and one capture an agent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import libtmux
import pytest
from crowd import assemble
from cycles import legacy_cycle, modular_cycle

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from private_tmux import TmuxServer

ROUNDS = 5
SAMPLING_S = 0.9
"""The time that the monolith sleeps over each agent."""


def one_look(server: TmuxServer) -> Callable[[], object]:
    tmux = libtmux.Server(socket_path=str(server.socket_path))
    return lambda: [pane.capture_pane() for pane in tmux.panes]


def least_s(work: Callable[[], object], rounds: int) -> float:
    """The round that the rest of the machine disturbed least, after one to warm up."""
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.parametrize("agents", [10, 50])
@pytest.mark.parametrize("cycle", [legacy_cycle, modular_cycle])
def test_one_live_cycle(
    benchmark: Any,
    tmux_server: TmuxServer,
    tmp_path: Path,
    agents: int,
    cycle: Callable[[TmuxServer], AbstractContextManager[Callable[[], object]]],
) -> None:
    assemble(tmux_server, tmp_path, agents, active=agents // 10)
    with cycle(tmux_server) as work:
        report: Any = benchmark.pedantic(work, rounds=ROUNDS, warmup_rounds=1)
    if cycle is legacy_cycle:
        benchmark.extra_info["sleep_left_out_s"] = SAMPLING_S * agents
    assert len(report.verdicts) == agents


def test_a_modular_cycle_of_50_agents_is_30_times_faster_than_one_look_by_libtmux(
    tmux_server: TmuxServer, tmp_path: Path
) -> None:
    assemble(tmux_server, tmp_path, 50, active=5)
    with modular_cycle(tmux_server) as work:
        ours, theirs = least_s(work, 30), least_s(one_look(tmux_server), 5)
    assert theirs / ours >= 30, f"one look by libtmux {theirs:.4f} s, a whole modular cycle {ours:.4f} s"
