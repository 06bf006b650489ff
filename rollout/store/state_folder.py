"""The folder of a run's state: one private folder, and in it one folder per tmux server."""

import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from rollout.store.orders import SERVERS, prepare
from tmuxio.atomic_file import replace_file


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """The stored state of one tmux server."""

    path: Path

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.path / "ledger.sqlite"

    @property
    def flags(self) -> Path:
        """The working copy of the flags."""
        return self.path / "flags.json"

    def flags_of_server(self, url: str, environment: str) -> Path:
        """Return the file of the flags last seen on a server; another server's are another file."""
        name = blake2b(f"{url} {environment}".encode(), digest_size=6).hexdigest()
        return self.path / f"flags-of-server-{name}.json"

    @property
    def tapes(self) -> Path:
        """Kept tapes, the newest few."""
        return self.path / "tapes"

    @property
    def expected(self) -> Path:
        """Differences that a person here holds to be expected, on top of those that ship with the program."""
        return self.path / "expected"

    @property
    def logs(self) -> Path:
        """Return the folder of the monitors' standard error."""
        return self.path / "logs"

    @property
    def socket_path(self) -> Path:
        """The socket of the server that this folder is about."""
        return Path((self.path / "socket").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The root of everything kept; only its owner may look into it."""

    root: Path

    @classmethod
    def from_environment(cls) -> "StateFolder":
        """`$UNDERSTUDY_STATE_DIR`, else `$XDG_STATE_HOME/understudy`, else `~/.local/state/understudy`.

        It asks no configuration file, so that the emergency verbs find it when that is broken.
        """
        if own := os.environ.get("UNDERSTUDY_STATE_DIR"):
            return cls(Path(own).expanduser().absolute())
        home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        return cls(Path(home).expanduser().absolute() / "understudy")

    def of_server(self, socket_path: Path) -> ServerFolder:
        """The folder of the server behind this socket, whether or not anything is in it yet."""
        name = blake2b(str(socket_path.resolve()).encode(), digest_size=6).hexdigest()
        return ServerFolder(self.root / SERVERS / f"{socket_path.name[:24]}-{name}")

    def prepare(self, socket_path: Path) -> ServerFolder:
        """Make the folder of a server and remember it as the one last run."""
        folder = self.of_server(socket_path)
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root.chmod(0o700)
        for place in (folder.path, folder.tapes, folder.logs):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        for place in (self.root, folder.path):
            prepare(place)
        _note(folder.path / "socket", str(socket_path))
        _note(self.root / "last-run", folder.path.name)
        return folder

    def last_run(self) -> ServerFolder | None:
        """The folder of the server that was run last, whether or not the server is still up."""
        try:
            name = (self.root / "last-run").read_text(encoding="utf-8")
        except OSError:
            return None
        folder = ServerFolder(self.root / SERVERS / name)
        return folder if folder.path.is_dir() else None

    def all_servers(self) -> tuple[ServerFolder, ...]:
        """Every server that was ever run from here."""
        return tuple(ServerFolder(path) for path in sorted((self.root / SERVERS).glob("*")) if path.is_dir())


def _note(path: Path, text: str) -> None:
    """Keep a short text; one that stands there already needs no room on a full disk."""
    if not path.exists() or path.read_bytes() != text.encode():
        replace_file(path, text.encode(), durable=False)
