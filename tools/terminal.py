"""One pane on a tmux server of its own, with a shell in it, and the keys that are typed into it."""

import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

import psutil

from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress
from tmuxio.tapes.recorder import Recorder
from understudy.clock import SystemClock
from understudy.screens import PaneShot

_PATIENCE_S: Final = 10.0


class Terminal:
    """One pane on a private tmux server, with a shell in it."""

    def __init__(self, folder: Path, width: int, height: int, env: dict[str, str], work: Path) -> None:
        self._socket = folder / "s"
        self._env = env
        rc = folder / "rc"
        rc.write_text("PS1='keeper@lighthouse:~/lighthouse$ '\n")
        shell = ["bash", "--noprofile", "--rcfile", str(rc)]
        size = ["-x", str(width), "-y", str(height)]
        self._tmux("new-session", "-d", "-s", "main", "-n", "agent", *size, "-c", str(work), shlex.join(shell))
        clock = SystemClock()
        self._recorder = Recorder(Reader(ServerAddress(self._socket), clock=clock), clock)

    def _tmux(self, *args: str) -> str:
        command = ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *args]
        return subprocess.run(
            command, env=self._env, check=True, capture_output=True, timeout=_PATIENCE_S
        ).stdout.decode()

    def type(self, text: str) -> None:
        """Type a text, letter by letter as far as the program can tell."""
        for at in range(0, len(text), 8):
            self._tmux("send-keys", "-t", "main", "-l", "--", text[at : at + 8])
            time.sleep(0.03)

    def paste(self, text: str) -> None:
        """Paste a text as a terminal does."""
        self._tmux("set-buffer", "--", text)
        self._tmux("paste-buffer", "-p", "-t", "main")

    def press(self, key: str, times: int = 1) -> None:
        """Press a key by tmux's name for it."""
        for _ in range(times):
            self._tmux("send-keys", "-t", "main", key)
            time.sleep(0.25)

    def erase(self, letters: int) -> None:
        """Delete the typed text, key by key: many at once look like a paste."""
        for _ in range(letters):
            self._tmux("send-keys", "-t", "main", "BSpace")
            time.sleep(0.01)

    def screen(self) -> str:
        """Return the plain screen."""
        return self._tmux("capture-pane", "-p", "-t", "main")

    def shoot(self) -> list[PaneShot]:
        """Return four frames, 0.3 s apart."""
        return [frame.panes[0] for frame in self._recorder.shoot().frames]

    def kill_program(self) -> None:
        """End the program in the shell with SIGKILL."""
        shell = int(self._tmux("display-message", "-p", "-t", "main", "#{pane_pid}"))
        for child in psutil.Process(shell).children(recursive=True):
            child.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """End the server and everything in it."""
        try:
            self.kill_program()
            self._tmux("kill-server")
        except (psutil.Error, subprocess.SubprocessError):
            pass  # it is gone already
