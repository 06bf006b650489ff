"""The screens of bouts: find the kept tape that shows a pane at the time of a bout."""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rollout.loop.tape_store import SUFFIX
from shadow.bout import Bout
from tmuxio.tapes.tapefile import read_tape
from understudy.screens import PaneShot
from understudy.tapes import TornTape

_BEGINS_BEFORE: Final = 30.0
"""Seconds by which a cycle may begin before its tape is recorded."""
_FORM: Final = "c-%Y%m%dT%H%M%S.%f"


class BoutScreens:
    """Finds the tapes of a folder by the instants in their names; reads only what is asked for."""

    def __init__(self, folder: Path) -> None:
        named = [(at, path) for path in folder.glob(f"*{SUFFIX}") if (at := _instant(path.name)) is not None]
        self._tapes = sorted(named)
        self._instants = [at for at, _ in self._tapes]

    def may_have(self, bout: Bout) -> bool:
        """Return whether a tape of about that time is kept."""
        return bool(self._near(bout))

    def shot(self, bout: Bout) -> PaneShot | None:
        """The pane of a bout as it was while the bout lasted; None where no tape shows it."""
        for path in self._near(bout):
            try:
                tape = read_tape(path).tape
            except (TornTape, OSError):  # taken away since, or damaged: another may do
                continue
            shot = tape.frames[-1].by_pane.get(bout.pane or "")
            if shot is not None and shot.pid == bout.pid and bout.began <= tape.at <= _end(bout):
                return shot
        return None

    def _near(self, bout: Bout) -> list[Path]:
        first = bisect_left(self._instants, bout.began - _BEGINS_BEFORE)
        return [path for _, path in self._tapes[first : bisect_right(self._instants, _end(bout))]]


def _end(bout: Bout) -> float:
    return bout.ended if bout.ended is not None else bout.settled_at or bout.began


def _instant(name: str) -> float | None:
    """Return the start of a tape's cycle, by the tape's name; None for a name without an instant."""
    stem = name.removesuffix(SUFFIX)
    head, dash, mark = stem.rpartition("-")
    try:
        return datetime.strptime(head if dash and mark.isalpha() else stem, _FORM).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
