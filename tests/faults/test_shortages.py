"""Faults: no file (EMFILE), no process or thread (EAGAIN) is left for a while. The run goes on afterwards.

The limit of open files is lowered for the running daemon. Those of processes and threads do not hold for root: they are
injected where Python asks the kernel, so what is not tried is a tmux client of ours that cannot fork itself.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fault_daemons import Daemon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fault_runs import FaultTable
    from private_tmux import TmuxServer

pytestmark = [pytest.mark.timeout(0), pytest.mark.usefixtures("own_runtime_folder")]
LASTS_S = 3.0
GOES_ON = "goes on by itself, no act doubled or lost"


@pytest.fixture
def daemon(tmux_server: TmuxServer, tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmux_server, tmp_path)
    made.employ()
    made.start()
    made.cycles(2)
    yield made
    made.kill()


def said_once(daemon: Daemon, faults: int) -> None:
    """A shortage is said once each time, not in every cycle."""
    failures = [line for line in daemon.log.splitlines() if '"event": "cycle.' in line and "well_again" not in line]
    assert len(failures) <= 6 * faults, daemon.log


@pytest.mark.parametrize("spare", [0, 1, 3])
def test_a_daemon_without_files_goes_on_once_there_are_some(
    daemon: Daemon, spare: int, faults: int, fault_table: FaultTable
) -> None:
    usual = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    for _ in range(faults):
        daemon.cycles(2)
        now_open = len(list(Path(f"/proc/{daemon.pid}/fd").iterdir()))
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (now_open + spare, usual[1]))
        time.sleep(LASTS_S)
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, usual)
        daemon.until(lambda: len(daemon.lines[-1].reported) == 2, "both reports again", 90.0)
        daemon.cycles(2)
    assert daemon.end() == 0, daemon.log
    said_once(daemon, faults)
    assert daemon.wrong_acts() == []
    fault_table.add(f"EMFILE for {LASTS_S:g} s, {spare} files spare", faults, GOES_ON)


@pytest.mark.parametrize("what", ["fork", "thread"])
def test_a_daemon_that_can_start_nothing_goes_on_once_it_can(
    daemon: Daemon, what: str, faults: int, fault_table: FaultTable
) -> None:
    for _ in range(faults):
        daemon.cycles(2)
        daemon.shortage.write_text(what)
        time.sleep(LASTS_S)
        daemon.shortage.unlink()
        daemon.until(lambda: len(daemon.lines[-1].reported) == 2, "both reports again", 90.0)
        daemon.cycles(2)
    assert daemon.end() == 0, daemon.log
    said_once(daemon, faults)
    assert daemon.wrong_acts() == []
    fault_table.add(f"no {what} for {LASTS_S:g} s (EAGAIN, injected)", faults, GOES_ON)
