"""Ten thousand cycles, as many as a day has at one every ten seconds: neither the engine nor the tmux server grows.

Some minutes long: `make bench` runs it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import insists
import psutil
import pytest
from crowd import assemble
from cycles import modular_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer

pytestmark = [
    pytest.mark.skipif(not insists.on(insists.LARGE), reason="minutes long: UNDERSTUDY_BENCH_LARGE=1"),
    pytest.mark.timeout(1800),
]
CYCLES = 10_000
GROWTH_MB = 20.0


def resident_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def test_ten_thousand_cycles_grow_neither_the_engine_nor_the_server(
    tmux_server: TmuxServer, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    assemble(tmux_server, tmp_path, 50, active=5)
    server, engine = tmux_server.pid, os.getpid()
    with modular_cycle(tmux_server) as cycle:
        for _ in range(CYCLES // 10):  # caches fill, and the allocator settles
            cycle()
        before = resident_mb(engine), resident_mb(server)
        for _ in range(CYCLES):
            cycle()
        grown = resident_mb(engine) - before[0], resident_mb(server) - before[1]
    record_property("engine_grew_mb", grown[0])
    record_property("server_grew_mb", grown[1])
    assert max(grown) <= GROWTH_MB, f"engine {grown[0]:+.1f} MB, tmux server {grown[1]:+.1f} MB"
