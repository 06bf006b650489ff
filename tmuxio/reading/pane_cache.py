"""The records of panes, each kept for as long as nothing about its pane changes: most panes stand still."""

from collections.abc import Collection
from typing import NamedTuple

from tmuxio.reading.listing import Lasting, PaneRow
from tmuxio.reading.reader import shot
from tmuxio.reading.staleness import LastReading
from understudy.screens import PaneShot


class _Kept(NamedTuple):
    row: PaneRow
    seen: LastReading | None
    below: tuple[str, ...]
    lasting: Lasting
    shot: PaneShot


class PaneCache:
    """Makes a server's shots out of what was seen of it; one that would be as it was is the same object again."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def shot(self, row: PaneRow, seen: LastReading | None, below: tuple[str, ...], lasting: Lasting) -> PaneShot:
        """The record of a pane with these figures, this screen, these processes, and what lasts."""
        kept = self._kept.get(row.pane)
        if kept is None:
            made = shot(row, _ansi(seen), below, lasting=lasting)
        elif kept.row is row and kept.seen is seen and kept.below is below and kept.lasting is lasting:
            return kept.shot
        elif (kept.row.unmoved, kept.below, kept.lasting) != (row.unmoved, below, lasting):
            made = shot(row, _ansi(seen), below, lasting=lasting)
        else:
            made = _printed(kept, row, _ansi(seen))
        self._kept[row.pane] = _Kept(row, seen, below, lasting, made)
        return made

    def keep_only(self, panes: Collection[str]) -> None:
        """Forget the panes that are gone."""
        for pane in self._kept.keys() - panes:
            del self._kept[pane]


def _printed(kept: _Kept, row: PaneRow, ansi: str) -> PaneShot:
    """The record of a pane that did nothing but print, if it did: what does not change is not looked at again."""
    if kept.row == row and kept.shot.ansi == ansi:
        return kept.shot
    moved = {"cursor_x": row.cursor_x, "cursor_y": row.cursor_y, "history": row.history, "ansi": ansi}
    return kept.shot.model_copy(update=moved)


def _ansi(seen: LastReading | None) -> str:
    return "" if seen is None else seen.ansi
