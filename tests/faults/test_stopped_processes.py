"""Faults: the daemon, a monitor or the tmux server is stopped for a while (SIGSTOP), and goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest
from fault_daemons import Daemon, median

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fault_runs import FaultTable
    from private_tmux import TmuxServer

pytestmark = [pytest.mark.timeout(0), pytest.mark.usefixtures("own_runtime_folder")]
DEADLINE_S = 3.0
"""Of a monitor, in the driver."""


@pytest.fixture
def daemon(tmux_server: TmuxServer, tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmux_server, tmp_path)
    made.employ()
    made.start()
    yield made
    made.kill()


def stop_for(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(pid, signal.SIGCONT)


def test_a_daemon_that_was_stopped_goes_on_and_doubles_nothing(
    daemon: Daemon, faults: int, fault_table: FaultTable
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same stops in every run
    for _ in range(faults):
        daemon.cycles(1)
        time.sleep(chance.uniform(0.0, 0.3))
        stop_for(daemon.pid, 1.0)
        daemon.cycles(3)
    assert daemon.end() == 0
    assert daemon.wrong_acts() == []
    fault_table.add("SIGSTOP of the daemon for 1 s", faults, f"{daemon.acts()} acts, none doubled, lost or wrong")


@pytest.mark.parametrize("number", [0, 1])
def test_a_stopped_monitor_is_a_failure_of_its_own_and_the_other_goes_on(
    daemon: Daemon, number: int, faults: int, fault_table: FaultTable
) -> None:
    alone = 0
    for _ in range(faults):
        daemon.cycles(2)
        daemon.until(lambda: len(daemon.monitors()) == 2, "both monitors")
        os.kill(sorted(daemon.monitors())[number], signal.SIGSTOP)  # its deadline ends it
        seen = daemon.cycles(4)
        alone += any(len(line.reported) == 1 for line in seen)
        daemon.until(lambda: len(daemon.lines[-1].reported) == 2, "both reports again", 90.0)
    assert alone == faults
    assert daemon.end() == 0
    assert daemon.wrong_acts() == []
    who = ("first", "second")[number]
    fault_table.add(f"SIGSTOP of the {who} monitor", faults, "the other reports meanwhile, both do afterwards")


def test_a_stopped_tmux_server_is_waited_for_and_nothing_is_doubled(
    daemon: Daemon, faults: int, fault_table: FaultTable
) -> None:
    usual = median(line.wall_s for line in daemon.cycles(5))
    for _ in range(faults):
        daemon.cycles(2)
        stop_for(daemon.server.pid, 2.0)
        daemon.cycles(3)
    assert daemon.end() == 0
    assert daemon.wrong_acts() == []
    assert usual < DEADLINE_S
    fault_table.add("SIGSTOP of the tmux server for 2 s", faults, f"{daemon.acts()} acts, none doubled, lost or wrong")
