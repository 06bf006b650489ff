"""The sentences for an emergency order that could not be given or lifted: they name the process to stop by hand."""

from collections.abc import Iterable

from rollout.faces.cli.output import note
from rollout.store.state_folder import ServerFolder


def say_not_done(what: str, failure: OSError, servers: Iterable[ServerFolder]) -> None:
    """Print that an order was not given, where it could not be written, and how to stop each run without it."""
    note(f"understudy: {what}: the order could not be written ({failure.strerror or failure}).")
    found = False
    for server in servers:
        pid = _watcher(server)
        if pid is not None:
            found = True
            note(f"The run that watches {_socket(server)} goes on acting. Stop it by hand: kill -STOP {pid}")
            note(f"(kill -CONT {pid} lets it go on; kill -TERM {pid} ends it.)")
    if not found:
        note("No running understudy was found. If one runs, stop it with: kill -STOP $(pgrep -f 'understudy run')")


def _socket(server: ServerFolder) -> str:
    try:
        return str(server.socket_path)
    except OSError:
        return server.path.name


def _watcher(server: ServerFolder) -> int | None:
    try:
        from rollout.store.server_lock import holder  # noqa: PLC0415 - no import may stop the order itself

        return holder(server.socket_path)
    except Exception:  # noqa: BLE001 - the sentence must come out whatever else is broken
        return None
