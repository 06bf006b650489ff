"""A private server with agents whose composers can be edited, and the actuator of the harness over it."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.loop.acting.composer_reading import read_composer
from tmuxio.acting.actuator import Actuator, Veto
from understudy import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

    from understudy.screens import Frame, PaneShot

PROGRAM = Path(__file__).with_name("fault_agent.py")
LOOKS = ("rules", "box", "prompt")


def runs(default: int) -> range:
    """As many runs of a fault as the variable FAULTS says, else a handful."""
    return range(int(os.environ.get("FAULTS", default)))


def seconds(each: float, default: int, more: float = 60.0) -> pytest.MarkDecorator:
    """Bound a fault by how many runs it has."""
    return pytest.mark.timeout(each * len(runs(default)) + more)


def until(holds: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Wait until something holds; whether it came to."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@dataclass
class FaultAgent:
    """One agent in a window of its own."""

    server: TmuxServer
    folder: Path
    looks: str = "rules"
    pane: str = ""
    pid: int = 0

    def start(self, draft: str = "", *, session: str = "team", command: str = "exec {} {} {}") -> FaultAgent:
        self.folder.mkdir()
        (self.folder / "draft").write_text(draft)
        program = self.folder / "claude"
        program.write_text(f"#!{sys.executable}\n{PROGRAM.read_text()}")
        program.chmod(0o700)
        line = command.format(program, self.folder, self.looks)
        self.pane = self.server.new_window(line, session=session, name=self.folder.name)
        self.server.wait_for(self.pane, ">" if self.looks == "prompt" else "? for shortcuts")
        self.pid = int(self.server.run("display-message", "-p", "-t", self.pane, "#{pane_pid}"))
        return self

    def person_types(self, text: str) -> None:
        """Put a person's text where the cursor is."""
        self.server.run("send-keys", "-t", self.pane, "-l", "--", text)

    def falls_asleep(self) -> None:
        (self.folder / "asleep").touch()

    def wakes(self) -> None:
        (self.folder / "asleep").unlink()

    def opens_dialog(self) -> None:
        (self.folder / "dialog").touch()

    def closes_dialog(self) -> None:
        (self.folder / "dialog").unlink()

    @property
    def sent(self) -> list[str]:
        return self._read("sent").splitlines()

    @property
    def heard(self) -> str:
        return self._read("heard")

    @property
    def misplaced(self) -> list[tuple[float, str]]:
        """All that went into its dialogs, and how long each had been drawn by then."""
        lines = (line.partition(" ") for line in self._read("misplaced").splitlines())
        return [(float(drawn), text) for drawn, _, text in lines]

    @property
    def draft(self) -> str:
        """What stands in its composer, by the bytes that it got; nothing of it was sent."""
        text = ""
        for key in self.heard.rpartition("\r")[2]:
            text = text[:-1] if key == "\x7f" else text + key
        return text

    def _read(self, name: str) -> str:
        path = self.folder / name
        return path.read_bytes().decode() if path.exists() else ""


def dialog_guard(shot: PaneShot, _frame: Frame) -> Veto | None:
    """Veto as a monitor does that knows dialogs."""
    return Veto("an approval dialog is open in it") if "Do you want to proceed?" in shot.text else None


def actuator(
    server: TmuxServer, guard: Callable[[PaneShot, Frame], Veto | None] = dialog_guard, **more: float
) -> Actuator:
    """The actuator as the harness wires them."""
    return Actuator(server.address, guard, SystemClock(), composer=read_composer, **more)
