"""Screens of many panes: the questions, and their answers cut apart by nothing that a screen could forge.

A captured screen has exactly as many lines as its pane is high, and no cell of a screen can hold a line's end. So the
lines of a batch are told apart by the heights of the panes in it; the transport's marks between batches keep a
surprise in one of them from reaching the next.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from tmuxio.reading.listing import PaneRow

BATCH = 16
"""Panes a question: a mark for every pane would double what tmux spends at 1000 panes, one for sixteen is nothing."""

_PANE_ID = re.compile(r"%\d+")


class TornCapture(ValueError):
    """The screens of a batch are not the lines that its panes' heights promise."""


def pane_id(pane: str) -> str:
    """Return a pane's id as it is; raises ValueError for what is none, which must never reach tmux."""
    if not _PANE_ID.fullmatch(pane):
        raise ValueError(f"{pane!r} is no tmux pane id: one looks like %12")
    return pane


def batches(panes: Iterable[str]) -> list[tuple[str, ...]]:
    """Split pane ids into the batches that are asked for at a time; raises ValueError for what is no pane id."""
    wanted = tuple(map(pane_id, panes))
    return [wanted[at : at + BATCH] for at in range(0, len(wanted), BATCH)]


def question(batch: Sequence[str]) -> str:
    """Ask for the visible screens of these panes, with colours."""
    return "\n".join(f"capture-pane -p -e -t {pane}" for pane in batch)


def read(block: bytes, batch: Sequence[str], rows: Mapping[str, PaneRow]) -> dict[str, str]:
    """Cut the answer to `question(batch)` into screens by pane id.

    `rows` is the list from the same round trip: panes that are not in it were gone, and have no screen.
    """
    there = [pane for pane in batch if pane in rows]
    lines = block.decode("utf-8", "replace").split("\n")
    if lines.pop() or len(lines) != sum(rows[pane].height for pane in there):
        raise TornCapture(f"{len(lines)} lines are not the screens of {', '.join(batch)}")
    screens: dict[str, str] = {}
    at = 0
    for pane in there:
        below = at + rows[pane].height
        screens[pane] = "\n".join(lines[at:below])
        at = below
    return screens


def read_one(block: bytes, row: PaneRow) -> str:
    """Read the answer to a question about a single pane."""
    text = block.decode("utf-8", "replace")
    if text.count("\n") != row.height or not text.endswith("\n"):
        raise TornCapture(f"{text.count(chr(10))} lines are not the screen of {row.pane}")
    return text[:-1]
