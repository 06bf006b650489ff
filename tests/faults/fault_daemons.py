"""A daemon of a test's own, in a process that can be killed, stopped and starved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_kill_nine import TOKEN, employ

from rollout.loop.acting.delivery_worker import ONCE_MORE
from rollout.store.ledger import LedgerReader
from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

HERE = Path(__file__).parent
WINDOWS = ("pm", "idle-0", "idle-1", "idle-2", "draft-0", "draft-1")


@dataclass
class Line:
    """One cycle as the daemon printed it."""

    at: float
    """Monotonic seconds."""
    wall_s: float
    reported: frozenset[str]


@dataclass
class Daemon:
    """The real loop, acting, over a small team of agents."""

    server: TmuxServer
    folder: Path
    candidate: str = "eager:Eager"
    lines: list[Line] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def shortage(self) -> Path:
        """The file that names what the daemon cannot start."""
        return self.folder / "shortage"

    @property
    def log(self) -> str:
        """The daemon's standard error."""
        path = self.folder / "stderr"
        return path.read_text() if path.exists() else ""

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def employ(self) -> None:
        """Let agents work on the server."""
        for name in WINDOWS:
            employ(self.server, self.folder / name, name)

    def start(self) -> None:
        """Start it, and wait for its first cycle."""
        with (self.folder / "stderr").open("a") as said:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    str(HERE / "fault_driver.py"),
                    str(self.server.socket_path),
                    str(self.state),
                    str(self.shortage),
                    self.candidate,
                ],
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env=os.environ | {"XDG_RUNTIME_DIR": str(self.folder)},
            )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        self.cycles(1)

    def cycles(self, more: int, seconds: float = 40.0) -> list[Line]:
        """Wait for so many more cycles; they are returned."""
        before = len(self.lines)
        self.until(lambda: len(self.lines) >= before + more, f"{more} more cycles", seconds)
        return self.lines[before:]

    def until(self, claim: Callable[[], object], what: str, seconds: float = 40.0) -> None:
        """Wait for something while it runs."""
        end = time.monotonic() + seconds
        while not claim():
            assert self.process is not None
            if self.process.poll() is not None:
                pytest.fail(f"the daemon ended with {self.process.returncode} before {what}:\n{self.log}")
            if time.monotonic() > end:
                pytest.fail(f"{what}: not within {seconds:g} s:\n{self.log}")
            time.sleep(0.005)

    def end(self) -> int:
        """End it as an operator does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @property
    def ledger(self) -> LedgerReader:
        return LedgerReader.open(StateFolder(self.state).of_server(self.server.socket_path).ledger)

    def wrong_acts(self) -> list[str]:
        """Return deliveries that were doubled, lost or never asked for, by the input of the agents; none is good."""
        rows = self.ledger.deliveries()
        told = Counter(token for line in self._heard("pm").split("\r")[:-1] for token in TOKEN.findall(line))
        again = {f"[{row.id[:10]}]" for row in rows if row.why == ONCE_MORE}
        drafts = [row for row in rows if row.kind == "submit_draft"]
        pressed = sum(self._heard(name).count("\r") for name in WINDOWS if name.startswith("draft"))
        done, unsure = (sum(row.status == status for row in drafts) for status in ("done", "escalated"))
        wrong = [f"{token} told {times} times" for token, times in told.items() if times > 1 and token not in again]
        wrong += [f"{row.id} still {row.status}" for row in rows if row.status in {"claimed", "wanted"}]
        notices = [row for row in rows if row.kind == "notify_manager" and row.status == "done"]
        wrong += [f"{row.id} never arrived" for row in notices if not told[f"[{row.id[:10]}]"]]
        if not done <= pressed <= done + unsure:
            wrong.append(f"{pressed} drafts sent where {done} are done and {unsure} are in doubt")
        return wrong

    def acts(self) -> int:
        """Return the number of finished deliveries."""
        return sum(row.status == "done" for row in self.ledger.deliveries())

    def monitors(self) -> list[int]:
        """The processes of its monitors."""
        return [pid for pid in _children(self.pid) if b"monitor_process" in _command(pid)]

    def _heard(self, name: str) -> str:
        path = self.folder / name / "heard"
        return path.read_bytes().decode() if path.exists() else ""

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for text in process.stdout:
                _, wall_s, *reported = text.split()
                who = frozenset(reported[0].split(",")) if reported else frozenset[str]()
                self.lines.append(Line(time.monotonic(), float(wall_s), who))


def _children(pid: int) -> list[int]:
    return [int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def median(values: Any) -> float:
    """The middle one."""
    ordered = sorted(values)
    return float(ordered[len(ordered) // 2])
