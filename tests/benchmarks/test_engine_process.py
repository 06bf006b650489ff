"""The engine in a process of its own, as the harness runs it: its memory, and its share of a processor."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import insists
import psutil
import pytest
from costs import Meter, terminals
from crowd import assemble, at_work

from rollout.loop.hosting.asking import EncodedSight, HostRequest
from rollout.loop.hosting.host import MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from understudy.wire import Live

if TYPE_CHECKING:
    from private_tmux import TmuxServer

LARGE = pytest.mark.skipif(not insists.on(insists.LARGE), reason="UNDERSTUDY_BENCH_LARGE is not set")
INTERVAL_S = 10.0
SHARE = 0.02
"""Of one core, for the engine and what it has tmux do."""

pytestmark = pytest.mark.timeout(300)


class Run(NamedTuple):
    """What so many cycles at 10 % active took, one right after the other."""

    cycles: int
    engine_s: float
    """Seconds of processors, the start of the process not counted."""
    tmux_s: float
    rss_mb: float


def run(server: TmuxServer, folder: Path, agents: int, cycles: int) -> Run:
    """Have the engine look so many times, as the harness does."""
    assemble(server, folder, agents)
    meter, printing = Meter(server), terminals(server)[1 : 1 + agents // 10]
    sight = EncodedSight.of(Live(socket_path=str(server.socket_path)))
    with MonitorHost(monitor_spec("modular"), folder / "log") as host:
        answer = host.look(HostRequest("warm", sight))
        assert host.pid is not None
        engine = psutil.Process(host.pid)
        began, tmux = _cpu_s(engine), meter.server_s()
        for number in range(cycles):
            for tty in printing:
                Path(tty).write_bytes(at_work(number))
            time.sleep(0.01)  # tmux draws what was printed
            answer = host.look(HostRequest(f"{number}", sight, memory=answer.memory))
            assert answer.report is not None, answer.text
            assert len(answer.report.verdicts) == agents
        return Run(cycles, _cpu_s(engine) - began, meter.server_s() - tmux, float(engine.memory_info().rss) / 2**20)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def test_50_agents_take_at_most_80_mb_and_under_2_percent_of_a_core(tmux_server: TmuxServer, tmp_path: Path) -> None:
    took = run(tmux_server, tmp_path, 50, 60)
    assert took.rss_mb <= 80, took
    share = (took.engine_s + took.tmux_s) / (took.cycles * INTERVAL_S)
    assert share < SHARE, f"{share:.2%} of a core at a look every {INTERVAL_S:.0f} s: {took}"


@LARGE
def test_1000_agents_take_at_most_160_mb(tmux_server: TmuxServer, tmp_path: Path) -> None:
    took = run(tmux_server, tmp_path, 1000, 20)
    assert took.rss_mb <= 160, took
