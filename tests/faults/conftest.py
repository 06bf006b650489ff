"""Fixtures of the modules of faults: the number of runs (`FAULTS`), the bound of ten minutes, the table at the end."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

HERE = Path(__file__).parent
for folder in (HERE.parent / "cycle", HERE.parent / "loop"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

import fault_runs  # noqa: E402 - its neighbours need the folders above
from fault_delivery import Deliveries  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fault_runs import FaultTable
    from private_tmux import TmuxServer

BEGAN = time.monotonic()


@pytest.fixture
def faults() -> int:
    """Return the number of runs of each fault."""
    return fault_runs.runs()


@pytest.fixture
def fault_table() -> FaultTable:
    """The table that is printed at the end."""
    return fault_runs.TABLE


@pytest.fixture
def deliveries(tmux_server: TmuxServer, tmp_path: Path) -> Iterator[Deliveries]:
    """Deliveries to the agents of a private server."""
    made = Deliveries(tmux_server, tmp_path)
    yield made
    made.close()


@pytest.fixture
def own_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder of the test's own, and the way to the monitors of the tests."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("PYTHONPATH", f"{HERE.parent / 'cycle'}:{HERE}")


def pytest_runtest_setup() -> None:
    """Keep the bound of a run without `FAULTS`."""
    if fault_runs.asked() is None and time.monotonic() - BEGAN > fault_runs.BOUND_S:
        pytest.fail(f"the faults took more than {fault_runs.BOUND_S:g} s: lower the runs of the slow ones")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was tried."""
    if fault_runs.TABLE.rows:
        terminalreporter.section("faults")
        terminalreporter.write_line(fault_runs.TABLE.text())
