"""The text of a screen as its writer meant it: rows that were wrapped, in a frame or at an indent, joined again.

A program that draws for itself breaks a long word at the inner width of its frame or at a margin of its own, and
begins the next row with a border and an indent. A terminal breaks it at the width of the pane. Neither leaves a mark;
what tells it is that the row is full, or as long as any row of its paragraph.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tmuxio.redaction.characters import VERTICAL, has_wide, wide_count

_SIDES: Final = re.compile(f"[{VERTICAL}]")
_PADDING: Final = 2
"""Blank cells that a frame leaves at most between a full row and its right border."""
_MARGIN: Final = 10
"""Cells that a program leaves free at most at the right of what it wraps."""
_WORD: Final = re.compile(rb"\S+")
_ASSIGNS: Final = re.compile(rb"[A-Za-z_][\w.\-]*(?:=[^=]|:$|:[^/])")
_ORDINARY: Final = re.compile(rb"[A-Z]?[a-z]+[.,:;!?)]*$|[A-Z]+$|[^A-Za-z0-9+/=_*]")
_TOKEN_END: Final = re.compile(rb"[A-Za-z0-9+/=_\-.~%*:@&?]{12,}$")
_LONG_TAIL: Final = 4096
"""Bytes of a row's end that are looked at for its last word."""


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
    """Of each piece in the joined text."""
    places: list[int] = field(default_factory=list)
    """Of each piece in the text of the screen; -1 for what was put between two rows."""
    size: int = 0

    def add(self, piece: bytes, place: int) -> None:
        """Add a piece that stands at `place`."""
        self.pieces.append(piece)
        self.starts.append(self.size)
        self.places.append(place)
        self.size += len(piece)

    @property
    def text(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)

    def where(self, start: int, end: int) -> Iterator[tuple[int, int]]:
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
    word or begin a new one: there are two texts then, one for each.
    """
    tight, loose = Unwrapped(), Unwrapped()
    differ = False
    for column in _columns(shown, plain, width):
        joints = _joints(column, plain, width)
        if not any(joints):
            continue
        for cell, joint in zip(column, [*joints, _BREAK], strict=True):
            piece = plain[cell.start : cell.end]
            tight.add(piece, cell.start)
            loose.add(piece, cell.start)
            differ = differ or joint == _EITHER
            if joint != _SAME:
                tight.add(b" " if joint == _NEW else b"\n" if joint == _BREAK else b"", -1)
                loose.add(b"\n" if joint == _BREAK else b" ", -1)
    if not tight.size:
        return []
    return [tight, loose] if differ else [tight]


_BREAK, _SAME, _NEW, _EITHER = 0, 1, 2, 3
"""What comes behind a row: another line, the rest of its last word, its next word, or either of these."""


def _columns(shown: str, plain: bytes, width: int | None) -> Iterator[list[Cell]]:
    """Yield the paragraphs: cells below each other between the same borders, without an empty one."""
    wide = has_wide(shown)
    open_: dict[tuple[int, int], list[Cell]] = {}
    at = 0
    for row in shown.split("\n"):
        now: dict[tuple[int, int], list[Cell]] = {}
        for key, cell in _cells(row, at, plain, wide=wide):
            column = open_.pop(key, None) or []
            if cell is not None:
                column.append(cell)
                now[key] = column
            elif column:
                open_[key] = column
        for column in open_.values():
            if len(column) > 1:
                yield column
        open_ = now
        at += len(row) + 1
    for column in open_.values():
        if len(column) > 1:
            yield column


def _cells(row: str, at: int, plain: bytes, *, wide: bool) -> Iterator[tuple[tuple[int, int], Cell | None]]:
    """Yield the parts of a row between its borders, each with the columns of these."""
    sides = [-1, *_sides(row), len(row)]
    for left, right in zip(sides, sides[1:], strict=False):
        piece = plain[at + left + 1 : at + right]
        kept = piece.strip()
        edge = right if right < len(row) else None
        if not kept:
            if edge is not None or len(sides) == 2:  # noqa: PLR2004 - no border at all
                yield (_column(row, left, wide), _column(row, edge, wide) if edge is not None else -1), None
            continue
        start = at + left + 1 + len(piece) - len(piece.lstrip())
        end = start + len(kept)
        bounds = (_column(row, left, wide), _column(row, edge, wide) if edge is not None else -1)
        yield bounds, Cell(start, end, _column(row, end - at, wide), bounds[1] if edge is not None else None)


def _sides(row: str) -> list[int]:
    if not row.isascii():
        return [side.start() for side in _SIDES.finditer(row)]
    bare = row.strip()
    if len(bare) > 1 and bare[0] == "|" == bare[-1]:
        return [row.index("|"), row.rindex("|")]
    return []


def _column(row: str, index: int, wide: bool) -> int:  # noqa: FBT001 - a fact about the text, told down two calls
    return index + wide_count(row[:index]) if wide and index > 0 else index


def _joints(column: Sequence[Cell], plain: bytes, width: int | None) -> list[int]:
    longest = max(cell.right for cell in column)
    return [_joint(one, other, plain, longest, width) for one, other in zip(column, column[1:], strict=False)]


def _joint(one: Cell, other: Cell, plain: bytes, longest: int, width: int | None) -> int:
    edge = one.edge if one.edge is not None else width
    room = edge - one.right if edge is not None else None
    if plain[one.end - 1] == _BACKSLASH:
        return _NEW
    if room is not None and room <= (_PADDING if one.edge is not None else 0):
        return _EITHER
    if room is None or room > _MARGIN:
        if one.right < longest:
            return _BREAK
        room = 0
    first = _WORD.match(plain, other.start, other.end)
    assert first is not None  # a cell begins with what is no blank
    if _continues(plain[max(one.start, one.end - _LONG_TAIL) : one.end], first[0]):
        return _SAME
    return _NEW if len(first[0]) + 1 > room and one.edge is not None or one.right == longest else _BREAK


_BACKSLASH: Final = ord("\\")


def _continues(before: bytes, first: bytes) -> bool:
    """Tell whether a row's first word looks like the rest of the long one that ended the row before."""
    if not _TOKEN_END.search(before):
        return False
    return not (_ASSIGNS.match(first) or _ORDINARY.match(first))
