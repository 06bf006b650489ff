"""Make foreign text harmless: text of a pane, a window's name or a person is data, wherever it is shown."""

from collections.abc import Iterable
from typing import Final
from unicodedata import category, combining, east_asian_width

STAND_IN: Final = "\N{MIDDLE DOT}"
"""Shown in place of a character that controls the terminal instead of being visible."""
LONGEST_LINE: Final = 500
"""Cells of a foreign line that any report shows; a cut is marked."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, formats (bidi and zero-width among them), halves of surrogate pairs, separators of lines and paragraphs."""
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5")
"""Letters and marks by their category, blank to the eye."""
_MARKS: Final = 3
"""Combining marks that one letter may carry; more of them climb over the neighbouring lines."""


def printable(line: str) -> str:
    """Replace characters that would move a cursor, change a colour, turn the reading direction or hide text."""
    if line.isascii() and line.isprintable():
        return line
    marks, shown = 0, list[str]()
    for char in line:
        marks = marks + 1 if combining(char) else 0
        if marks <= _MARKS:
            shown.append(STAND_IN if _hides(char) else char)
    return "".join(shown)


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Make a foreign text one harmless line of at most so many characters."""
    cut = text[: longest + 1]
    line = printable(" ".join(cut.split("\n")).replace("\r", " ").replace("\t", " "))
    return line if len(text) <= longest else f"{line[:longest]}\N{HORIZONTAL ELLIPSIS}"


def cells(text: str) -> int:
    """Return the number of terminal cells that a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def fit(text: str, width: int) -> str:
    """Cut or fill a line to exactly so many cells."""
    text = printable(text[: 8 * width + 8])  # no more characters than that fit, marks included
    room = width - cells(text)
    if room >= 0:
        return text + " " * room
    kept, used = list[str](), 0
    for char in text:
        if used + _width(char) > width - 1:
            break
        kept.append(char)
        used += _width(char)
    return f"{''.join(kept)}\N{HORIZONTAL ELLIPSIS}{' ' * (width - 1 - used)}"


def longest_run(texts: Iterable[str], char: str) -> int:
    """Return the length of the longest run of a character."""
    longest = 0
    for text in texts:
        run = 0
        for one in text:
            run = run + 1 if one == char else 0
            longest = max(longest, run)
    return longest


def _hides(char: str) -> bool:
    point = ord(char)
    return category(char) in _UNSEEN or char in _FILLERS or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF  # noqa: PLR2004 - the code points that are no characters


def _width(char: str) -> int:
    return 2 if east_asian_width(char) in "WF" else 0 if category(char) in {"Mn", "Me"} else 1
