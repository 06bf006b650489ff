"""Fault: another process holds the ledger for 45 s while 150 deliveries are under way. All are made, each once."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

import pytest
from test_delivery import NOTICE, Bench

from rollout.store.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from fault_runs import FaultTable

pytestmark = pytest.mark.timeout(0)
TOUCHES = 150
LOCKED_S = 45.0


def test_a_ledger_that_is_locked_for_a_while_costs_no_lane_and_no_delivery(
    tmp_path: Path, fault_table: FaultTable
) -> None:
    times = max(1, int(os.environ.get("FAULTS", "1")) // 50)  # each takes a minute
    for number in range(times):
        bench = Bench(Ledger(tmp_path / f"ledger-{number}.sqlite"))
        touches = [NOTICE.model_copy(update={"id": f"u-{n:04}", "target": f"%{n}"}) for n in range(TOUCHES)]
        bench.request_deliveries(*touches)
        delivery = bench.delivery()
        began = time.monotonic()
        with _locked(bench.ledger.path):
            delivery.submit(touches)
        rows = bench.rows(delivery, seconds=60)
        assert {row.status for row in rows} == {"done"}
        assert bench.did.count("type") == TOUCHES
        assert time.monotonic() - began >= LOCKED_S
        delivery.close()
        bench.ledger.close()
    fault_table.add(f"ledger locked for {LOCKED_S:g} s", times, f"{TOUCHES} deliveries, each made once")


class _locked:  # noqa: N801 - it reads as what it is: a stretch of time
    """Holds the ledger's write lock, from another connection, until the time is over."""

    def __init__(self, path: Path) -> None:
        self._other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def __enter__(self) -> None:
        self._other.execute("BEGIN IMMEDIATE")
        threading.Timer(LOCKED_S, lambda: self._other.execute("ROLLBACK")).start()

    def __exit__(self, *_: object) -> None:
        time.sleep(LOCKED_S)
        while self._other.in_transaction:
            time.sleep(0.01)
        self._other.close()
