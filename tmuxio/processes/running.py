"""The processes below the panes, kept up to date: read from /proc where something changed, and kept where not."""

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from tmuxio.processes.files import ProcessFiles, is_shortage
from tmuxio.processes.table import MAX_DEPTH, Process, StatLine, Table, names, parse, processes_below

_READ_ALL_EVERY: Final = 60
"""Readings after which every process of the machine is read again, as a net."""


class ProcessTrees:
    """Names what runs below pane processes now.

    The processes below a pane are read again when one of them ended or runs another program, when a process started,
    and when the pane is read closely: the terminal may listen to another of them, and a shell prints when that happens.
    A process that was found to be below no pane never comes below one: the kernel hands an orphan only to a process
    that was above it before. Its directory's inode, which is never reused as its number is, identifies it, and it is
    not read again. Where the kernel has given no number since, no process started.
    """

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._files = ProcessFiles(proc)
        self._roots: frozenset[int] = frozenset()
        self._lines: dict[str, StatLine] = {}
        """By entry, for all that are not known to be below no pane."""
        self._trees: dict[int, set[str]] = {}
        """By pane process, its own entry and those below it."""
        self._newest = b""
        self._entries: dict[str, int] = {}
        """Every process with its inode, when that number was the last that had been given."""
        self._elsewhere: dict[str, int] = {}
        """Inodes of the entries that are below no pane."""
        self._chains: dict[int, tuple[str, ...]] = {}
        self._below: dict[int, tuple[Process, ...]] = {}
        """The processes that the chains name."""
        self._readings = 0

    def __call__(self, pids: Iterable[int], closely: Collection[int] | None = None, /) -> Mapping[int, tuple[str, ...]]:
        """Name the processes below each of these, outermost first; look closely at some of them, None for all.

        Raises OSError where no more files can be opened; the next call then reads every process again.
        """
        try:
            return self._named(frozenset(pids), closely)
        except OSError:
            self._readings = 0
            raise

    def below(self, pid: int) -> tuple[Process, ...]:
        """Return the processes that the last call named below a pane's process, outermost first; reads nothing."""
        return self._below.get(pid, ())

    def _named(self, roots: frozenset[int], closely: Collection[int] | None) -> Mapping[int, tuple[str, ...]]:
        if not roots <= self._roots or self._readings % _READ_ALL_EVERY == 0:
            self._lines, self._trees, self._elsewhere, self._newest = {}, {}, {}, b""
        self._readings += 1
        came, gone = self._came_and_gone()
        read = self._read((came | self._suspects(closely)) - gone) | dict.fromkeys(gone)
        self._pass_over_others(came, read, roots)
        if roots != self._roots or self._others(read):
            self._take_in(read, roots)
        else:
            self._lines |= _live(read)
        return self._chains

    def _came_and_gone(self) -> tuple[set[str], set[str]]:
        newest = self._files.newest()  # before the entries: a process that starts meanwhile is found next time
        if newest and newest == self._newest:
            return set(), set()
        entries = self._entries = _entries(self._proc)
        self._newest = newest
        self._elsewhere = {entry: inode for entry, inode in self._elsewhere.items() if entries.get(entry) == inode}
        return entries.keys() - self._elsewhere.keys() - self._lines.keys(), self._lines.keys() - entries.keys()

    def _suspects(self, closely: Collection[int] | None) -> set[str]:
        known = {*self._lines}
        if closely is None:
            return known
        # a process alone in a pane has no other to hand the terminal to
        quiet = set().union(*(tree for root, tree in self._trees.items() if len(tree) == 1 or root not in closely))
        return (known - quiet) | self._files.stirred(quiet)

    def _read(self, entries: Collection[str]) -> dict[str, StatLine | None]:
        read: dict[str, StatLine | None] = {}
        for entry in entries:
            last = self._lines.get(entry)
            line = self._files.read(entry, again=last is not None)
            read[entry] = last if last is not None and line.startswith(last.start) else parse(line)
        return read

    def _pass_over_others(self, came: Collection[str], read: dict[str, StatLine | None], roots: frozenset[int]) -> None:
        """Leave out the processes that started and are below no pane."""
        if not came:
            return
        lines = {**self._lines, **read}
        table = {line.process.pid: line.process for line in lines.values() if line is not None}
        for entry in came:
            line = read[entry]
            if line is None or _is_elsewhere(line.process, table, roots, self._elsewhere):
                del read[entry]
                if line is not None:
                    self._elsewhere[entry] = self._entries[entry]

    def _others(self, read: Mapping[str, StatLine | None]) -> set[str]:
        """Return the entries whose content changed; whether a process runs or sleeps does not count."""
        return {entry for entry, line in read.items() if _process(self._lines.get(entry)) != _process(line)}

    def _take_in(self, read: Mapping[str, StatLine | None], roots: frozenset[int]) -> None:
        """Rebuild the programs below the panes of which some lines changed."""
        others = self._others(read)
        lines = _live({**self._lines, **read})
        trees = _trees(lines, roots)
        moved = [root for root, tree in trees.items() if tree != self._trees.get(root) or not others.isdisjoint(tree)]
        again = set[str]().union(
            *(trees[root] for root in moved)
        )  # the process that reads a terminal changes with the processes below the pane
        lines = _live({**lines, **self._read(again - read.keys())})
        self._files.keep_only(lines)
        table = {lines[entry].process.pid: lines[entry].process for entry in again if entry in lines}
        below = processes_below(table, moved)
        self._below = {root: self._below.get(root, ()) for root in roots} | below
        self._chains = {root: self._chains.get(root, ()) for root in roots} | {
            root: names(processes) for root, processes in below.items()
        }
        self._roots, self._lines, self._trees = roots, lines, trees


def _process(line: StatLine | None) -> Process | None:
    return None if line is None else line.process


def _live(read: Mapping[str, StatLine | None]) -> dict[str, StatLine]:
    return {entry: line for entry, line in read.items() if line is not None}


def _trees(lines: Mapping[str, StatLine], roots: Collection[int]) -> dict[int, set[str]]:
    table = {line.process.pid: line.process for line in lines.values()}
    trees: dict[int, set[str]] = {root: set() for root in roots}
    for entry, line in lines.items():
        at: Process | None = line.process
        for _ in range(MAX_DEPTH):
            if at is None or at.pid in trees:
                break
            at = table.get(at.parent)
        if at is not None and at.pid in trees:
            trees[at.pid].add(entry)
    return trees


def _entries(proc: Path) -> dict[str, int]:
    """Return the processes of the process file system, by name, with their inodes."""
    try:
        with os.scandir(proc) as entries:
            return {entry.name: entry.inode() for entry in entries if entry.name.isdigit()}
    except OSError as error:
        if is_shortage(error):  # they all run on
            raise
        return {}


def _is_elsewhere(process: Process, table: Table, roots: Collection[int], elsewhere: Collection[str]) -> bool:
    """Return whether a process is certainly below none of the roots; False where an ancestor is missing."""
    at: Process | None = process
    for _ in range(MAX_DEPTH):
        if at is None or at.pid in roots:
            return False
        if at.parent == 0 or str(at.parent) in elsewhere:
            return True
        at = table.get(at.parent)
    return False
