"""The text in a pane's composer, as far as it decides whether a key may be pressed. Pure.

This module does not interpret screens: a `ComposerReader` is passed in. `read_prompt` is the one for programs of which
only their prompt sign is known.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width

from understudy.screens import PaneShot
from understudy.tokens import squeeze


@dataclass(frozen=True, slots=True)
class ComposerText:
    """The text in a composer, and the rows of the screen in which it was found."""

    text: str
    """The typed text, its rows joined by line ends; "" for an empty one. A placeholder does not count as typed."""
    first: int
    """The first row, from 0."""
    last: int
    """The last row."""


ComposerReader = Callable[[PaneShot], ComposerText | None]
"""Reads the composer on a screen; None where none is recognised: then it is not known to be empty."""

_PROMPT: Final = re.compile(
    r"(?:\s*[│┃|▌▎]?\s*(?:[>❯›»➤❭λ]|>>>)"  # noqa: RUF001 - agents draw these
    r"|(?:\( ?O\)|[\w-]{1,12}|\[[\w-]+\]|[\w.-]+@[\w.-]+) ?[>❯›»➤❭]|[✨💫])(?:[ \xa0]|$)"  # noqa: RUF001 - as above
)
"""The beginning of a composer's first row, in a frame or without."""
_FRAME_END: Final = re.compile(r"\s*[│┃|]\s*$")
_BORDER: Final = re.compile(r"\s*[╰└╭┌├─━═▀▄╹┗┏╌-]{4,}")
_DEEPEST: Final = 24
"""Filled rows, from the last one up, among which a composer begins."""
_PASTED: Final = re.compile(r"\[Pasted \w+(?: #\d+)?(?: \+\d+ lines?| (?P<length>\d+) chars?)?\]")
"""The mark that some agents show in place of a long text."""
_TAIL: Final = 24
"""Characters from the end of a line that tell it where a composer shows no more than its end."""


def holds(text: str, line: str) -> bool:
    """Return whether a composer's text is a line that was typed, and nothing else, however it was wrapped.

    A composer that is lower than the text shows its end alone; some show a mark in place of a long text.
    """
    seen, wanted = squeeze(text), squeeze(line)
    if seen == wanted:
        return True
    if (mark := _PASTED.fullmatch(text.strip())) is not None:
        return mark["length"] is None or int(mark["length"]) == len(line)
    return len(seen) >= _TAIL and "\n" in text and wanted.endswith(seen)


def may_still_come(text: str, line: str) -> bool:
    """Return whether a composer's text may be the beginning of a line that is still being taken in."""
    return squeeze(line).startswith(squeeze(text))


def read_prompt(shot: PaneShot) -> ComposerText | None:
    """Read the text behind the last prompt sign of a plain screen, with the rows into which it was wrapped."""
    return read_rows(shot.text.split("\n"), shot)


def read_rows(rows: Sequence[str], shot: PaneShot) -> ComposerText | None:
    """Read the same from rows that were prepared, such as by taking placeholders out of them."""
    filled = [index for index, row in enumerate(rows) if row.strip()]
    for first in reversed(filled[-_DEEPEST:]):
        if (begins := _PROMPT.match(rows[first])) is not None:
            last = _last_row(rows, first, shot)
            texts = [rows[first][begins.end() :], *rows[first + 1 : last + 1]]
            text = "\n".join(_FRAME_END.sub("", row).strip(" \xa0│┃|\u2588\u200b") for row in texts).strip()
            return ComposerText(text, first, last)
    return None


def _last_row(rows: Sequence[str], first: int, shot: PaneShot) -> int:
    """Find the last row of a prompt's text: rows that were wrapped, in the same frame, or above the cursor."""
    framed = _FRAME_END.search(rows[first]) is not None
    last = first
    while last + 1 < len(rows):
        row = rows[last + 1]
        if not row.strip() or _BORDER.match(row):
            break
        reached = last + 1 <= shot.cursor_y  # a cursor further down stands behind text of several lines
        inside = framed and _FRAME_END.search(row) is not None
        if not (inside or reached or _is_wrapped(rows, last + 1, shot.width)):
            break
        last += 1
    return last


def _is_wrapped(rows: Sequence[str], index: int, width: int) -> bool:
    """Return whether a row is the rest of the one above it, which was too long."""
    return bool(rows[index].strip()) and cells(rows[index - 1]) >= width - 1  # a wide letter leaves one


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes, marks that combine aside."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
