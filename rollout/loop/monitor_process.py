"""A monitor's own process: `python -m rollout.loop.monitor_process [--eyes KIND] [--parent PID] TARGET`.

It speaks the wire contract on its standard streams and ends with its parent, however that ends.
"""

import ctypes
import os
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from contract.clock import SystemClock
from contract.ports import Eyes, Monitor, WindowEyes
from contract.serve import Sighted, serve_stdio
from contract.tapes import unpack
from contract.wire import Live, OnTape
from rollout.loop.monitors import EyesKind, MonitorSpec, UnknownMonitor, load

EX_CONFIG = 78
_PR_SET_PDEATHSIG = 1


class OurEyes:
    """Opens eyes on whatever a request shows: a tape is replayed; on a live server they are kept between requests."""

    def __init__(self, kind: EyesKind = "server") -> None:
        self.kind = kind
        self._kept: dict[str, Eyes | WindowEyes] = {}
        self._clock = SystemClock()

    def __call__(self, sight: OnTape | Live) -> Sighted:
        """Raises `LookingFailed` where there is nothing to look at."""
        # imported here: a monitor that only ever watches tapes needs no way to a server
        if isinstance(sight, OnTape):
            from tmuxio.eyes import TapeClock, TapeEyes  # noqa: PLC0415

            tape = unpack(sight.tape)
            return Sighted(TapeEyes(tape), TapeClock(tape))
        if sight.socket_path not in self._kept:
            self._kept[sight.socket_path] = _live(self.kind, Path(sight.socket_path), self._clock)
        return Sighted(self._kept[sight.socket_path], self._clock)


def _live(kind: EyesKind, socket_path: Path, clock: SystemClock) -> Eyes | WindowEyes:
    from tmuxio.address import ServerAddress  # noqa: PLC0415 - as above
    from tmuxio.eyes import LibtmuxEyes, ServerEyes  # noqa: PLC0415
    from tmuxio.reader import Reader  # noqa: PLC0415

    address = ServerAddress(socket_path)
    return LibtmuxEyes(address, clock) if kind == "windows" else ServerEyes(Reader(address), clock)


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when the thread that started it ends.

    Where there is no such kernel (Linux has it), the end of standard input ends it after the request in hand.
    """
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):  # not Linux
        return
    if os.getppid() != parent:  # it ended before we could ask
        sys.exit(1)


def main(arguments: list[str] | None = None) -> int:
    """Serve one monitor until its harness is gone; 78 where there is no such monitor."""
    parser = ArgumentParser(prog="monitor_process", description=main.__doc__)
    parser.add_argument("target")
    parser.add_argument("--eyes", choices=("windows", "server"))
    parser.add_argument("--parent", type=int)
    options = parser.parse_args(arguments)
    if options.parent is not None:
        die_with(options.parent)
    spec = MonitorSpec(options.target, options.target, options.eyes)
    eyes = OurEyes()

    def make() -> Monitor[Any]:
        monitor, eyes.kind = load(spec)
        return monitor

    if (program := spec.program) is not None:
        return _become(program)
    try:
        serve_stdio(make, eyes)
    except UnknownMonitor as unknown:
        print(unknown, file=sys.stderr)  # noqa: T201 - standard error is this process's log
        return EX_CONFIG
    return 0


def _become(program: tuple[str, ...]) -> int:
    try:
        os.execvp(program[0], program)  # noqa: S606 - to run a named program is what a `cmd:` monitor asks for
    except OSError as error:
        print(f"{program[0]}: {error.strerror}: name a program that can be run", file=sys.stderr)  # noqa: T201
        return EX_CONFIG


if __name__ == "__main__":
    sys.exit(main())
