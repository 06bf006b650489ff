"""The answers of a control client, cut apart: tmux puts each command's output between a header and its echo."""

import re
from typing import Final, NamedTuple

_OURS: Final = b" 1"
"""The end of headers that answer a command of this client; other headers belong to tmux's own actions."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


class OutOfStep(ValueError):
    """Text where none can be: printed output looked like the end of its own answer."""


class Block(NamedTuple):
    """The output of one command. A tuple: two are made of every screen that is read."""

    content: bytes
    failed: bool


class Blocks:
    """Takes the stream of a control client in pieces and gives back whole answers to its own commands.

    An answer ends only at the exact echo of its header. The lines between answers are notifications, which begin
    with a per cent sign; any other line there raises `OutOfStep`.
    """

    def __init__(self) -> None:
        self._held = b""
        self._at = 0
        """The length of the part that is parsed."""
        self._header: bytes | None = None
        self._searched = 0
        """The position up to which the end of the open answer was searched."""
        self.greeting: Block | None = None
        """The answer to the attaching itself, once it has come."""

    def feed(self, piece: bytes) -> list[Block]:
        """Take the next piece of the stream; returns the answers that it completes."""
        self._held += piece
        done: list[Block] = []
        while (header := self._header or self._open()) is not None and (block := self._close(header)) is not None:
            if header.endswith(_OURS):
                done.append(block)
            elif self.greeting is None:
                self.greeting = block
        self._held = self._held[self._at :]
        self._searched -= self._at
        self._at = 0
        return done

    def _open(self) -> bytes | None:
        """Skip notifications up to the next header."""
        held = self._held
        while (end := held.find(b"\n", self._at)) >= 0:
            line = held[self._at : end]
            if line.startswith(b"%begin "):
                self._header = line.removeprefix(b"%begin ")
                self._at = self._searched = end  # the line's end stays: an empty answer ends with it
                return self._header
            if line and not line.startswith(b"%"):
                raise OutOfStep(f"{line[:40]!r} between two answers")
            self._at = end + 1
        return None

    def _close(self, header: bytes) -> Block | None:
        held = self._held
        for word, failed in ((b"\n%end ", False), (b"\n%error ", True)):
            mark = word + header + b"\n"
            if (end := held.find(mark, self._searched)) >= 0:
                block = Block(held[self._at + 1 : end + 1], failed)
                self._at, self._header = end + len(mark), None
                return block
        self._searched = max(self._at, len(held) - len(header) - 16)
        return None


def unescaped(shown: bytes) -> bytes:
    r"""Undo the escapes of `show-buffer` for a control client: `\033` is a control character, `\\` a backslash."""
    if b"\\\\" not in shown:
        return _without_octals(shown)
    # every escape begins at an even place of its run of backslashes, so that pairs from the left are backslashes
    return b"\\".join(map(_without_octals, shown.split(b"\\\\")))


def _without_octals(part: bytes) -> bytes:
    part = part.replace(b"\\033", b"\033")  # nearly all of them
    return _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), part) if b"\\" in part else part
