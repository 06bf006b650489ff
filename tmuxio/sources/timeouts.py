"""libtmux with a deadline: it has none of its own, and hangs for good on a server that is stopped."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from libtmux.common import tmux_cmd
from libtmux.server import Server

from tmuxio.server.errors import ServerSilent, TmuxError, TmuxMissing
from tmuxio.server.transport import environment, explain

if TYPE_CHECKING:
    from tmuxio.server.address import ServerAddress


class CommandWithTimeout(tmux_cmd):
    """One tmux command through libtmux, given up after `deadline_s` seconds with its client killed."""

    def __init__(self, address: ServerAddress, deadline_s: float, *args: str) -> None:
        program = shutil.which("tmux")
        if program is None:
            raise TmuxMissing(address.socket_path)
        self.cmd = [program, "-u", "-S", str(address.socket_path), *args]
        with subprocess.Popen(
            self.cmd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            env=environment(),
        ) as self.process:
            try:
                stdout, stderr = self.process.communicate(timeout=deadline_s)
            except subprocess.TimeoutExpired:
                # Only killed, not read to its end: a stopped server still holds the output that the client passed it.
                self.process.kill()
                raise ServerSilent(address.socket_path, deadline_s) from None
        self.returncode = self.process.returncode
        self.stdout = stdout.rstrip("\n").split("\n") if stdout.rstrip("\n") else []
        self.stderr = [line for line in stderr.split("\n") if line]

    def failure(self, address: ServerAddress) -> TmuxError | None:
        """Why it failed; None where it did not."""
        if self.returncode == 0:
            return None
        return explain(address.socket_path, "\n".join(self.stderr), answered=False)


class ServerWithTimeout(Server):
    """A libtmux server whose every command has a deadline and speaks UTF-8."""

    def __init__(self, address: ServerAddress, deadline_s: float) -> None:
        super().__init__(socket_path=address.socket_path)
        self._address = address
        self._deadline_s = deadline_s

    def cmd(  # type: ignore[override]  # libtmux's own method differs from its protocol in the same way
        self, cmd: str, *args: Any, target: str | int | None = None
    ) -> CommandWithTimeout:
        """Run one tmux command; raises `ServerSilent` and `TmuxMissing`, other failures are in the result."""
        aimed = ("-t", str(target)) if target is not None else ()
        return CommandWithTimeout(self._address, self._deadline_s, cmd, *aimed, *map(str, args))
