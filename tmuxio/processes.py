"""Which programs run in a pane, from its own process down to what is in front: read from /proc, as tmux does not say.

tmux names one process a pane and calls codex `node` and aider `python3`; after a SIGKILL title and screen stay as they
were. Only the tree of processes knows who is there.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tmuxio.status_files import StatusFiles

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


def read_process(pid: int, proc: Path = Path("/proc")) -> Process | None:
    """Read one process; None where it has ended."""
    parsed = _parsed(StatusFiles(proc).read(str(pid), again=False))
    return parsed[1] if parsed else None


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


_READ_ALL_EVERY: Final = 60
"""Readings after which every process of the machine is read again, as a net."""


class Running:
    """Names what runs below pane processes now.

    Every process below a pane is read each time. One that was found to be below none can never come to be: nobody is
    adopted by a process that was not above it before. So it is told from others by its directory's inode, which is its
    own and not its number's, and is not read again. Where the kernel has given no number since, nobody came.
    """

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._files = StatusFiles(proc)
        self._roots: frozenset[int] = frozenset()
        self._lines: dict[str, tuple[bytes, Process]] = {}
        """By entry, each with the start of its text that says all of it: one that says the same is not taken apart."""
        self._starts: dict[str, bytes] = {}
        self._newest = b""
        self._entries: dict[str, int] = {}
        """Every process with its inode, when that number was the last that had been given."""
        self._elsewhere: dict[str, int] = {}
        """Inodes of the entries that are below no pane."""
        self._chains: dict[int, tuple[str, ...]] = {}
        self._readings = 0

    def __call__(self, pids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
        """Read the processes below each of these and name them, outermost first."""
        roots = frozenset(pids)
        if not roots <= self._roots or self._readings % _READ_ALL_EVERY == 0:
            self._lines, self._elsewhere, self._newest = {}, {}, b""
        self._readings += 1
        newest = _newest(self._proc)  # before the entries: whoever comes meanwhile is looked for next time
        nobody_came = newest != b"" and newest == self._newest
        if nobody_came and roots == self._roots and self._files.all_begin(self._starts):
            return self._chains
        if not nobody_came:
            self._entries, self._newest = _entries(self._proc), newest
        entries = self._entries
        elsewhere = {entry: inode for entry, inode in self._elsewhere.items() if entries.get(entry) == inode}
        lines: dict[str, tuple[bytes, Process]] = {}
        arrived: list[str] = []
        for entry in entries.keys() - elsewhere.keys():
            last = self._lines.get(entry)
            line = self._files.read(entry, again=last is not None)
            if last is None or not line.startswith(last[0]):
                last = _parsed(line)
                arrived.append(entry)
            if last is not None:
                lines[entry] = last
            else:
                del entries[entry]
        table = {line[1].pid: line[1] for line in lines.values()} if arrived else {}
        for entry in arrived:
            if entry in lines and _is_elsewhere(lines[entry][1], table, roots, elsewhere):
                elsewhere[entry] = entries[entry]
                del lines[entry]
        if roots != self._roots or lines != self._lines:
            self._files.keep_only(lines)
            self._starts = {entry: line[0] for entry, line in lines.items()}
            self._chains = chains({line[1].pid: line[1] for line in lines.values()}, roots)
        self._roots, self._lines, self._elsewhere = roots, lines, elsewhere
        return self._chains


def _newest(proc: Path) -> bytes:
    """The number that the kernel gave last, to a process or a thread; nothing where it does not tell."""
    try:
        handle = os.open(f"{proc}/loadavg", os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(handle, 256).rpartition(b" ")[2]
    finally:
        os.close(handle)


def _entries(proc: Path) -> dict[str, int]:
    """The processes of the process file system, by name, with their inodes."""
    try:
        with os.scandir(proc) as entries:
            return {entry.name: entry.inode() for entry in entries if entry.name.isdigit()}
    except OSError:
        return {}


def _is_elsewhere(process: Process, table: Table, roots: Collection[int], elsewhere: Collection[str]) -> bool:
    """Whether a process is certainly below none of the roots: somebody above it is missing where it is in doubt."""
    at: Process | None = process
    for _ in range(_MAX_DEPTH):
        if at is None or at.pid in roots:
            return False
        if at.parent == 0 or str(at.parent) in elsewhere:
            return True
        at = table.get(at.parent)
    return False


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
