"""Output of verbs: data on standard output, messages on standard error, colours and cut lines only on a terminal."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from unicodedata import east_asian_width

SCHEMA = 1

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_OWN_COLOURS = re.compile(f"(\x1b\\[(?:0|{'|'.join(_STYLES.values())})m)")


def emit(document: Mapping[str, Any]) -> None:
    """Write one JSON object on a line of its own, `schema` first."""
    sys.stdout.write(json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    """Write a line of data for people, at once: a person may read the pipe as it comes."""
    sys.stdout.write(_neutral(text) + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Write a message, which is no data, to standard error."""
    sys.stderr.write(_neutral(text) + "\n")
    sys.stderr.flush()


def person_looks() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout.isatty()


def paint(text: str, style: str) -> str:
    """Colour a text, where a person looks who has not asked for none (NO_COLOR set to anything, or a dumb terminal)."""
    if not person_looks() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def cut(line: str) -> str:
    """Cut a line at the width of the terminal; nothing is cut where it is not a person who looks."""
    room = shutil.get_terminal_size().columns if person_looks() else _cells(line)
    if _cells(line) <= room:
        return line
    while _cells(line) > room - 1:
        line = line[:-1]
    return line + "…"


def table(rows: Iterable[Sequence[str]], *, header: Sequence[str] = (), indent: int = 0) -> None:
    """Write rows in columns; without rows nothing, not even the header. A terminal cuts lines at its width."""
    body = [[_one_line(cell) for cell in row] for row in rows]
    if not body:
        return
    shown = [list(header), *body] if header else body
    widths = [max(_cells(row[column]) for row in shown) for column in range(len(shown[0]))]
    for number, row in enumerate(shown):
        filled = (cell + " " * (width - _cells(cell)) for cell, width in zip(row, widths, strict=True))
        line = " " * indent + "  ".join(filled).rstrip()
        say(paint(cut(line), "dim") if header and number == 0 else cut(line))


def clock_time(epoch_s: float) -> str:
    """Say an instant for people: local date and time to the second."""
    return datetime.fromtimestamp(epoch_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def weekday_time(epoch_s: float) -> str:
    """Say an instant for people: day of the week, local date and time to the minute, and the offset from UTC."""
    return datetime.fromtimestamp(epoch_s, UTC).astimezone().strftime("%A %Y-%m-%d %H:%M %z")


def ago(seconds: float) -> str:
    """Say how long ago for people: `12 s`, `4 min`, `3 h`, `2 d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (size == 60 and seconds >= size):  # noqa: PLR2004 - seconds in a minute
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _neutral(text: str) -> str:
    """Let only the colours of this module through: what is quoted may hold anything, and none of it may act."""
    if text.isascii() and text.isprintable():
        return text
    pieces = _OWN_COLOURS.split(text)
    pieces[::2] = [
        "".join(char if char.isprintable() or char in "\n\t" else "·" for char in piece) for piece in pieces[::2]
    ]
    return "".join(pieces)


def _cells(text: str) -> int:
    """Return the number of cells that a text takes on a terminal: a name may be in Chinese."""
    return len(text) + sum(east_asian_width(character) in "WF" for character in text)


def _one_line(cell: str) -> str:
    """Return a cell as one line: text from a pane may hold anything, and none of it may move the cursor."""
    return "".join(character if character.isprintable() else " " for character in cell).rstrip()
