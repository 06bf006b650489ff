"""The answers of a control client, cut apart: tmux puts each command's output between a header and its echo."""

import re
from dataclasses import dataclass
from typing import Final

_OURS: Final = b" 1"
"""The last word of headers that answer a command of this client; others answer what tmux did by itself."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


class OutOfStep(ValueError):
    """Text where none can be: something that was printed looked like the end of its own answer."""


@dataclass(frozen=True, slots=True)
class Block:
    """What one command printed."""

    content: bytes
    failed: bool


class Blocks:
    """Takes the stream of a control client in pieces and gives back whole answers to its own commands.

    An answer ends only at the exact echo of its header. What stands between answers are notifications, which begin with
    a per cent sign; anything else there raises `OutOfStep`.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._header: bytes | None = None
        self._searched = 0
        self.greeting: Block | None = None
        """What became of the attaching itself, once that is known."""

    def feed(self, piece: bytes) -> list[Block]:
        """Take the next piece of the stream; returns the answers that it completes."""
        self._held += piece
        done: list[Block] = []
        while True:
            if self._header is None and not self._open():
                return done
            if (block := self._close()) is None:
                return done
            header, self._header = self._header or b"", None
            if header.endswith(_OURS):
                done.append(block)
            elif self.greeting is None:
                self.greeting = block

    def _open(self) -> bool:
        """Skip notifications up to the next header."""
        while (end := self._held.find(b"\n")) >= 0:
            line = bytes(self._held[:end])
            if line.startswith(b"%begin "):
                self._header = line.removeprefix(b"%begin ")
                del self._held[:end]  # the line's end stays: an empty answer ends with it
                self._searched = 0
                return True
            if line and not line.startswith(b"%"):
                raise OutOfStep(f"{line[:40]!r} between two answers")
            del self._held[: end + 1]
        return False

    def _close(self) -> Block | None:
        header = self._header or b""
        for word, failed in ((b"%end ", False), (b"%error ", True)):
            mark = b"\n" + word + header + b"\n"
            if (at := self._held.find(mark, self._searched)) >= 0:
                block = Block(bytes(self._held[1 : at + 1]), failed)
                del self._held[: at + len(mark)]
                return block
        self._searched = max(0, len(self._held) - len(header) - 16)
        return None


def unescaped(shown: bytes) -> bytes:
    r"""Undo what `show-buffer` does to control characters for a control client: `\033` is one, `\\` a backslash."""
    if b"\\" not in shown:
        return shown
    # every escape begins at an even place of its run of backslashes, so that pairs from the left are backslashes
    return b"\\".join(map(_without_octals, shown.split(b"\\\\")))


def _without_octals(part: bytes) -> bytes:
    part = part.replace(b"\\033", b"\033")  # nearly all of them
    return _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), part) if b"\\" in part else part
