"""The tape store: the tapes of every cycle that differs, a sample of the others, and their screens, each kept once."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Final

import structlog
from pydantic import JsonValue

from rollout.loop.tape_retention import Interest, RetainedTape, Retention, by_worth, outdated
from tmuxio.tapes.screen_store import ScreenStore
from tmuxio.tapes.tapefile import write_tape
from understudy.screens import Tape

log = structlog.get_logger(__name__)

Memories = Mapping[str, JsonValue] | Callable[[], Mapping[str, JsonValue]]

SUFFIX: Final = ".tape.gz"
_MARKS: Final = {Interest.AGREES: "", Interest.KNOWN: "-known", Interest.DIFFERS: "-differs"}
_FIRST: Final = 0.05
"""The share of what may go that goes at once where room is short, before the disk is asked again."""
_TIDY_EVERY: Final = 10
"""Tapes from one tidying to the next."""


class TapeStore:
    """Writes beside the cycle: a tape that is lost to a crash is no evidence lost, only a picture of it.

    `now` tells the seconds since the epoch, by which tapes grow old.
    """

    def __init__(self, folder: Path, rules: Retention | None = None, now: Callable[[], float] = time) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._rules = rules or Retention()
        self._now = now
        self._store = ScreenStore(folder)
        self._kept = {kept.name: kept for kept in listed(folder)}
        self._written = 0
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="tapes")
        self._worker.submit(self._sweep)

    def keep(
        self,
        cycle: str,
        tape: Tape,
        memories: Memories,
        meta: Mapping[str, JsonValue],
        *,
        interest: Interest,
    ) -> Path:
        """Queue a tape with the memories from before it, and what else a replay needs; returns where it will lie.

        `memories` may be a function: it is called beside the cycle.
        """
        path = self._folder / f"{cycle}{_MARKS[interest]}{SUFFIX}"
        self._worker.submit(self._write, path, tape, memories, {"cycle": cycle, **meta}, interest)
        return path

    def find(self, cycle: str) -> Path | None:
        """The tape of a cycle, if it is kept still."""
        return find(self._folder, cycle)

    def size(self) -> int:
        """Bytes on disk, screens and memories too."""
        tapes = 0
        for name in list(self._kept):
            with suppress(OSError):
                tapes += (self._folder / name).stat().st_size
        return tapes + self._store.size

    def close(self) -> None:
        """Wait for what is queued."""
        self._worker.submit(self._tidy)
        self._worker.shutdown(wait=True)

    def _write(
        self, path: Path, tape: Tape, memories: Memories, meta: dict[str, JsonValue], interest: Interest
    ) -> None:
        try:
            write_tape(path, tape, memories() if callable(memories) else memories, meta, self._store)
            self._kept[path.name] = RetainedTape(path.name, interest, tape.at)
            self._written += 1
            if self._written % _TIDY_EVERY == 0:
                self._tidy()
        except Exception as error:  # noqa: BLE001 - a full disk costs a picture, not the cycle; it is said, and that is all
            log.warning("tapes.lost", tape=path.name, why=str(error))

    def _sweep(self) -> None:
        """Let go of screens whose tape was lost to a crash, or taken away by hand."""
        self._store.forget(self._store.tapes() - self._kept.keys())

    def _tidy(self) -> None:
        self._drop(outdated(self._kept.values(), self._now(), self._rules))
        while self.size() > self._rules.size:
            going = by_worth(self._kept.values(), self._rules)
            if not going:
                return
            self._drop(going[: max(1, int(len(going) * _FIRST))])

    def _drop(self, going: list[RetainedTape]) -> None:
        if not going:
            return
        for kept in going:
            (self._folder / kept.name).unlink(missing_ok=True)
            self._kept.pop(kept.name, None)
        self._store.forget([kept.name for kept in going])


def find(folder: Path, cycle: str) -> Path | None:
    """The tape of a cycle in a folder of tapes, if it is kept still."""
    return next((path for mark in _MARKS.values() if (path := folder / f"{cycle}{mark}{SUFFIX}").exists()), None)


def listed(folder: Path) -> Iterator[RetainedTape]:
    """What lies on a tape store, in the order of names, which is that of time."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with suppress(OSError):  # taken away since it was listed
            yield RetainedTape(path.name, _interest(path.name), path.stat().st_mtime)


def _interest(name: str) -> Interest:
    stem = name.removesuffix(SUFFIX)
    return next((one for one, mark in _MARKS.items() if mark and stem.endswith(mark)), Interest.AGREES)
