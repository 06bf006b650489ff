"""The demo's world: teams of actors on a private tmux server that is gone when the demo is."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, Self

from rollout.faces.demo.demo_server import SOCKET, DemoServer, DemoServerFailed
from rollout.faces.demo.fleet import FleetWindow
from rollout.faces.demo.supervisor import READY

_LONGEST_SOCKET: Final = 100
"""Bytes; the system takes 107."""
_STRIKE_S: Final = 15.0


class World:
    """The demo's server and its supervisor, as a context manager; raises `DemoServerFailed` without tmux."""

    def __init__(self, windows: Sequence[FleetWindow]) -> None:
        self.windows = tuple(windows)
        self.folder = _folder()
        self.socket_path = self.folder / SOCKET
        self._supervisor: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        try:
            self._raise_curtain()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *why: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server, the actors and the folder; twice is as good as once."""
        hand, self._supervisor = self._supervisor, None
        if hand is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                hand.communicate(timeout=_STRIKE_S)
            if hand.poll() is None:
                hand.kill()
                hand.wait()
        if self.folder.exists():  # the supervisor was killed, or never came to work
            DemoServer(self.folder, ()).strike()
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def dialog_keys(self) -> int:
        """Return the number of keys that have reached an approval dialog."""
        counts = (self.folder / "dialog-keys").glob("*")
        return sum(int(count.read_text(encoding="ascii") or 0) for count in counts)

    def _raise_curtain(self) -> None:
        # In another session, so that a Ctrl-C in the terminal reaches the demo alone; before the server, so that there
        # is no instant at which the demo could die and leave one behind.
        self._supervisor = hand = subprocess.Popen(
            [sys.executable, "-P", "-m", "rollout.faces.demo.supervisor", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert hand.stdin is not None
        assert hand.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it ended; its output instead of `ready` is the reason
            hand.stdin.write(json.dumps([asdict(one) for one in self.windows]) + "\n")
            hand.stdin.flush()
        if (answer := hand.stdout.readline().strip()) != READY:
            raise DemoServerFailed(
                answer or "the demo's tmux server did not start: its process ended without a message"
            )


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="understudy-"))
    if len(os.fsencode(folder / SOCKET)) > _LONGEST_SOCKET:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="understudy-", dir="/tmp"))
    return folder
