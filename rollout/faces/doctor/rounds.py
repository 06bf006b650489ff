"""Everything that is checked, in the order in which a newcomer meets it."""

from collections.abc import Iterator
from pathlib import Path

from rollout.faces.doctor.findings import DoctorFinding, broken, well
from rollout.faces.doctor.flags_server import flags_server
from rollout.faces.doctor.kept import kept
from rollout.faces.doctor.machine import machine
from rollout.faces.doctor.plugins import plugins
from rollout.faces.doctor.rules import rules
from rollout.faces.doctor.server import server
from rollout.store.settings import Settings, SettingsInvalid, load
from rollout.store.state_folder import StateFolder
from tmuxio.server.address import ServerAddress


def examine(socket_name: str | None, socket_path: Path | None) -> Iterator[DoctorFinding]:
    """Check everything; with broken settings what the command line names, else tmux's default server."""
    yield from machine()
    settings = Settings.model_construct(socket_name=socket_name, socket_path=socket_path)
    try:
        settings = load({"socket_name": socket_name, "socket_path": socket_path}).settings
    except SettingsInvalid as fault:
        yield from (broken("settings", line, "mend it; `understudy config` shows them all") for line in _lines(fault))
    else:
        yield well("settings", "all valid")
        yield from rules(settings)
        yield from plugins(settings)
    address = ServerAddress.resolve(settings.socket_name, settings.socket_path)
    yield from server(address)
    yield from flags_server(settings)
    yield from kept(StateFolder.from_environment(), address.socket_path)


def _lines(fault: SettingsInvalid) -> list[str]:
    return str(fault).splitlines()
