"""The text of a screen as its writer meant it: rows that were wrapped, in a frame or at an indent, joined again.

A program that draws for itself breaks a long word at the inner width of its frame or at a margin of its own, and
begins the next row with a border and an indent. A terminal breaks it at the width of the pane. Neither leaves a mark;
the sign of it is a row that is full, or as long as any row of its paragraph.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from tmuxio.redaction.characters import SIDE, has_wide, wide_count

_PADDING: Final = 2
"""Blank cells that a frame leaves at most between a full row and its right border."""
_MARGIN: Final = 10
"""Cells that a program leaves free at most at the right of what it wraps."""
_WORD: Final = re.compile(rb"\S+")
_ASSIGNS: Final = re.compile(rb"[A-Za-z_][\w.\-]*(?:=[^=]|:$|:[^/])")
_ORDINARY: Final = re.compile(rb"[a-z]+://|[A-Z]?[a-z]+[.,:;!?)]*$|[A-Z]+$|[^A-Za-z0-9=]$|[(\[$`#>\-]")
_LONG: Final = 12
"""Length from which any word may have been broken by a row; shorter ones count if they have letters and digits."""
_TOKEN: Final = re.compile(
    rb"(?:[A-Za-z+/=_*\-]*[0-9]|[A-Z+/=_*\-]*[a-z]+[+/=_*\-]*[A-Z]|[A-Z]+[a-z])[A-Za-z0-9+/=_*\-]*[\"',;)]*"
)
"""Words of letters and digits that are no secret."""
_SHORT: Final = 2
"""Letters of a row that may be the rest of a word although they look like a whole one."""
_WORD_SIZE: Final = 64
"""Bytes of a row's last word that are read."""
_DIGIT: Final = re.compile(rb"\d")
_LETTER: Final = re.compile(rb"[A-Za-z]")
_VALUE: Final = re.compile(rb"[^:=]*$")
"""The end of a last word: the value of an assignment."""


Bounds = tuple[int, int]
"""The columns of the borders at the left and at the right of a cell; -1 for none."""
_NO_BOUNDS: Final = (-1, -1)


class Cell(NamedTuple):
    """One row's part of a column of text, without the blanks around it."""

    start: int
    end: int
    right: int
    """Column behind its last character."""
    edge: int | None
    """Column of the border at its right; None where there is none."""


