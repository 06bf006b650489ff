"""Which tmux server is meant, and which one answers there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tmuxio.errors import TmuxRefused
from tmuxio.transport import OneShot


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The socket of a tmux server; the only way in which this program ever names a server."""

    socket_path: Path

    @classmethod
    def resolve(
        cls,
        socket_name: str | None = None,
        socket_path: str | Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> "ServerAddress":
        """Find the socket as tmux itself does: `-S`, then `-L`, then `$TMUX`, then the user's default server.

        `env` is the process's own where it is None. Raises ValueError where both a name and a path are given.
        """
        env = os.environ if env is None else env
        if socket_name and socket_path:
            raise ValueError("a server is named by --socket-name or by --socket-path, not by both")
        if socket_path:
            return cls(Path(socket_path).expanduser().absolute())
        if not socket_name and (inside := env.get("TMUX", "").split(",")[0]):
            return cls(Path(inside))
        folder = Path(env.get("TMUX_TMPDIR") or "/tmp") / f"tmux-{os.getuid()}"  # noqa: S108 - where tmux puts it
        return cls(folder / (socket_name or "default"))

    def __str__(self) -> str:
        return str(self.socket_path)


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The one server that answered: another one on the same socket tomorrow is not it."""

    pid: int
    started: int
    """Seconds since the epoch."""

    @property
    def key(self) -> str:
        """The identity as a word that can name a file."""
        return f"{self.pid}-{self.started}"


def identify(address: ServerAddress, deadline_s: float = 5.0) -> ServerIdentity:
    """Ask who answers at an address; raises a `TmuxError` where nobody does."""
    answers = OneShot(address).ask(["display-message -p '#{pid} #{start_time}'"], deadline_s)
    try:
        pid, started = answers.blocks[0].split()
        return ServerIdentity(int(pid), int(started))
    except ValueError:
        raise TmuxRefused(address.socket_path, answers.refusals) from None
