"""Runs the real loop until it is told to stop: `fault_driver.py SOCKET STATE SHORTAGE [CANDIDATE]`.

While the file SHORTAGE exists and holds `fork`, no process can be started in it (EAGAIN); with `thread`, no thread.
Both are injected where Python asks the kernel: the limit of processes does not hold for root. Each cycle is printed
with who reported; SIGTERM ends the loop after the cycle it is in.
"""

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from crash_driver import PLAN

from rollout.faces.cli.verbs.run import log_to_stderr
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle_result import CycleResult
from rollout.loop.daemon import StopSignal, loop, stopped_by_signals
from rollout.store.state_folder import StateFolder
from tmuxio.server.address import ServerAddress

INTERVAL_S = 0.2


def injected(shortage: Path) -> None:
    """Let the starts of processes and threads fail while the file says so."""
    forked, started = subprocess._fork_exec, threading._start_new_thread  # type: ignore[attr-defined]

    def short_of(what: str) -> bool:
        return shortage.exists() and shortage.read_text().strip() == what

    def fork(*what: object) -> int:
        if short_of("fork"):
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return int(forked(*what))

    def start(*what: object) -> object:
        if short_of("thread"):
            raise RuntimeError("can't start new thread")
        return started(*what)

    subprocess._fork_exec = fork  # type: ignore[attr-defined]
    threading._start_new_thread = start  # type: ignore[attr-defined]


def show(cycle_result: CycleResult) -> None:
    """Print a cycle: its name, its seconds, and who reported."""
    sys.stdout.write(f"{cycle_result.cycle} {cycle_result.wall_s} {','.join(map(str, cycle_result.reports))}\n")


if __name__ == "__main__":
    socket, state, shortage, *candidate = sys.argv[1:]
    blueprint = Blueprint(
        ServerAddress(Path(socket)),
        StateFolder(Path(state)),
        "eager:Eager",
        candidate[0] if candidate else "eager:Eager",
        PLAN,
        act=True,
        deadline_s=3.0,
        gap_s=0.01,
    )
    log_to_stderr("warning")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    injected(Path(shortage))
    stop = StopSignal()
    with stopped_by_signals(stop), open_runtime(blueprint) as runtime:
        runtime.delivery._patience_s = 1.0  # type: ignore[attr-defined]  # two minutes are for people
        loop(runtime, interval_s=INTERVAL_S, cycles=None, stop=stop, watch=show)
        until = time.monotonic() + 30
        while not runtime.delivery.idle() and time.monotonic() < until:
            runtime.delivery.submit(())
            time.sleep(0.01)
