"""Which programs run in a pane, from its own process down to what is in front: read from /proc, as tmux does not say.

tmux names one process a pane and calls codex `node` and aider `python3`; after a SIGKILL title and screen stay as they
were. Only the tree of processes knows who is there.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the process table."""

    pid: int
    name: str
    """At most 15 characters, as the kernel keeps it."""
    parent: int
    group: int
    session: int
    front: int
    """The process group that its terminal listens to; -1 without a terminal."""
    started: int
    """Clock ticks after boot: with the pid it is an identity."""


Table = Mapping[int, Process]


Known = dict[str, tuple[bytes, Process]]
"""Lines of the table by process, each with the start of its text that says all of it."""


def read_table(proc: Path = Path("/proc"), known: Known | None = None) -> dict[int, Process]:
    """Read all processes that have not ended; nothing where there is no such file system.

    `known` carries what was read from one reading to the next, so that a line that says the same is not taken apart
    again; every line is read each time.
    """
    table: dict[int, Process] = {}
    fresh: Known = {}
    try:
        entries = os.listdir(proc)  # noqa: PTH208 - a thousand Path objects cost more than reading what they name
    except OSError:
        return table
    for entry in entries:
        if not entry.isdigit() or not (line := _line(f"{proc}/{entry}/stat")):
            continue
        last = known.get(entry) if known else None
        parsed = last if last is not None and line.startswith(last[0]) else _parsed(line)
        if parsed is not None:
            fresh[entry] = parsed
            table[parsed[1].pid] = parsed[1]
    if known is not None:
        known.clear()
        known.update(fresh)
    return table


def read_process(pid: int, proc: Path = Path("/proc")) -> Process | None:
    """Read one process; None where it has ended."""
    parsed = _parsed(_line(f"{proc}/{pid}/stat"))
    return parsed[1] if parsed else None


def _line(stat: str) -> bytes:
    try:
        handle = os.open(stat, os.O_RDONLY)
        try:
            return os.read(handle, 4096)
        finally:
            os.close(handle)
    except OSError:  # it ended between the listing and the look
        return b""


def _parsed(line: bytes) -> tuple[bytes, Process] | None:
    """Take a line apart: the process, and the part of the line that tells it, but for its start: that never changes."""
    head, _, tail = line.rpartition(b") ")
    pid, _, name = head.partition(b" (")
    fields = tail.split(None, 20)
    if len(fields) < 20 or fields[0] in {b"Z", b"X"}:  # noqa: PLR2004 - proc(5): starttime is the 20th behind the name
        return None
    parent, group, session, _, front = map(int, fields[1:6])
    process = Process(int(pid), name.decode("utf-8", "replace"), parent, group, session, front, int(fields[19]))
    return head + b") " + b" ".join(fields[:6]) + b" ", process


class Running:
    """Names what runs below pane processes now, remembering the lines of the table between two looks."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._known: Known = {}

    def __call__(self, pids: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """Read the process table and name the processes below each of these, outermost first."""
        return chains(read_table(self._proc, self._known), pids)


def chains(table: Table, pids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Name the processes below each pane process, outermost first; empty for one that is not in the table."""
    children: dict[int, list[Process]] = {}
    for process in table.values():
        children.setdefault(process.parent, []).append(process)
    return {pid: tuple(process.name for process in _chain(table, children, pid)) for pid in pids}


def _chain(table: Table, children: Mapping[int, list[Process]], pid: int) -> list[Process]:
    """From the pane's process down to the group in front, and on to what its youngest child is."""
    own = table.get(pid)
    if own is None:
        return []
    chain = _path(table, own, own.front)
    while len(chain) < _MAX_DEPTH:
        last = chain[-1]
        below = [child for child in children.get(last.pid, ()) if not _behind(child, last, own)]
        if not below:
            break
        # Servers that an agent keeps are as old as the agent; the tool that it runs now is its youngest child.
        chain.append(max(below, key=lambda child: (child.started, child.pid)))
    return chain


def _path(table: Table, own: Process, front: int) -> list[Process]:
    """From the pane's process down to the leader of the group in front; only its own where that is nobody's child."""
    path: list[Process] = []
    at = table.get(front)
    while at is not None and at.pid != own.pid and len(path) < _MAX_DEPTH:
        path.append(at)
        at = table.get(at.parent)
    return [own, *reversed(path)] if at is own else [own]


def _behind(child: Process, parent: Process, own: Process) -> bool:
    """Whether a child is a job that the pane's shell runs in the background, or has stopped."""
    shell = parent.pid == own.pid == parent.session
    return shell and child.session == own.session and child.group != own.front
