"""Panes in which things happen at random, also while they are read: in the end nothing old is taken for new.

The nets below, which read everything again from time to time, are taken away: they would hide what is missed.
"""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from patient import until

from tmuxio.reading.reader import Reader

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from tmuxio.reading.control_reader import ControlReader

WRITERS, WRITES, WRITING_RUNS = 40, 200, 10
SHELLS, EVENTS, JOB_RUNS = 5, 200, 4
DRAWN_S = 0.3
"""So long after the last event tmux has drawn it, and a shell has buried whom it started."""


@pytest.fixture
def watch(watch: ControlReader, monkeypatch: pytest.MonkeyPatch) -> ControlReader:
    """One that never reads everything again only because it is time to."""
    for net in ("tmuxio.reading.control_reader._FULL_EVERY", "tmuxio.processes.running._READ_ALL_EVERY"):
        monkeypatch.setattr(net, 1 << 60)
    return watch


@pytest.mark.parametrize("run", range(WRITING_RUNS))
def test_random_writers_leave_no_pane_stale(tmux_server: TmuxServer, watch: ControlReader, run: int) -> None:
    rng = random.Random(run)  # noqa: S311 - no secret
    gates = [tmux_server.folder / f"g{number}" for number in range(WRITERS)]
    for gate in gates:
        os.mkfifo(gate)
        tmux_server.new_window(f"printf '0 ready'; while read n; do printf '\\r%s' $n; done <> {gate}")
    reader = Reader(tmux_server.address)
    until(lambda: all("ready" in shot.text for shot in reader.frame().panes))
    writers = [os.open(gate, os.O_WRONLY | os.O_NONBLOCK) for gate in gates]
    for number in range(WRITES):
        os.write(rng.choice(writers), f"{number}\n".encode())
        if rng.random() < 0.3:
            watch.frame()
        time.sleep(rng.random() * 0.02)
    watch.frame()
    time.sleep(DRAWN_S)  # no further look is forced by what was written last

    seen, truth = watch.frame().by_pane, Reader(tmux_server.address).frame().by_pane

    assert [pane for pane in truth if seen[pane].text != truth[pane].text] == []
    for writer in writers:
        os.close(writer)


TYPED = ["sleep 600", "sleep 600 &", "sh -c 'sleep 600; :'", "(exec cat) &", "sleep 0.1", "fg"]
"""What a person types into a shell, which shows it."""
TOLD = ["sleep 600 &", "sleep 0.1 &", "sh -c 'sleep 600; :' &", "sh -c 'sleep 0.2; exec tail -f /dev/null' &"]
"""What an agent does without a word."""
QUIET = "exec bash -c 'exec 2>/dev/null; while read -r job; do eval \"$job\"; done' <> %s"


@pytest.mark.parametrize("run", range(JOB_RUNS))
def test_random_jobs_leave_no_process_unseen(tmux_server: TmuxServer, watch: ControlReader, run: int) -> None:
    rng = random.Random(run)  # noqa: S311 - no secret
    gates: dict[str, int] = {}
    for number in range(SHELLS):
        gate = tmux_server.folder / f"g{number}"
        os.mkfifo(gate)
        gates[tmux_server.new_window(QUIET % gate)] = os.open(gate, os.O_RDWR | os.O_NONBLOCK)
    talking = [tmux_server.new_window("exec bash --norc --noprofile") for _ in range(SHELLS)]
    reader = Reader(tmux_server.address)
    until(lambda: all(shot.processes == ("bash",) for shot in reader.frame().panes))
    shells = {shot.pane: psutil.Process(shot.pid) for shot in reader.frame().panes}
    for _ in range(EVENTS):
        pane = rng.choice([*gates, *talking])
        below = shells[pane].children(recursive=True)
        if below and rng.random() < 0.5:
            os.kill(rng.choice(below).pid, rng.choice([signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT]))
        elif pane in gates:
            os.write(gates[pane], f"{rng.choice(TOLD)}\n".encode())
        else:
            tmux_server.run("send-keys", "-t", pane, rng.choice([*TYPED, "C-c", "C-z"]), "Enter")
        if rng.random() < 0.5:
            watch.frame()
    watch.frame()
    time.sleep(DRAWN_S)

    seen, truth = watch.frame().by_pane, Reader(tmux_server.address).frame().by_pane

    assert {pane: seen[pane].processes for pane in truth} == {pane: truth[pane].processes for pane in truth}
    for gate in gates.values():
        os.close(gate)
