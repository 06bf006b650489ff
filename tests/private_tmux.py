"""A private tmux server of a test's own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tmuxio.server.address import ServerAddress

_PATIENCE_S = 10.0


class TmuxServer:
    """A real tmux server of one test, on a private socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket_path = folder / "s"
        self.environment = {
            name: value for name, value in os.environ.items() if name not in {"TMUX", "TMUX_PANE", "PROMPT_COMMAND"}
        } | {
            "HOME": str(folder),
            "SHELL": "/bin/sh",
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "PS1": "$ ",
        }

    @property
    def address(self) -> ServerAddress:
        """The socket on which it listens."""
        from tmuxio.server.address import ServerAddress

        return ServerAddress(self.socket_path)

    @property
    def pid(self) -> int:
        """The server's own process."""
        return int(self.run("display-message", "-p", "#{pid}"))

    def run(self, *args: str) -> str:
        """Run one tmux command and return what it printed, without the last line's end; fails the test if tmux does."""
        done = subprocess.run(
            ["tmux", "-u", "-f", "/dev/null", "-S", str(self.socket_path), *args],
            capture_output=True,
            timeout=_PATIENCE_S,
            env=self.environment,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"tmux {' '.join(args)}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode(errors="surrogateescape").removesuffix("\n")

    def new_window(
        self,
        command: str = "sh",
        *,
        session: str = "main",
        name: str = "window",
        width: int = 80,
        height: int = 24,
    ) -> str:
        """Open a window that runs a shell command, and its session if there is none; returns the pane's id."""
        names = self.run("list-sessions", "-F", "#{session_name}").splitlines() if self.is_up() else []
        if session in names:
            target = f"={session}:"
            return self.run("new-window", "-d", "-P", "-F", "#{pane_id}", "-t", target, "-n", name, command)
        size = ("-x", str(width), "-y", str(height))
        return self.run("new-session", "-d", "-P", "-F", "#{pane_id}", "-s", session, "-n", name, *size, command)

    def is_up(self) -> bool:
        """Return whether a server listens."""
        return any(_is_server(pid) for pid in self._processes())

    def screen(self, pane: str) -> str:
        """Read the plain screen of a pane."""
        return self.run("capture-pane", "-p", "-t", pane)

    def wait_for(self, pane: str, text: str, *, seconds: float = _PATIENCE_S) -> str:
        """Wait until a pane shows a text; returns its screen, fails the test when it never does."""
        deadline = time.monotonic() + seconds
        while text not in (screen := self.screen(pane)):
            if time.monotonic() > deadline:
                pytest.fail(f"pane {pane} never showed {text!r}; it shows:\n{screen}")
            time.sleep(0.02)
        return screen

    def reap(self) -> None:
        """End the server, its panes and its clients, whatever state they are in; never raises."""
        for pid in self._processes():
            for child in _children(pid):
                _kill(child, group=True)
            _kill(pid)
        deadline = time.monotonic() + _PATIENCE_S
        while self._processes() and time.monotonic() < deadline:
            time.sleep(0.01)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _processes(self) -> list[int]:
        """Server and clients: the tmux processes that were started with our socket."""
        ours = str(self.socket_path).encode()
        return [pid for pid in _pids() if ours in (argv := _argv(pid)) and argv[0].split(b"/")[-1] == b"tmux"]


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _argv(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:  # it ended between the listing and the look
        return []


def _is_server(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text() == "tmux: server\n"
    except OSError:  # as above
        return False


def _children(pid: int) -> list[int]:
    children = []
    for candidate in _pids():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{candidate}/stat").read_bytes().rpartition(b") ")[2].split()
            if int(fields[1]) == pid:
                children.append(candidate)
    return children


def _kill(pid: int, *, group: bool = False) -> None:
    with contextlib.suppress(OSError):  # a finaliser that raises replaces the real failure
        if group:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def private_server() -> Iterator[TmuxServer]:
    """A private server, not started until its first window; ended afterwards even where it was stopped or hung."""
    server = TmuxServer(Path(tempfile.mkdtemp(prefix="us-", dir="/tmp")))  # short: a socket path ends at 107 bytes
    try:
        yield server
    finally:
        server.reap()
