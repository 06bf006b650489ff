"""Split a screen with colours, as `tmux capture-pane -e` prints it, into rows of runs of one text style each.

`rich.ansi` reads less than tmux prints: it drops colours with colons and `4:3`, takes an underline's colour for
blinking, and shows the rest of links that end with a bell and of shifts to the line-drawing set.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shadow.report.inert import LONGEST_LINE, printable
from shadow.report.page.colours import RGB, indexed

MOST_ROWS: Final = 200
"""Rows of a screen that are shown."""

_TOKEN: Final = re.compile(
    "\x1b\\[(?P<look>[0-9;:]*)m"
    "|\x1b\\[[0-9;:?]*[ -/]*[@-~]"
    "|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?"
    "|\x1b[()][0-9A-B]"
    "|(?P<lines>[\x0e\x0f])"
    "|(?P<text>[^\x1b\x0e\x0f]+|\x1b)"
)
_DRAWN: Final = str.maketrans("`afgjklmnopqrstuvwxyz{|}~", "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
"""Characters that the letters of a terminal's line-drawing set stand for."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """The text style of a run of characters."""

    fore: RGB | None = None
    """None for the terminal's own."""
    back: RGB | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    struck: bool = False


PLAIN: Final = TextStyle()

_ON: Final = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "struck", 21: "underline"}
_OFF: Final = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("struck",)}
_GROUNDS: Final = {38: "fore", 48: "back", 58: ""}
"""Codes that a colour follows; an underline's own colour is skipped."""


@dataclass(frozen=True, slots=True)
class StyledRun:
    """Harmless characters of one text style."""

    text: str
    look: TextStyle


Row = tuple[StyledRun, ...]


def rows_of(ansi: str) -> tuple[tuple[Row, ...], int]:
    """Split a screen; blank rows at its end are left out. Return the rows, and the number of rows that were cut."""
    lines = ansi.rstrip("\n ").split("\n")
    look, drawing, rows = PLAIN, False, list[Row]()
    for line in lines[:MOST_ROWS]:
        row, look, drawing = _row(line, look, drawing=drawing)
        rows.append(row)
    return tuple(rows), max(0, len(lines) - MOST_ROWS)


def _row(line: str, look: TextStyle, *, drawing: bool) -> tuple[Row, TextStyle, bool]:
    runs, room = list[StyledRun](), LONGEST_LINE
    for token in _TOKEN.finditer(line):
        if (codes := token["look"]) is not None:
            look = _changed(look, codes)
        elif token["lines"]:
            drawing = token["lines"] == "\x0e"
        elif (text := token["text"]) and room > 0:
            shown = printable(text[:room].translate(_DRAWN) if drawing else text[:room])
            room -= len(text)
            runs.append(StyledRun(shown if room >= 0 else f"{shown}\N{HORIZONTAL ELLIPSIS}", look))
    return tuple(runs), look, drawing


def _changed(look: TextStyle, codes: str) -> TextStyle:
    numbers = _numbers(codes)
    for code in numbers:
        if code == 0:
            look = PLAIN
        elif code in _ON:
            look = _with(look, {_ON[code]: True})
        elif code in _OFF:
            look = _with(look, dict.fromkeys(_OFF[code], False))
        elif code in _GROUNDS:
            colour = _colour(numbers)
            if colour is not None and _GROUNDS[code]:
                look = _with(look, {_GROUNDS[code]: colour})
        else:
            look = _sixteen(look, code)
    return look


def _with(look: TextStyle, changes: Mapping[str, Any]) -> TextStyle:
    return replace(look, **changes)


def _sixteen(look: TextStyle, code: int) -> TextStyle:
    """The short codes of the sixteen colours, and those that give the terminal's own back."""
    for first, name, shift in ((30, "fore", 0), (40, "back", 0), (90, "fore", 8), (100, "back", 8)):
        if first <= code <= first + 7:
            return _with(look, {name: indexed(code - first + shift)})
    return replace(look, fore=None) if code == 39 else replace(look, back=None) if code == 49 else look  # noqa: PLR2004 - SGR's own


def _numbers(codes: str) -> Iterator[int]:
    """Return the codes in order. A colon counts as a semicolon, except after an underline, where it names its kind."""
    for part in codes.split(";"):
        if part.startswith("4:"):
            yield 24 if part == "4:0" else 4
        else:
            yield from (int(number[:4]) if number else 0 for number in _without_space(part).split(":"))


def _without_space(part: str) -> str:
    """Remove the empty colour space from `38:2::R:G:B`."""
    return part.replace(":2::", ":2:", 1)


def _colour(numbers: Iterator[int]) -> RGB | None:
    kind = next(numbers, None)
    if kind == 5:  # noqa: PLR2004 - an index follows
        index = next(numbers, None)
        return None if index is None else indexed(index)
    if kind == 2:  # noqa: PLR2004 - red, green and blue follow
        parts = [min(part, 255) for part in (next(numbers, 0), next(numbers, 0), next(numbers, 0))]
        return parts[0], parts[1], parts[2]
    return None