@dataclass(slots=True)
class Unwrapped:
    """Joined rows, and where in the text each piece of them stands."""

    pieces: list[bytes] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """The place of each piece in the joined text."""
    places: list[int] = field(default_factory=list)
    """The place of each piece in the text of the screen; -1 for a blank that was put between two rows."""
    size: int = 0

    def add(self, piece: bytes, place: int) -> None:
        """Add a piece that stands at `place`."""
        self.pieces.append(piece)
        self.starts.append(self.size)
        self.places.append(place)
        self.size += len(piece)

    @property
    def text(self) -> bytes:
        """Return the joined text."""
        return b"".join(self.pieces)

    def spans_of(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the spans of the screen's text that a span of the joined text covers."""
        at = bisect_right(self.starts, start) - 1
        while at < len(self.starts) and self.starts[at] < end:
            first, last = max(start, self.starts[at]), min(end, self.starts[at] + len(self.pieces[at]))
            if self.places[at] >= 0 and first < last:
                shift = self.places[at] - self.starts[at]
                yield first + shift, last + shift
            at += 1


def unwrapped(shown: str, plain: bytes, width: int | None) -> list[Unwrapped]:
    """Return the paragraphs in which a row goes on in the next one, joined; none where no row does.

    `plain` is `shown` with one byte a character. Where a row is full to the edge, its next one may go on in the same
    word or begin a new one: there are two texts then: one of
    words that go on, and one that guesses.
    """
    tight, loose = Unwrapped(), Unwrapped()
    differ = False
    for column in _columns(shown, plain):
        joints = _joints(column, plain, width)
        if not any(joints):
            continue
        for cell, joint in zip(column, [*joints, _BREAK], strict=True):
            piece = plain[cell.start : cell.end]
            tight.add(piece, cell.start)
            loose.add(piece, cell.start)
            differ = differ or joint == _EITHER
            between = b"\n" if joint == _BREAK else b" "
            if joint != _EITHER:
                tight.add(between, -1)
            if joint != _EITHER or not _looks_broken(piece):
                loose.add(between, -1)
    if not tight.size:
        return []
    return [tight, loose] if differ else [tight]


_BREAK, _NEW, _EITHER = 0, 1, 2
"""The text behind a row: another line, its next word, or either that or the rest of its last word."""


def _columns(shown: str, plain: bytes) -> Iterator[list[Cell]]:
    """Yield the paragraphs: cells below each other between the same borders, without an empty one."""
    wide = has_wide(shown)
    open_: dict[Bounds, list[Cell]] = {}
    at = 0
    for row in shown.split("\n"):
        now: dict[Bounds, list[Cell]] = {}
        cells: Iterable[tuple[Bounds, Cell | None]]
        if sides := _sides(row):
            cells = _cells(row, [-1, *sides, len(row)], at, plain, wide=wide)
        else:
            piece = plain[at : at + len(row)]
            kept = piece.rstrip()
            end = at + len(kept)
            start = end - len(kept.lstrip())
            cells = [(_NO_BOUNDS, Cell(start, end, _column(row, len(kept), wide), None) if kept else None)]
        for bounds, cell in cells:
            column = open_.pop(bounds, None)
            if cell is not None:
                now[bounds] = column = column or []
                column.append(cell)
            elif column:
                open_[bounds] = column
        for column in open_.values():
            if len(column) > 1:
                yield column
        open_ = now
        at += len(row) + 1
    for column in open_.values():
        if len(column) > 1:
            yield column


def _cells(
    row: str, sides: Sequence[int], at: int, plain: bytes, *, wide: bool
) -> Iterator[tuple[Bounds, Cell | None]]:
    """Yield the parts of a row between its borders, each with the columns of these."""
    for left, right in pairwise(sides):
        kept = plain[at + left + 1 : at + right].rstrip()
        bordered = right < len(row)
        bounds = (_column(row, left, wide), _column(row, right, wide) if bordered else -1)
        if kept:
            end = at + left + 1 + len(kept)
            start = end - len(kept.lstrip())
            yield bounds, Cell(start, end, _column(row, end - at, wide), bounds[1] if bordered else None)
        elif bordered:
            yield bounds, None


def _sides(row: str) -> list[int]:
    if not row.isascii():
        return [side.start() for side in SIDE.finditer(row)]
    if "|" not in row:
        return []
    bare = row.strip()
    if len(bare) > 1 and bare[0] == "|" == bare[-1]:
        return [row.index("|"), row.rindex("|")]
    return []


def _column(row: str, index: int, wide: bool) -> int:  # noqa: FBT001 - a fact about the text, passed down two calls
    return index + wide_count(row[:index]) if wide and index > 0 else index


def _joints(column: Sequence[Cell], plain: bytes, width: int | None) -> list[int]:
    longest = max(cell.right for cell in column)
    ruled = sum(cell.right == longest for cell in column) > 1  # two rows of equal length: both were broken there
    return [_joint(one, other, plain, (longest, ruled), width) for one, other in pairwise(column)]


def _joint(one: Cell, other: Cell, plain: bytes, longest: tuple[int, bool], width: int | None) -> int:
    if plain[one.end - 1] == _BACKSLASH:
        return _NEW
    edge = one.edge if one.edge is not None else width
    room = edge - one.right if edge is not None else None
    if room is not None and room <= (_PADDING if one.edge is not None else 0):
        return _EITHER
    first = _WORD.match(plain, other.start, other.end)
    assert first is not None  # a cell begins with a character that is no blank
    if longest[1] and one.right == longest[0] and (room is None or room <= _MARGIN):
        return _EITHER
    near = room is not None and room <= _MARGIN
    if near or one.right == longest[0]:
        last = _last_word(plain[one.start : one.end])
        long = len(last) >= _LONG or (_DIGIT.search(last) and _LETTER.search(last))
        if long and _continues(first[0], alone=first.end() == other.end, near=near):
            return _EITHER
    wraps_at = longest[0] if edge is None else max(longest[0], edge - _MARGIN)
    return _NEW if one.right + 1 + len(first[0]) > wraps_at else _BREAK


_BACKSLASH: Final = ord("\\")


def _last_word(piece: bytes) -> bytes:
    return piece[-_WORD_SIZE:].rsplit(None, 1)[-1]


def _looks_broken(piece: bytes) -> bool:
    """Return whether a row's last word is probably a part of one: it ends in a value with digits."""
    value = _VALUE.search(_last_word(piece))
    return value is not None and _DIGIT.search(value[0]) is not None


def _continues(first: bytes, *, alone: bool, near: bool) -> bool:
    """Return whether a row's first word may be the rest of the one that ended the row before."""
    if _ORDINARY.match(first):
        return alone and len(first) <= _SHORT and first.isalpha()
    if near:
        return True
    return _TOKEN.fullmatch(first) is not None and not _ASSIGNS.match(first)
