"""The version of the CLI that runs in a pane, read from its process and its package, never by running it."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from tmuxio.processes.packages import Package, packages_of
from tmuxio.processes.table import Process

_MOST: Final = 4096
"""Processes that are remembered: those of a large fleet, several times over."""
_ARGUMENTS: Final = 8
"""The script of an interpreter is among so many of its arguments."""
_SLACK_S: Final = 2.0
"""The start of a process and the change of a file are timed by two clocks."""
_INTERPRETERS: Final = ("node", "bun", "deno", "python")
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class CliVersions(Protocol):
    """Tells which version of a CLI runs in a pane."""

    def __call__(self, pid: int, cli: str, /) -> str | None:
        """Return the version of `cli` (its family, such as `codex`) below a pane's process; None where unknown."""
        ...


def no_version(_pid: int, _cli: str, /) -> None:
    """Know no version, as on a machine that shows no processes."""


class ProcessVersions:
    """Reads versions off the machine's processes. Each process is read once; after that an answer costs no reading.

    `below` names the processes of a pane, outermost first, as `ProcessTrees.below` does. Nothing is raised: what
    cannot be read is unknown.
    """

    def __init__(self, below: Callable[[int], Sequence[Process]], proc: Path = Path("/proc")) -> None:
        self._below = below
        self._proc = proc
        self._known: dict[tuple[int, int, str], tuple[Package, ...]] = {}

    def __call__(self, pid: int, cli: str, /) -> str | None:
        """Return the version of the outermost program that is best called so."""
        best, fit = None, 0
        for process in self._below(pid):
            for package in self._packages(process):
                if package.fits(cli) > fit:
                    best, fit = package.version, package.fits(cli)
        return best

    def _packages(self, process: Process) -> tuple[Package, ...]:
        """Return what a process may have been installed with, as it was when it was first asked about.

        A package that has changed on the disk since the process started is not what the process runs.
        """
        identity = process.pid, process.started, process.name  # the name changes when it becomes another program
        if (known := self._known.get(identity)) is not None:
            return known
        own = self._proc / str(process.pid)
        if not (arguments := _fields(own / "cmdline")):  # it is becoming one at this moment, or has ended
            return ()
        until = _started_at(process) + _SLACK_S
        found = dict.fromkeys(self._read(own, arguments))
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[identity] = packages = tuple(package for package in found if package.changed <= until)
        return packages

    def _read(self, own: Path, arguments: Sequence[str]) -> Iterator[Package]:
        if _link(own / "ns/mnt") != _link(self._proc / "self/ns/mnt"):  # its paths are those of a container
            return
        program = _link(own / "exe")
        if program is not None:
            yield from packages_of(program)
        interpreter = program.name if program is not None else ""
        if interpreter.startswith(_INTERPRETERS) and (script := _script(own, interpreter, arguments)) is not None:
            yield from packages_of(script, python=interpreter.startswith("python"))


def _script(own: Path, interpreter: str, arguments: Sequence[str]) -> Path | None:
    """Return the file that an interpreter runs; None where its arguments do not show it."""
    first, *rest = arguments
    folder = _link(own / "cwd") or Path("/")
    for place, argument in enumerate(rest[:_ARGUMENTS]):
        if argument == "-m" and interpreter.startswith("python"):
            module = "".join(rest[place + 1 : place + 2])
            return Path(first).parent / module if "/" in first and module.isidentifier() else None
        if not argument.startswith("-") and (script := folder / argument).is_file():
            return script
    if rest:
        return None
    # a program that gives itself a title writes over its arguments; a shell leaves the path of what it starts in `_`
    said = next((field for field in _fields(own / "environ") if field.startswith("_=/")), "")
    return Path(said[2:]) if said else None


def _fields(path: Path) -> list[str]:
    """Split one of the kernel's lists; empty where it cannot be read."""
    try:
        content = path.read_bytes().rstrip(b"\0")
    except OSError:
        return []
    return os.fsdecode(content).split("\0") if content else []


def _link(path: Path) -> Path | None:
    """Return what a link of the kernel names, also if that was deleted since; None where it cannot be read."""
    try:
        return Path(path.readlink().as_posix().removesuffix(" (deleted)"))
    except OSError:
        return None


def _started_at(process: Process) -> float:
    """Return the start of a process in seconds since the epoch."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + process.started / _TICKS
