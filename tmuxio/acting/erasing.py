"""The part of a composer's text that is provably ours and may be taken away again. Pure.

Only a text of ours that ends at the cursor is taken away, with as many backspaces as it has letters; text before it or
behind it is a person's and stays. Where the cursor is unknown, nothing is proven.
"""

import re
import unicodedata
from typing import Final

from tmuxio.acting.composer import ComposerText, cells
from understudy.screens import PaneShot
from understudy.tokens import squeeze

_SHORTEST: Final = 8
"""Letters that tell the beginning of a line of ours, its token among them, from a person's own."""
_END: Final = 3
"""Letters by which the row is found in which a composer's text ends."""
_DRAWN_CURSOR: Final = re.compile("\x1b\\[(?:[0-9;:]*;)?7(?:;[0-9;:]*)?m(?P<under>[^\x1b])")
_SEQUENCE: Final = re.compile("\x1b\\[[0-9;:?]*[ -/]*[@-~]|[\x0e\x0f]")


def erasable(shot: PaneShot, composer: ComposerText, line: str, foreign: str | None = None) -> int:
    """Return how many backspaces take away letters of `line` alone; 0 where that is not proven, or none are left.

    `foreign` is the text before the line at the first call, as `in_front` returned it: the next backspaces take only
    text behind it.
    """
    before = in_front(composer.text, line) if foreign is None else foreign
    seen = squeeze(composer.text)
    if before is None or not seen.startswith(before) or not _cursor_behind(shot, composer):
        return 0
    ours = seen[len(before) :]
    if not ours or not squeeze(line).startswith(ours):
        return 0
    return _backspaces(line, len(ours))


def in_front(text: str, line: str) -> str | None:
    """Return the text before a line of ours that ends a composer's text, without blanks; None where none does.

    The line may have been taken in only in part.
    """
    seen, wanted = squeeze(text), squeeze(line)
    start = wanted[:_SHORTEST]
    if seen.count(start) != 1:
        return None
    before, ours = seen[: seen.index(start)], seen[seen.index(start) :]
    return before if wanted.startswith(ours) else None


def _backspaces(line: str, letters: int) -> int:
    """Return how many backspaces may go to the first so many letters of a line, blanks between them not counted.

    Where several code points make up one letter on the screen it is one: a program takes them away at once.
    """
    typed, left = "", letters
    for letter in line:
        if left == 0:
            break
        typed += letter
        left -= len(squeeze(letter))
    count = 0
    for letter in reversed(typed):
        if not _is_simple(letter):
            return max(count, 1)
        count += 1
    return count


def _is_simple(letter: str) -> bool:
    alone = unicodedata.category(letter)[0] in "LNPZ" and not unicodedata.combining(letter)
    return alone or letter in "+<=>|~^`$"


def _cursor_behind(shot: PaneShot, composer: ComposerText) -> bool:
    """Return whether the cursor, the terminal's or one that the program draws, stands right behind the text."""
    rows, text = shot.text.split("\n"), squeeze(composer.text)
    within = range(min(composer.last + 1, len(rows)) - 1, composer.first - 1, -1)
    row = next((row for row in within if (end := squeeze(rows[row])[-_END:]) and text.endswith(end)), None)
    if row is None:
        return False
    at = rows[row].rfind(text[-1])
    column = cells(rows[row][: at + 1])
    if shot.cursor_y == row:
        # a blank of ours may stand between, and in the last cell the cursor has nowhere to go
        return shot.cursor_x in {column, column + 1} or (column >= shot.width and shot.cursor_x == shot.width - 1)
    if shot.cursor_y == row + 1 and column >= shot.width - 1 and shot.cursor_x <= 1:
        return True
    return _drawn_behind(shot.ansi.split("\n"), row, at)


def _drawn_behind(ansi: list[str], row: int, at: int) -> bool:
    """Return whether the program draws an inverse blank behind a row's last letter, and none within the text."""
    if row >= len(ansi) or (drawn := _DRAWN_CURSOR.search(ansi[row])) is None:
        return False
    place = len(_SEQUENCE.sub("", ansi[row][: drawn.start()]))
    return drawn["under"] == " " and place in {at + 1, at + 2}
