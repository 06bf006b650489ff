"""Standard error of a process, kept without secrets and control characters in a file that cannot fill the disk."""

import os
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from typing import IO, Final

from tmuxio.redaction.documents import Redact
from tmuxio.redaction.quoting import quotable
from tmuxio.redaction.redactor import redact as shipped

_CHUNK: Final = 1 << 16


class StderrLog:
    """Copies a pipe into a file until the pipe ends; at most two files of `max_bytes`, the older as `<name>.1`."""

    def __init__(self, pipe: IO[bytes], path: Path, max_bytes: int = 1 << 20, redact: Redact = shipped) -> None:
        self._pipe = pipe
        self._path = path
        self._max = max_bytes
        self._redact = redact
        self._tail = b""
        self._pending = bytearray()
        self._ended = False
        self._news = Condition()
        self._thread = Thread(target=self._copy, name=f"log-{path.name}", daemon=True)
        self._writer = Thread(target=self._write_all, name=f"write-{path.name}", daemon=True)
        self._thread.start()
        self._writer.start()

    def last_line(self, wait_s: float = 3.0) -> str:
        """The last line that says something, cut to 300 characters; "" where there was none.

        Waits so long for the pipe to end: a process that died has often just written the cause.
        """
        self._thread.join(wait_s)
        text = self._redact(self._tail.decode(errors="replace"))
        lines = [_seen(line).strip() for line in text.split("\n")]
        return next((line[:300] for line in reversed(lines) if line), "")

    def close(self, wait_s: float = 3.0) -> None:
        """Close the pipe once it ended; a grandchild that keeps it open keeps the thread, which dies with us."""
        self._thread.join(wait_s)
        if not self._thread.is_alive():
            self._pipe.close()
            self._writer.join(wait_s)

    def _copy(self) -> None:
        """Take output at once: a process must never wait for its log."""
        descriptor = self._pipe.fileno()
        while chunk := self._read(descriptor):
            self._tail = (self._tail + chunk)[-4096:]
            with self._news:
                self._pending += chunk
                if (excess := len(self._pending) - 2 * self._max) > 0:  # it would not have been kept for long
                    del self._pending[:excess]
                self._news.notify()
        with self._news:
            self._ended = True
            self._news.notify()

    def _write_all(self) -> None:
        while True:
            with self._news:
                while not (self._ended or b"\n" in self._pending or len(self._pending) >= self._max):
                    self._news.wait()
                whole = len(self._pending)
                if not self._ended:  # a secret may stand on both sides of a break between two reads
                    whole = self._pending.rfind(b"\n") + 1 or whole
                said, ended = bytes(self._pending[:whole]), self._ended
                del self._pending[:whole]
            for at in range(0, len(said), self._max):
                self._write(said[at : at + self._max])
            if ended:
                return

    def _write(self, said: bytes) -> None:
        """Keep lines without their secrets and without what would move a cursor."""
        text = quotable(said.decode(errors="replace"), self._redact)
        with suppress(OSError):  # a full disk must not stop a monitor
            self._keep(text.encode(errors="replace")[-self._max :])

    @staticmethod
    def _read(descriptor: int) -> bytes:
        try:
            return os.read(descriptor, _CHUNK)
        except OSError:
            return b""

    def _keep(self, chunk: bytes) -> None:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size and size + len(chunk) > self._max:
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        with self._path.open("ab") as file:
            file.write(chunk)


def _seen(line: str) -> str:
    """Leave out what is not seen."""
    return "".join(char for char in line if char.isprintable() or char == "\t")
