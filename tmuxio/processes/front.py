"""The kernel's data on a pane at this instant: whether its program is stopped, and whether it reads its terminal.

Both are read just before every action, and never kept: a process may be stopped at any time.
"""

import fcntl
import os
import termios
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tmuxio.processes.files import PROC
from tmuxio.processes.table import MAX_DEPTH

_STOPPED: Final = frozenset({"T", "t"})
_MOST: Final = 4096
"""More processes than this are not below one pane."""


class Status(NamedTuple):
    """The fields of `/proc/PID/stat` that are used here."""

    state: str
    """One letter: `R` runs, `S` sleeps, `T` is stopped."""
    parent: int
    group: int
    terminal: int
    """The number of its controlling terminal; 0 without one."""
    front: int
    """The process group that this terminal listens to."""


def stopped_in_front(pid: int, proc: Path = PROC) -> bool:
    """Return whether a process below `pid`, or itself, is stopped while its terminal listens to its group.

    One that was stopped for reading the terminal from the background is not in front, and does not count. False where
    the processes cannot be read.
    """
    if (below := _descendants(pid, proc)) is None:  # a kernel that lists no children
        table = _statuses(proc)
        return any(_is_below(one, pid, table) for one, status in table.items() if _stopped_in_front(status))
    read = (_parsed(f"{proc}/{one}/stat") for one in below)
    return any(status is not None and _stopped_in_front(status) for status in read)


def unread(tty: str, pid: int, proc: Path = PROC) -> int | None:
    """Return how many typed bytes wait in a pane's terminal for its program to read them; None where that is unknown.

    `pid` is the pane's process: a device of that name which is not its terminal, as in a container, is not asked. A
    terminal that edits lines itself counts finished lines alone; it shows typed text at once.
    """
    status = _parsed(f"{proc}/{pid}/stat")
    if not tty or status is None or not status.terminal:
        return None
    try:
        handle = os.open(tty, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        device = os.fstat(handle).st_rdev
        if (os.major(device), os.minor(device)) != _device(status.terminal):
            return None
        return int.from_bytes(fcntl.ioctl(handle, termios.FIONREAD, b"\0" * 4), "little")
    except OSError:
        return None
    finally:
        os.close(handle)


def _stopped_in_front(status: Status) -> bool:
    return status.state in _STOPPED and status.group == status.front


def _descendants(pid: int, proc: Path) -> list[int] | None:
    """Name a process and all that are below it; None where the kernel does not list children."""
    below = [pid]
    for one in below:  # which grows meanwhile
        if len(below) > _MOST:
            return None
        try:
            with os.scandir(f"{proc}/{one}/task") as threads:
                tasks = [thread.name for thread in threads]
            for task in tasks:
                below += map(int, Path(f"{proc}/{one}/task/{task}/children").read_bytes().split())
        except OSError:
            if one == pid or Path(f"{proc}/{one}").exists():
                return None
    return below


def _is_below(pid: int, root: int, table: Mapping[int, Status]) -> bool:
    for _ in range(MAX_DEPTH):
        if pid == root:
            return True
        status = table.get(pid)
        if status is None:
            return False
        pid = status.parent
    return False


def _device(terminal: int) -> tuple[int, int]:
    """Split a terminal's number as proc(5) packs it: the minor number lies around the major one."""
    return (terminal >> 8) & 0xFFF, (terminal & 0xFF) | ((terminal >> 12) & 0xFFF00)


def _statuses(proc: Path) -> dict[int, Status]:
    try:
        with os.scandir(proc) as found:
            entries = [entry.name for entry in found if entry.name.isdigit()]
    except OSError:
        return {}
    read = ((int(entry), _parsed(f"{proc}/{entry}/stat")) for entry in entries)
    return {pid: status for pid, status in read if status is not None}


def _parsed(path: str) -> Status | None:
    try:
        with Path(path).open("rb") as file:
            fields = file.read(4096).rpartition(b") ")[2].split(None, 6)
        return Status(fields[0].decode(), int(fields[1]), int(fields[2]), int(fields[4]), int(fields[5]))
    except (OSError, ValueError, IndexError):
        return None
