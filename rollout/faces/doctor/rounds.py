"""All checks, in the order in which a new user needs them."""

from collections.abc import Iterator

from rollout.faces.doctor.findings import DoctorFinding, broken, well
from rollout.faces.doctor.flags_server import flags_server
from rollout.faces.doctor.kept import found_agents, kept
from rollout.faces.doctor.machine import machine
from rollout.faces.doctor.plugins import plugins
from rollout.faces.doctor.rules import rules
from rollout.faces.doctor.server import server
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import Settings, SettingsInvalid, load
from rollout.store.state_folder import StateFolder
from tmuxio.server.address import ServerAddress


def examine(selected: ServerSelection) -> Iterator[DoctorFinding]:
    """Check everything; with broken settings what the command line names, else tmux's default server.

    An incumbent that does not see the agents comes first: everything that is compared with it says little.
    """
    named = _named(selected)
    yield from found_agents(StateFolder.from_environment().of_server(named.socket_path))
    yield from machine()
    settings = Settings.model_construct(socket_name=selected.name, socket_path=selected.path)
    try:
        settings = load(selected.flags).settings
    except SettingsInvalid as fault:
        yield from (
            broken("settings", line, "correct it; `understudy config` shows all settings") for line in _lines(fault)
        )
    else:
        yield well("settings", "all valid")
        yield from rules(settings)
        yield from plugins(settings)
    address = ServerAddress.resolve(settings.socket_name, settings.socket_path)
    yield from server(address)
    yield from flags_server(settings)
    yield from kept(StateFolder.from_environment(), address.socket_path)


def _named(selected: ServerSelection) -> ServerAddress:
    """The server by the settings; with broken ones, by the command line alone."""
    try:
        return selected.address
    except SettingsInvalid:
        return ServerAddress.resolve(selected.name, selected.path)


def _lines(fault: SettingsInvalid) -> list[str]:
    return str(fault).splitlines()
