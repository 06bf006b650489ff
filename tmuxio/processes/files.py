"""The kernel's files about processes, kept open: to open one costs the kernel more than to read it.

An open file speaks of its process alone, also when the process's number has become another's: then it cannot be read.
"""

import errno
import os
import resource
import select
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Final
from weakref import finalize

PROC: Final = Path("/proc")
"""The kernel's files about the processes of this machine."""
_FILES: Final = 3
_SHORTAGES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_ALLOWED: Final = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
MOST: Final = 2048 if _ALLOWED == resource.RLIM_INFINITY else min(2048, _ALLOWED // (2 * _FILES))
"""The number of processes whose files are kept open at most: this process needs other files too."""


@dataclass(slots=True)
class _Kept:
    status: int
    """Its `stat` file; the kernel needs four times as long to write it as the name."""
    comm: int
    """Its `comm` file, the name, which changes with the program; -1 where the kernel has no such file."""
    life: int
    """Can be read once it has ended; -1 where the kernel has no such thing."""
    name: bytes = b""
    """Its name at the last reading; a process that is asked about for the first time is read."""


class ProcessFiles:
    """Reads `/proc/NUMBER/stat`, and finds the processes that ended or run another program without reading it.

    Raises OSError where no more files can be opened: that a process cannot be read does not mean that it ended.
    """

    def __init__(self, proc: Path) -> None:
        self._proc = str(proc)
        self._pidfds = proc == PROC and hasattr(os, "pidfd_open")
        self._kept: dict[str, _Kept] = {}
        self._lives: dict[int, str] = {}
        self._ends = select.poll()
        self._load = _opened(f"{proc}/loadavg") if numbers_are_new(proc) else -1
        finalize(self, _close, self._kept, self._load)

    def read(self, entry: str, *, again: bool) -> bytes:
        """Read an entry's line, empty where its process has ended; `again` says that it will be asked about again."""
        if again and entry not in self._kept and len(self._kept) < MOST:
            self._keep(entry)
        if (kept := self._kept.get(entry)) is None:
            return self._content(entry)
        try:
            return os.pread(kept.status, 4096, 0)
        except OSError:
            self._forget(entry)  # it ended; another process may have its number by now
            return self._content(entry)

    def stirred(self, entries: Collection[str]) -> set[str]:
        """Name the processes that ended or run another program than at the last call, or may have: no file shows it."""
        stirred = {self._lives[handle] for handle, _ in self._ends.poll(0)}
        for entry in entries:
            kept = self._kept.get(entry)
            if kept is None or kept.comm < 0 or kept.life < 0:
                stirred.add(entry)
            elif (name := _name(kept)) != kept.name:
                stirred.add(entry)
                kept.name = name
        return stirred

    def newest(self) -> bytes:
        """Return the number that the kernel gave last, to a process or a thread; nothing where it is not shown."""
        return _last_number(self._load) if self._load >= 0 else b""

    def keep_only(self, entries: Collection[str]) -> None:
        """Close the files of all others."""
        for entry in self._kept.keys() - entries:
            self._forget(entry)

    def _keep(self, entry: str) -> None:
        if (status := _opened(f"{self._proc}/{entry}/stat")) < 0:
            return
        kept = self._kept[entry] = _Kept(status, _opened(f"{self._proc}/{entry}/comm"), self._life(entry))
        if kept.life >= 0:
            self._lives[kept.life] = entry
            self._ends.register(kept.life, select.POLLIN)

    def _life(self, entry: str) -> int:
        try:
            return os.pidfd_open(int(entry)) if self._pidfds else -1
        except (OSError, ValueError):
            return -1

    def _content(self, entry: str) -> bytes:
        try:
            handle = os.open(f"{self._proc}/{entry}/stat", os.O_RDONLY)
        except OSError as error:
            if is_shortage(error):  # it may run all the same
                raise
            return b""
        try:
            return os.read(handle, 4096)
        except OSError:  # it ended between the opening and the reading
            return b""
        finally:
            os.close(handle)

    def _forget(self, entry: str) -> None:
        kept = self._kept.pop(entry)
        if kept.life >= 0:
            self._ends.unregister(kept.life)
            del self._lives[kept.life]
        _close({entry: kept})


def is_shortage(error: OSError) -> bool:
    """Return whether an error means that no file at all can be opened: it says nothing about the requested file."""
    return error.errno in _SHORTAGES


@cache
def numbers_are_new(proc: Path) -> bool:
    """Return whether the kernel's last number is shown as it is: some containers see an older one, or none.

    A thread takes a number, too: one is started for this check. It concerns the machine's own processes.
    """
    if proc != PROC:
        return True
    if (load := _opened(f"{proc}/loadavg")) < 0:
        return False
    seen = Event()
    thread = Thread(target=seen.wait)
    thread.start()
    try:
        last = _last_number(load)
    finally:
        seen.set()
        thread.join()
        os.close(load)
    return last.strip().isdigit() and int(last) >= (thread.native_id or 0)


def _last_number(load: int) -> bytes:
    return os.pread(load, 256, 0).rpartition(b" ")[2]


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return -1


def _name(kept: _Kept) -> bytes:
    """Return the present name of its process; empty where it has ended, or where the name cannot be read."""
    try:
        return os.pread(kept.comm, 64, 0) if kept.comm >= 0 else b""
    except OSError:
        return b""


def _close(kept: dict[str, _Kept], *handles: int) -> None:
    for handle in (*handles, *(handle for files in kept.values() for handle in (files.status, files.comm, files.life))):
        if handle >= 0:
            os.close(handle)
