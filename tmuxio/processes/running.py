"""What runs below the panes now, kept up to date: read from /proc where something stirred, and known where not."""

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from tmuxio.processes.files import ProcessFiles, is_shortage
from tmuxio.processes.table import MAX_DEPTH, Process, StatLine, Table, chains, parse

_READ_ALL_EVERY: Final = 60
"""Readings after which every process of the machine is read again, as a net."""


class ProcessTrees:
    """Names what runs below pane processes now.

    The processes below a pane are read again when one of them ended or runs another program, when somebody came, and
    when the pane is looked at closely: the terminal may listen to another of them, which a shell does not keep quiet.
    One that was found to be below none can never come to be: nobody is adopted by a process that was not above it
    before. So it is told from others by its directory's inode, which is its own and not its number's, and is not read
    again. Where the kernel has given no number since, nobody came.
    """

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._files = ProcessFiles(proc)
        self._roots: frozenset[int] = frozenset()
        self._lines: dict[str, StatLine] = {}
        """By entry, of all that are not known to be elsewhere."""
        self._trees: dict[int, set[str]] = {}
        """By pane process, its own entry and those below it."""
        self._newest = b""
        self._entries: dict[str, int] = {}
        """Every process with its inode, when that number was the last that had been given."""
        self._elsewhere: dict[str, int] = {}
        """Inodes of the entries that are below no pane."""
        self._chains: dict[int, tuple[str, ...]] = {}
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
        newest = self._files.newest()  # before the entries: whoever comes meanwhile is looked for next time
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
        # who is alone in a pane has nobody to hand the terminal to
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
        """Leave out those who came and are below no pane."""
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
        """The entries that say something else now; whether one runs or sleeps is nothing that counts."""
        return {entry for entry, line in read.items() if _process(self._lines.get(entry)) != _process(line)}

    def _take_in(self, read: Mapping[str, StatLine | None], roots: frozenset[int]) -> None:
        """Say anew what runs below the panes, of which some lines are others now."""
        others = self._others(read)
        lines = _live({**self._lines, **read})
        trees = _trees(lines, roots)
        moved = [root for root, tree in trees.items() if tree != self._trees.get(root) or not others.isdisjoint(tree)]
        again = set[str]().union(
            *(trees[root] for root in moved)
        )  # who listens to a terminal changes with who is there
        lines = _live({**lines, **self._read(again - read.keys())})
        self._files.keep_only(lines)
        table = {lines[entry].process.pid: lines[entry].process for entry in again if entry in lines}
        self._chains = {root: self._chains.get(root, ()) for root in roots} | chains(table, moved)
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
    """The processes of the process file system, by name, with their inodes."""
    try:
        with os.scandir(proc) as entries:
            return {entry.name: entry.inode() for entry in entries if entry.name.isdigit()}
    except OSError as error:
        if is_shortage(error):  # they all run on
            raise
        return {}


def _is_elsewhere(process: Process, table: Table, roots: Collection[int], elsewhere: Collection[str]) -> bool:
    """Whether a process is certainly below none of the roots: somebody above it is missing where it is in doubt."""
    at: Process | None = process
    for _ in range(MAX_DEPTH):
        if at is None or at.pid in roots:
            return False
        if at.parent == 0 or str(at.parent) in elsewhere:
            return True
        at = table.get(at.parent)
    return False
