"""The status files of processes, kept open: to open one costs the kernel more than to read it, and it is read often.

An open file speaks of its process alone, also when the process's number has become another's: then it cannot be read.
"""

import os
import resource
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final
from weakref import finalize

_ALLOWED: Final = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
MOST: Final = 2048 if _ALLOWED == resource.RLIM_INFINITY else min(2048, _ALLOWED // 4)
"""So many are kept open at most: they are not all the files that a process needs."""


class StatusFiles:
    """Reads `/proc/NUMBER/stat`, again and again."""

    def __init__(self, proc: Path) -> None:
        self._proc = str(proc)
        self._open: dict[str, int] = {}
        finalize(self, _close, self._open)

    def read(self, entry: str, *, again: bool) -> bytes:
        """Read an entry's line, empty where its process has ended; `again` says that it will be read again."""
        handle = self._open.get(entry)
        if handle is not None:
            try:
                return os.pread(handle, 4096, 0)
            except OSError:  # it ended; its number may be another's by now
                os.close(self._open.pop(entry))
        try:
            handle = os.open(f"{self._proc}/{entry}/stat", os.O_RDONLY)
        except OSError:
            return b""
        if again and len(self._open) < MOST:
            self._open[entry] = handle
            return self.read(entry, again=False)
        try:
            return os.read(handle, 4096)
        except OSError:  # it ended between the opening and the reading
            return b""
        finally:
            os.close(handle)

    def all_begin(self, starts: Mapping[str, bytes]) -> bool:
        """Whether all of these entries are kept open, live, and say lines that begin as they did."""
        try:
            return all(os.pread(self._open[entry], 4096, 0).startswith(start) for entry, start in starts.items())
        except (KeyError, OSError):
            return False

    def keep_only(self, entries: Collection[str]) -> None:
        """Close the files of all others."""
        for entry in self._open.keys() - entries:
            os.close(self._open.pop(entry))


def _close(handles: dict[str, int]) -> None:
    for handle in handles.values():
        with suppress(OSError):
            os.close(handle)
