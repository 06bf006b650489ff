"""A bar on standard error for what takes its time: only for a person, and gone when it is over."""

import shutil
import sys
import time
from typing import Final, Self

_EVERY_S: Final = 0.1


class Bar:
    """Shows how far it is, `total` steps in all; silent where standard error is no terminal."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total, self._done = what, total, 0
        self._began = self._shown = time.monotonic()
        self._shows = sys.stderr.isatty()

    def step(self) -> None:
        """Say that one more is done."""
        self._done += 1
        now = time.monotonic()
        if self._shows and (now - self._shown >= _EVERY_S or self._done == self._total):
            self._shown = now
            self._draw(now - self._began)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shows:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _draw(self, seconds: float) -> None:
        left = seconds / self._done * (self._total - self._done)
        tail = f" {self._done:,}/{self._total:,} {self._what}, {left:.0f} s left"
        room = max(0, min(40, shutil.get_terminal_size().columns - len(tail) - 3))
        full = room * self._done // max(1, self._total)
        sys.stderr.write(f"\r[{'#' * full}{'.' * (room - full)}]{tail}\x1b[K")
        sys.stderr.flush()
