"""One frame of one pane, as the referee keeps it: checksums and counts, and no text of the screen."""

import re
from typing import Final, NamedTuple
from zlib import crc32

from shadow.hindsight import PaneOwner, front
from shadow.referee.lines import EDGES, Line, cells_of, checksum, read_line
from shadow.screen_digest import SIGNS
from understudy.record import Instant
from understudy.screens import PaneShot

_BEHIND_SIGN: Final = re.compile(f"^[\\s{EDGES}]*[{SIGNS}](?:\\s(.*))?$")
_BEHIND_EDGE: Final = re.compile("^.*┃\\s*(.*)$")
"""A composer may be a box with a heavy left side and no sign."""
_FOOT: Final = 16
"""Lines with text, from the last one up, among which a dialog that is still open has its options."""
_BEHIND_TEXT: Final = 3
"""Cells between the text and the cursor behind it: blanks at the end of a row are not captured."""
START: Final = 20
"""Characters of a draft by which a sent prompt is recognised: the rest may be wrapped or cut."""
_LONGEST_PROMPT: Final = 60


class Draft(NamedTuple):
    """The text left of the cursor in the composer."""

    length: int
    start: int
    """CRC-32 of the first characters."""
    whole: int
    """CRC-32 of the whole text."""


EMPTY: Final = Draft(length=0, start=checksum(""), whole=checksum(""))


class Seen(NamedTuple):
    """One frame of one pane."""

    at: Instant
    pid: int
    size: tuple[int, int]
    seal: int
    """CRC-32 of the screen with colours and of the cursor's place: equal seals are equal screens."""
    presence: PaneOwner
    composer: Draft | None = None
    """None if the cursor is in no composer."""
    asks: bool = False
    """A dialog at the end of the screen waits for a choice."""
    offers: bool = False
    """The dialog has options or key hints: more than a yes-or-no question, which any program may ask."""
    lines: frozenset[int] = frozenset()
    """CRC-32 of every line but the cursor's, without figures and spinners."""
    rows: tuple[int, ...] = ()
    """CRC-32 of every whole row."""
    cursor: int = 0
    """The cursor's row."""
    prompts: tuple[tuple[int, int, int], ...] = ()
    """For every text at a prompt outside the cursor's line: CRC-32 of its start, of all of it, and its length."""
    clocks: tuple[tuple[int, int], ...] = ()
    """Elapsed times by the CRC-32 of the rest of their line, if only one line has that rest."""
    trouble: bool = False
    """Something on the screen may be an error or a limit."""
    retries: bool = False
    """The running turn shows that a request failed and is made again."""
    history: int = 0
    keyed_at: Instant | None = None
    """Time of a person's last key in the pane, as tmux reports it."""


def see(shot: PaneShot, at: float, last: Seen | None, previous: PaneShot | None = None) -> Seen:
    """Read a frame; an unchanged screen is not read again.

    `last` is the reading of the frame before, and `previous` that frame itself, if it is still available.
    """
    if last is not None and previous is not None and _same(shot, previous):
        return last._replace(at=at, history=shot.history, keyed_at=shot.typed_at)
    seal = crc32(shot.ansi.encode("utf-8", "surrogatepass"), shot.cursor_y << 12 | shot.cursor_x)
    presence = _presence(shot)
    if last is not None and last.seal == seal and last.pid == shot.pid and last.size == (shot.width, shot.height):
        return last._replace(at=at, presence=presence, history=shot.history, keyed_at=shot.typed_at)
    rows = shot.text.split("\n")
    cursor = shot.cursor_y
    read = [read_line(row) for row in rows]
    composer = _composer(rows[cursor], shot.cursor_x) if cursor < len(rows) else None
    offers, letters = _asked(read, cursor, composer)
    others = [line for number, line in enumerate(read) if number != cursor or composer is None]
    return Seen(
        at=at,
        pid=shot.pid,
        size=(shot.width, shot.height),
        seal=seal,
        presence=presence,
        composer=composer,
        asks=offers or letters,
        offers=offers,
        lines=frozenset(line.plain for line in others if line.plain),
        rows=tuple(line.exact for line in read),
        cursor=cursor,
        prompts=tuple(_prompt(line.prompted) for line in others if line.prompted),
        clocks=_clocks(read[:cursor] if composer is not None else read),
        trouble=any(line.trouble for line in others),
        retries=_retries(others),
        history=shot.history,
        keyed_at=shot.typed_at,
    )


def _same(shot: PaneShot, previous: PaneShot) -> bool:
    return (
        shot.ansi == previous.ansi
        and (shot.cursor_x, shot.cursor_y) == (previous.cursor_x, previous.cursor_y)
        and (shot.width, shot.height) == (previous.width, previous.height)
        and (shot.pid, shot.dead, shot.in_mode, shot.processes)
        == (previous.pid, previous.dead, previous.in_mode, previous.processes)
    )


def _presence(shot: PaneShot) -> PaneOwner:
    return PaneOwner.UNKNOWN if shot.in_mode or shot.vanished else front(shot)


def _composer(row: str, cells: int) -> Draft | None:
    """Read a composer: a sign or a heavy edge, text, and the cursor right behind it."""
    left = _left_of(row, cells)
    if cells - cells_of(left) > _BEHIND_TEXT:
        return None
    found = _BEHIND_SIGN.match(left) or _BEHIND_EDGE.match(left)
    if found is None:
        return None
    text = (found[1] or "").strip()
    if not text:
        return EMPTY
    return Draft(length=len(text), start=checksum(text[:START]), whole=checksum(text))


def _left_of(row: str, cells: int) -> str:
    if row.isascii() or cells_of(row[:cells]) == cells:
        return row[:cells]
    end = 0
    while end < len(row) and cells_of(row[: end + 1]) <= cells:
        end += 1
    return row[:end]


def _asked(read: list[Line], cursor: int, composer: Draft | None) -> tuple[bool, bool]:
    """Return whether a dialog with options is open at the end, and whether a question is open at the cursor."""
    written = [(number, line) for number, line in enumerate(read) if not line.framing]
    foot = written[-_FOOT:]
    chosen = [number for number, line in foot if line.chosen]
    listed = bool(chosen) and sum(line.option for _, line in foot) > 1 and (composer is None or cursor in chosen)
    hinted = any(line.hint for _, line in foot) and (composer is None or composer == EMPTY)
    letters = any(line.letters for number, line in foot if number == cursor or number == foot[-1][0])
    return listed or hinted, letters


def _retries(others: list[Line]) -> bool:
    """Return whether a line of the running turn, which begins with the last prompt, announces a retry."""
    for line in reversed(others):
        if line.retries:
            return True
        if line.prompted:
            return False
    return False


def _prompt(text: str) -> tuple[int, int, int]:
    return checksum(text[:START]), checksum(text[:_LONGEST_PROMPT]), len(text)


def _clocks(read: list[Line]) -> tuple[tuple[int, int], ...]:
    """Return the clocks above the composer: clocks below it belong to the status line and run while the agent rests."""
    found: dict[int, int | None] = {}
    for line in read:
        if line.clock_s is not None and line.plain:
            found[line.plain] = None if line.plain in found else line.clock_s
    return tuple((rest, seconds) for rest, seconds in found.items() if seconds is not None)
