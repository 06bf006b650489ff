"""Which tmux server, and whose folder, a verb speaks of."""

from pathlib import Path

from rollout.faces.cli.exits import Exit, Stop
from rollout.store.state_folder import ServerFolder, StateFolder
from tmuxio.server.address import ServerAddress


def server_address(socket_name: str | None, socket_path: Path | None) -> ServerAddress:
    """The server that was named on the command line or in a setting, else tmux's own default."""
    from rollout.store.settings import load  # noqa: PLC0415 - emergency verbs read no settings

    settings = load({"socket_name": socket_name, "socket_path": socket_path}).settings
    return ServerAddress.resolve(settings.socket_name, settings.socket_path)


def server_folder(socket_name: str | None, socket_path: Path | None) -> ServerFolder:
    """The folder of the server that was named; without a name that of the server last run, up or not."""
    from rollout.store.settings import load  # noqa: PLC0415 - as above

    settings = load({"socket_name": socket_name, "socket_path": socket_path}).settings
    state = StateFolder.from_environment()
    if settings.socket_name is None and settings.socket_path is None and (last := state.last_run()):
        return last
    return state.of_server(ServerAddress.resolve(settings.socket_name, settings.socket_path).socket_path)


def named_folder(socket_name: str | None, socket_path: Path | None) -> ServerFolder | None:
    """The folder of the server that the command line names, or None; reads no settings, as they may be broken."""
    if socket_name and socket_path:
        raise Stop(Exit.USAGE, "a server is named by --socket-name or by --socket-path, not by both")
    if not socket_name and not socket_path:
        return None
    return StateFolder.from_environment().of_server(ServerAddress.resolve(socket_name, socket_path).socket_path)
