"""Kept tapes: the newest few, and those on which the monitors differed unexpectedly."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from contract.screens import Tape
from tmuxio.tapefile import write_tape

NEWEST: Final = 30
"""Tapes kept whatever was on them: what another version of a monitor warms up on."""
TELLING: Final = 200
"""Tapes kept because monitors differed on them."""
SUFFIX: Final = ".tape.gz"


class TapeShelf:
    """Writes beside the cycle: a tape that is lost to a crash is no evidence lost, only a picture of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="tapes")

    def keep(
        self,
        cycle: str,
        tape: Tape,
        memories: Mapping[str, JsonValue],
        meta: Mapping[str, JsonValue],
        *,
        telling: bool,
    ) -> Path:
        """Queue a tape with the memories from before it, and what else a replay needs; returns where it will lie."""
        path = self._folder / f"{cycle}{'-differs' if telling else ''}{SUFFIX}"
        self._worker.submit(self._write, path, tape, dict(memories), {"cycle": cycle, **meta})
        return path

    def find(self, cycle: str) -> Path | None:
        """The tape of a cycle, if it is kept still."""
        return next(self._folder.glob(f"{cycle}*{SUFFIX}"), None)

    def close(self) -> None:
        """Wait for what is queued."""
        self._worker.shutdown(wait=True)

    def _write(self, path: Path, tape: Tape, memories: dict[str, JsonValue], meta: dict[str, JsonValue]) -> None:
        write_tape(path, tape, memories, meta)
        kept = sorted(self._folder.glob(f"*{SUFFIX}"))
        telling = [old for old in kept if "-differs" in old.name]
        plain = [old for old in kept if "-differs" not in old.name]
        for old in (*plain[:-NEWEST], *telling[:-TELLING]):
            old.unlink(missing_ok=True)
