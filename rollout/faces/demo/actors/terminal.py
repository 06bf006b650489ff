"""The actor's terminal: raw keys in, whole screens out, on the alternate screen so that the shell's own comes back.

It never leaves that screen: its shell does, in the instant in which the process is gone. In between there would be a
moment of an agent without a screen, which no agent shows.
"""

import codecs
import os
import re
import select
import sys
import termios
import tty
from collections.abc import Sequence
from typing import Final, Self


class Terminal:
    """The terminal on standard input and output, for as long as the actor is in front; a context manager."""

    def __init__(self) -> None:
        self._fd = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._fd)
        self._shown: Sequence[str] = ()
        self._title = ""
        self._cursor = (0, 0)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace")

    def __enter__(self) -> Self:
        tty.setraw(self._fd)
        _write("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J")  # no automatic margins: a line too long is cut, not wrapped
        return self

    def __exit__(self, *why: object) -> None:
        termios.tcsetattr(self._fd, termios.TCSAFLUSH, self._before)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in cells."""
        return os.get_terminal_size(sys.stdout.fileno())

    def read_keys(self, wait_s: float) -> str:
        """Wait so many seconds for keys and return them, or nothing; raises `EOFError` where the terminal is gone."""
        if not select.select([self._fd], [], [], wait_s)[0]:
            return ""
        if not (raw := os.read(self._fd, 4096)):
            raise EOFError
        return self._decode.decode(raw)

    def show(self, screen: Sequence[str], title: str, cursor: tuple[int, int] | None = None) -> None:
        """Paint this screen and put the cursor at (row, column) from 0; only lines that changed are written.

        From the bottom up, and with as few bytes as can be: whoever captures the pane in the midst of it must not find
        it without a composer.
        """
        width, height = self.size
        screen = [*screen[:height], *[""] * (height - len(screen))]
        out = "" if title == self._title else f"\x1b]2;{title}\x07"
        if len(self._shown) != height:
            self._shown = [""] * height
            out += "\x1b[2J"
        for row, (old, new) in reversed([*enumerate(zip(self._shown, screen, strict=True), 1)]):
            if old != new:
                out += f"\x1b[{row};1H{new}\x1b[K" if _plain_length(new) < width else f"\x1b[{row};1H{new}"
        self._shown, self._title = screen, title
        row, column = cursor if cursor is not None else (height - 1, 0)
        if out or (row, column) != self._cursor:
            out += f"\x1b[{row + 1};{column + 1}H"
        self._cursor = (row, column)
        _write(_RUN.sub(_repeated, out))

    def answer_reads_late(self, tenths: int) -> None:
        """Leave a terminal on which a shell's `read` gives up after so many tenths of a second (at most 255)."""
        mode = termios.tcgetattr(self._fd)
        mode[3] &= ~termios.ICANON
        mode[6][termios.VMIN] = 0
        mode[6][termios.VTIME] = min(255, max(1, tenths))
        termios.tcsetattr(self._fd, termios.TCSANOW, mode)


_RUN: Final = re.compile(r"(.)\1{7,}")


def _repeated(run: re.Match[str]) -> str:
    return f"{run[1]}\x1b[{len(run[0]) - 1}b"


def _plain_length(line: str) -> int:
    length, escape = 0, False
    for glyph in line:
        if glyph == "\x1b":
            escape = True
        elif not escape:
            length += 1
        elif glyph == "m":
            escape = False
    return length


def _write(text: str) -> None:
    raw = text.encode("utf-8", "replace")
    while raw:
        raw = raw[os.write(1, raw) :]
