"""Fault: the daemon is killed with SIGKILL while a delivery is under way. Nothing is doubled, lost or done unasked."""

from __future__ import annotations

import random
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
from fault_daemons import Daemon

from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from pathlib import Path

    from fault_runs import FaultTable
    from private_tmux import TmuxServer

pytestmark = [pytest.mark.timeout(0), pytest.mark.usefixtures("own_runtime_folder")]


def test_a_daemon_killed_in_mid_delivery_leaves_nothing_doubled_and_nothing_lost(
    tmux_server: TmuxServer, tmp_path: Path, faults: int, fault_table: FaultTable
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same kills in every run
    daemon = Daemon(tmux_server, tmp_path)
    daemon.employ()
    in_mid = 0
    for _ in range(faults):
        daemon.start()
        daemon.until(lambda: _claimed(daemon), "a claimed delivery")
        time.sleep(chance.uniform(0.0, 0.15))
        in_mid += _claimed(daemon)
        daemon.kill()
    daemon.start()
    daemon.cycles(10)
    assert daemon.end() == 0
    assert in_mid > 0
    assert daemon.wrong_acts() == []
    fault_table.add(
        "kill -9 of the daemon in mid-delivery", faults, f"{daemon.acts()} acts, none doubled, lost or wrong"
    )


def _claimed(daemon: Daemon) -> bool:
    path = StateFolder(daemon.state).of_server(daemon.server.socket_path).ledger
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as ledger:
        return bool(ledger.execute("SELECT count(*) FROM deliveries WHERE status = 'claimed'").fetchone()[0])
