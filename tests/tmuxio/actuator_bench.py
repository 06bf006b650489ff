"""A server with a program that writes down every byte it gets, and hands over it."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from tmuxio.acting.actuator import Actuator, Veto
from understudy.clock import SystemClock

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from understudy.screens import Frame, PaneShot

AGENT = r"""
import sys, tty
tty.setraw(0)
out = open(sys.argv[1], "ab", buffering=0)
sys.stdout.write("\033[2J\033[Hready\r\n> "); sys.stdout.flush()
while True:
    key = sys.stdin.buffer.raw.read(4096)
    out.write(key)
    shown = key.decode(errors="replace").replace("\r", "\r\n> ")
    sys.stdout.write(shown); sys.stdout.flush()
"""
"""A program that shows what is typed into it and writes down every byte it gets."""


class ActuatorBench:
    """A server with one listening agent, and hands over it."""

    def __init__(self, server: TmuxServer) -> None:
        self.server = server
        self.heard = server.folder / "heard"
        self.heard.touch()
        (server.folder / "agent.py").write_text(AGENT)
        self.command = f"exec python3 {server.folder}/agent.py {self.heard}"
        self.pane = server.new_window(self.command, name="claude-dev")
        server.wait_for(self.pane, "ready")
        self.pid = int(server.run("display-message", "-p", "-t", self.pane, "#{pane_pid}"))
        self.asked: list[tuple[PaneShot, Frame]] = []
        self.vetoes: list[Veto | None] = []
        self.actuator = Actuator(server.address, self.guard, SystemClock(), arrival_s=1.0)

    def guard(self, shot: PaneShot, frame: Frame) -> Veto | None:
        self.asked.append((shot, frame))
        return self.vetoes.pop(0) if self.vetoes else None

    def bytes(self) -> bytes:
        return self.heard.read_bytes()

    def dies(self) -> None:
        """Kill the agent; tmux does not always write so on the screen."""
        os.kill(self.pid, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while self.server.run("display-message", "-p", "-t", self.pane, "#{pane_dead}") != "1":
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def hears(self, expected: bytes) -> bool:
        deadline = time.monotonic() + 5
        while self.bytes() != expected and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.bytes() == expected
