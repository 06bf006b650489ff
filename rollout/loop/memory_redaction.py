"""Redacting what a monitor remembers: `python -m rollout.loop.memory_redaction PARENT [RULES]` does it for large ones.

Rules are regular expressions, and while one runs no other thread of its process does anything. So a large memory is
redacted in a process of its own: a line of JSON in, a line of JSON out.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import JsonValue
from pydantic_core import to_json

from rollout.loop.hosting.monitor_process import die_with
from rollout.loop.hosting.process import MonitorFailed, MonitorProcess
from rollout.loop.loop_state import blanked
from tmuxio.tapes.redact import redactor

SMALL: Final = 16 << 10
"""Bytes of JSON that are redacted without another process."""
_MOST_BYTES: Final = 256 << 20
_DEADLINE_S: Final = 60.0


class MemoryRedaction:
    """Redacts the memories of one monitor. One thread uses it; any may `close` it."""

    def __init__(self, redact: Callable[[str], str], rules: Path | None, log_path: Path) -> None:
        """Take the redactor and the file of rules that it was made with, besides those that ship."""
        self._redact = redact
        self._rules = rules
        self._log_path = log_path
        self._process: MonitorProcess | None = None

    def __call__(self, memory: JsonValue) -> str:
        """Return the memory as JSON, secrets blanked; raises `MonitorFailed` where that takes too long."""
        line = to_json(memory)
        if len(line) <= SMALL:
            return json.dumps(blanked(memory, self._redact))
        if self._process is None:
            command = [sys.executable, "-m", __name__, str(os.getpid()), *([str(self._rules)] if self._rules else ())]
            self._process = MonitorProcess(command, self._log_path, _MOST_BYTES, {})
        try:
            return self._process.exchange(line + b"\n", bytes.decode, _DEADLINE_S)
        except MonitorFailed:
            process, self._process = self._process, None
            process.end()
            raise

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()


def main(arguments: list[str]) -> None:
    """Redact line after line until the input ends."""
    parent, *rules = arguments
    die_with(int(parent))
    redact = redactor(Path(rules[0]) if rules else None)
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(blanked(json.loads(line), redact)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
