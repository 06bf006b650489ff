"""The stage: a private tmux server in a folder of its own, the windows on it, and its end."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rollout.faces.demo.fleet import FleetWindow
from rollout.faces.demo.process_names import actor_command, named_environment

SOCKET: Final = "demo"
"""Name of the server's socket in its folder."""
WIDTH, HEIGHT = 80, 24
"""Cells of every window."""
_PATIENCE_S: Final = 5.0
_SETTINGS: Final = (
    "set -g automatic-rename off ; set -g allow-rename off ; set -g history-limit 200 ; set -g status off"
)


class DemoServerFailed(Exception):
    """tmux could not be started, or did not do what the demo needs; the message says what it said."""


class DemoServer:
    """A private tmux server in `folder`; nothing of it lies anywhere else."""

    def __init__(self, folder: Path, windows: Sequence[FleetWindow]) -> None:
        self._folder = folder
        self._fleet = windows
        self._socket = folder / SOCKET
        self._environment = named_environment(folder)
        self._server = 0
        self._openings: Counter[FleetWindow] = Counter()
        self._indices: dict[FleetWindow, int] = {}
        self._next_index: Counter[str] = Counter()

    def tend(self) -> int:
        """Open every window that is not there; returns how many. The first time, that starts the server."""
        there = self._windows() if self._server else set()
        missing = [one for one in self._fleet if (one.session, one.window) not in there]
        sessions = {session for session, _ in there}
        for one in missing:
            self._open(one, new_session=one.session not in sessions)
            sessions.add(one.session)
        if missing and not self._server:
            self._server = int(self._tmux("display-message", "-p", "#{pid}"))
        return len(missing)

    def strike(self) -> None:
        """End the server and everything on it, and remove the folder; raises nothing."""
        with contextlib.suppress(DemoServerFailed):  # a server that is gone is what is wanted
            self._tmux("kill-server")
        if self._server and not _within(_PATIENCE_S, lambda: not self._answers()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._server, signal.SIGKILL)  # a client that does not let go keeps a server alive
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, one: FleetWindow, *, new_session: bool) -> None:
        opening = self._openings[one]
        self._openings[one] += 1
        if opening % len(one.parts) == 0:  # a round of parts has an index of its own, which is never used again
            self._indices[one] = self._next_index[one.session]
            self._next_index[one.session] += 1
        part, phase_s = one.parts[opening % len(one.parts)], 0.0 if opening else one.phase_s
        command = ("--", *actor_command(part, one.seed, stays=one.stays, phase_s=phase_s))
        if new_session:
            size = ("-x", str(WIDTH), "-y", str(HEIGHT))
            settings = () if self._server else (*_SETTINGS.split(" "), ";")
            self._tmux(*settings, "new-session", "-d", "-s", one.session, "-n", one.window, *size, *command)
        else:
            self._tmux("new-window", "-d", "-t", f"={one.session}:{self._indices[one]}", "-n", one.window, *command)

    def _windows(self) -> set[tuple[str, str]]:
        try:
            listed = self._tmux("list-windows", "-a", "-F", "#{session_name}\t#{window_name}")
        except DemoServerFailed:
            if self._answers():
                raise
            self._server = 0  # every window was killed, and the server went with the last
            return set()
        return {(session, window) for session, _, window in (line.partition("\t") for line in listed.splitlines())}

    def _answers(self) -> bool:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as transport:
            try:
                transport.connect(str(self._socket))
            except OSError:
                return False
        return True

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-f", os.devnull, "-S", str(self._socket), *arguments]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_PATIENCE_S, env=self._environment, check=False
            )
        except FileNotFoundError as missing:
            raise DemoServerFailed(
                "tmux is not installed: install tmux 3.2 or newer (apt-get install tmux)"
            ) from missing
        except subprocess.TimeoutExpired as late:
            raise DemoServerFailed(f"tmux did not answer within {_PATIENCE_S:g} s") from late
        if done.returncode != 0:
            raise DemoServerFailed(f"tmux {arguments[0]}: {done.stderr.strip() or 'failed'}")
        return done.stdout


def _within(seconds: float, done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
