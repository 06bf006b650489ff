"""The tmux server of a call: the one that its options name, else the one of the settings, else the one last run."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rollout.store.state_folder import ServerFolder, StateFolder
from tmuxio.server.address import ServerAddress


@dataclass(frozen=True)
class ServerSelection:
    """The server as the options of one call name it: by a name, by a socket, or not at all."""

    name: str | None = None
    path: Path | None = None

    @property
    def flags(self) -> dict[str, str | Path | None]:
        """Return the selection as `rollout.store.settings.load` takes it; None for what was not given."""
        return {"socket_name": self.name, "socket_path": self.path}

    @property
    def options(self) -> tuple[str, ...]:
        """Return the options with which another command selects the same server; empty if none was given."""
        if self.path is not None:
            return ("--socket-path", str(self.path))
        return ("--socket-name", self.name) if self.name is not None else ()

    @property
    def address(self) -> ServerAddress:
        """The server that the options or the settings name, else tmux's own default. Raises `SettingsInvalid`."""
        return ServerAddress.resolve(self._settled.name, self._settled.path)

    @property
    def folder(self) -> ServerFolder:
        """The folder of the server that is named; without a name that of the server last run, up or not.

        Raises `SettingsInvalid`.
        """
        state = StateFolder.from_environment()
        if self._settled == ServerSelection() and (last := state.last_run()):
            return last
        return state.of_server(self.address.socket_path)

    @property
    def named_address(self) -> ServerAddress | None:
        """The server that the options alone name, or None; reads no settings, as they may be broken."""
        return ServerAddress.resolve(self.name, self.path) if self.name or self.path else None

    @property
    def named_folder(self) -> ServerFolder | None:
        """The folder of the server that the options alone name, or None; reads no settings, as they may be broken."""
        named = self.named_address
        return StateFolder.from_environment().of_server(named.socket_path) if named else None

    @cached_property
    def _settled(self) -> "ServerSelection":
        from rollout.store.settings import load  # noqa: PLC0415 - emergency verbs read no settings

        settings = load(self.flags).settings
        return ServerSelection(settings.socket_name, settings.socket_path)
