"""The programs in a pane, from its own process down to the one in front: read from /proc, since tmux lists one.

tmux names one process a pane and calls codex `node` and aider `python3`; after a SIGKILL title and screen stay as they
were. Only the tree of processes shows which program runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tmuxio.processes.files import ProcessFiles

MAX_DEPTH: Final = 32
"""Generations; a longer line of ancestors is a loop."""


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


class StatLine(NamedTuple):
    """A line of `/proc/NUMBER/stat`."""

    start: bytes
    """The part of it that is used, with its run state; the fields behind it change all the time."""
    process: Process


def read_process(pid: int, proc: Path = Path("/proc")) -> Process | None:
    """Read one process; None where it has ended."""
    parsed = parse(ProcessFiles(proc).read(str(pid), again=False))
    return parsed.process if parsed else None


def parse(line: bytes) -> StatLine | None:
    """Parse a line; None for that of a process that has ended."""
    head, _, tail = line.rpartition(b") ")
    pid, _, name = head.partition(b" (")
    fields = tail.split(None, 20)
    if len(fields) < 20 or fields[0] in {b"Z", b"X"}:  # noqa: PLR2004 - proc(5): starttime is the 20th behind the name
        return None
    parent, group, session, _, front = map(int, fields[1:6])
    process = Process(int(pid), name.decode("utf-8", "replace"), parent, group, session, front, int(fields[19]))
    return StatLine(head + b") " + b" ".join(fields[:6]) + b" ", process)


def processes_below(table: Table, pids: Iterable[int]) -> dict[int, tuple[Process, ...]]:
    """Return the processes below each pane process, outermost first; empty for one that is not in the table."""
    children: dict[int, list[Process]] = {}
    for process in table.values():
        children.setdefault(process.parent, []).append(process)
    return {pid: tuple(_chain(table, children, pid)) for pid in pids}


def names(processes: Iterable[Process]) -> tuple[str, ...]:
    """Return the names of processes."""
    return tuple(process.name for process in processes)


def _chain(table: Table, children: Mapping[int, list[Process]], pid: int) -> list[Process]:
    """Return the programs from the pane's process down to the group in front, and on to its youngest child."""
    own = table.get(pid)
    if own is None:
        return []
    chain = _path(table, own, own.front)
    while len(chain) < MAX_DEPTH:
        last = chain[-1]
        below = [child for child in children.get(last.pid, ()) if not _behind(child, last, own)]
        if not below:
            break
        # Servers that an agent keeps are as old as the agent; the tool that it runs now is its youngest child.
        chain.append(max(below, key=lambda child: (child.started, child.pid)))
    return chain


def _path(table: Table, own: Process, front: int) -> list[Process]:
    """Return the line from the pane's process to the leader of the group in front; else the pane's process alone."""
    path: list[Process] = []
    at = table.get(front)
    while at is not None and at.pid != own.pid and len(path) < MAX_DEPTH:
        path.append(at)
        at = table.get(at.parent)
    return [own, *reversed(path)] if at is own else [own]


def _behind(child: Process, parent: Process, own: Process) -> bool:
    """Return whether a child is a job that the pane's shell runs in the background, or has stopped."""
    shell = parent.pid == own.pid == parent.session
    return shell and child.session == own.session and child.group != own.front
