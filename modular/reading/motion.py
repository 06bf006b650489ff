"""Motion that is work: output that is printed, a spinner or a timer that runs; not a screen that is drawn anew.

A repaint moves every row without new text: a start logo, a resize, a scroll bar that comes or goes, a status row that
is removed at the end of a turn. So frames are compared by the text of their rows and the place of new text.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import pairwise
from typing import Final

from modular.reading.quoting import ends_a_turn

_SCROLL_BAR: Final = re.compile(r"(?<=\s)[│┃║█▐▌░▒▓▲▼↑↓]\s*$")
_ART: Final = re.compile(r"[▀-▟]{3,}")
"""Block letters and logos; a spinner has a cell or two."""
_ART_ROWS: Final = 3
"""So many consecutive rows without a letter or a digit are a drawing."""
_WORD: Final = re.compile(r"\w")
_RULE_LINE: Final = re.compile(r"[─━═╌▔▁▄▀_=-]+$")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_TIMED: Final = re.compile(r"\d ?(?:s|sec|seconds?|m|%|k|[kK]?B|tok(?:en)?s?)\b")
_CLOCK: Final = re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?\b")
_SPINNER_CELLS: Final = 10
_SPINNER_GLYPHS: Final = 3
"""A spinner or a bar is one token of no more cells, and of no more different glyphs."""
_REPAINT_ROWS: Final = 3
"""More rows that change at once are no status row."""


class Motion(IntEnum):
    """The difference between two consecutive frames."""

    NONE = 0
    """No new text."""
    CHANGED = 1
    """Rows have another text: a repaint, a tip that rotates, or work. One such change alone decides nothing."""
    AT_WORK = 2
    """Something is printed, or a spinner or a timer runs."""


def motions(frames: Sequence[Sequence[str]], lines: int | None = None) -> list[Motion]:
    """Compare each frame with the one before; of each the rows above the composer, of which the last `lines` count."""
    plain = [_plain(rows) for rows in frames]
    return [between(older, newer, lines) for older, newer in pairwise(plain)]


def at_work(found: Sequence[Motion]) -> bool:
    """Return whether the changes from frame to frame, oldest first, show work that still goes on in the newest."""
    return Motion.AT_WORK in found[-2:] or sum(motion is not Motion.NONE for motion in found) > 1


def between(older: Sequence[str], newer: Sequence[str], lines: int | None = None) -> Motion:
    """Compare two frames by their rows, as `_plain` leaves them."""
    if older == newer or (newer and ends_a_turn(newer[-1])):
        return Motion.NONE
    before, after = _ink(older), _ink(newer)
    if before.endswith(after) or after.endswith(before):
        return Motion.NONE  # rows were wrapped anew, or more or fewer of them are shown
    least = 0 if lines is None else len(newer) - lines
    return max(
        (
            _changed(older[i1:i2], newer[j1:j2], is_top=i1 == j1 == 0)
            for _, i1, i2, j1, j2 in SequenceMatcher(None, older, newer, autojunk=False).get_opcodes()
            if j2 > least and older[i1:i2] != newer[j1:j2]
        ),
        default=Motion.NONE,
    )


def _changed(older: Sequence[str], newer: Sequence[str], *, is_top: bool) -> Motion:
    """Return the kind of a change from some rows to others at the same place."""
    if not newer:
        return Motion.NONE  # taken away
    if not older:
        return Motion.NONE if is_top else Motion.AT_WORK
    if _ink(newer).startswith(_ink(older)):
        return Motion.AT_WORK  # the last row goes on, maybe into further ones
    if len(older) != len(newer):
        return Motion.CHANGED
    ticking = [_ticks(one, other) for one, other in zip(older, newer, strict=True) if one != other]
    return Motion.AT_WORK if len(ticking) <= _REPAINT_ROWS and any(ticking) else Motion.CHANGED


def _ticks(older: str, newer: str) -> bool:
    """Return whether two rows are one status row whose spinner, timer or count ran on."""
    if _CLOCK.search(newer) and _CLOCK.sub("", older) == _CLOCK.sub("", newer):
        return False
    if _NUMBER.sub("0", older) == _NUMBER.sub("0", newer):
        return _TIMED.search(newer) is not None
    ours, theirs = older.split(), newer.split()
    if len(ours) != len(theirs):
        return False
    differing = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    return all(_spins(one, other) or _counts(one, other) for one, other in differing)


def _spins(one: str, other: str) -> bool:
    both = one + other
    return (
        _WORD.search(both) is None
        and max(len(one), len(other)) <= _SPINNER_CELLS
        and max(len(set(one)), len(set(other))) <= _SPINNER_GLYPHS
    ) or one.rstrip(".…") == other.rstrip(".…")


def _counts(one: str, other: str) -> bool:
    return _NUMBER.sub("0", one) == _NUMBER.sub("0", other) and _CLOCK.search(other) is None


def _plain(rows: Sequence[str]) -> list[str]:
    """Remove drawings, scroll bars and blanks."""
    bare = (" ".join(_ART.sub(" ", _SCROLL_BAR.sub("", row)).split()) for row in rows)
    return list(_without_drawings([row for row in bare if row]))


def _without_drawings(rows: Sequence[str]) -> Iterator[str]:
    run: list[str] = []
    for row in rows:
        if _WORD.search(row) is None and _RULE_LINE.match(row) is None:
            run.append(row)
            continue
        yield from run if len(run) < _ART_ROWS else ()
        run = []
        yield row
    yield from run if len(run) < _ART_ROWS else ()


def _ink(rows: Sequence[str]) -> str:
    return "".join(rows).replace(" ", "")
