"""The address of a tmux server."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


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
