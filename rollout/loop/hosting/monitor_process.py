"""A monitor's own process: `python -m rollout.loop.hosting.monitor_process [--source KIND] [--parent PID] TARGET`.

It speaks the wire contract on its standard streams and ends with its parent, however that ends.
"""

import ctypes
import os
import shlex
import signal
import sys
from argparse import ArgumentParser

from understudy.import_path import put_user_folders_last

EX_CONFIG = 78
PROGRAM = "cmd:"
"""Begins a target that is a command line."""
_PR_SET_PDEATHSIG = 1


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
    parser.add_argument("--source", choices=("windows", "server"))
    parser.add_argument("--parent", type=int)
    options = parser.parse_args(arguments)
    if options.parent is not None:
        die_with(options.parent)
    if options.target.startswith(PROGRAM):
        return _become(shlex.split(options.target.removeprefix(PROGRAM)))
    put_user_folders_last()
    # imported here: a program has no use for what a Python monitor needs
    from rollout.loop.hosting.monitors import MonitorSpec, UnknownMonitor  # noqa: PLC0415
    from rollout.loop.hosting.serving import serve_spec  # noqa: PLC0415

    try:
        serve_spec(MonitorSpec(options.target, options.target, options.source))
    except UnknownMonitor as unknown:
        print(unknown, file=sys.stderr)  # noqa: T201 - standard error is this process's log
        return EX_CONFIG
    return 0


def _become(program: list[str]) -> int:
    try:
        os.execvp(program[0], program)  # noqa: S606 - to run a named program is what a `cmd:` monitor asks for
    except OSError as error:
        print(f"{program[0]}: {error.strerror}: name a program that can be run", file=sys.stderr)  # noqa: T201
        return EX_CONFIG


if __name__ == "__main__":
    sys.exit(main())
