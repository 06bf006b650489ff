"""`understudy config`: every setting, its value, and where that comes from."""

import os
from typing import Any

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import emit, table
from rollout.faces.cli.verb import verb
from rollout.store.server_selection import ServerSelection
from rollout.store.settings import PREFIX, LoadedSettings, Origin, load
from rollout.store.state_folder import StateFolder
from tmuxio.redaction import redact, redact_document


@verb("config", "config", "config --json")
def config(*, server: ServerSelection, as_json: Json = False) -> Exit:
    """Show every setting with its value and where it comes from."""
    loaded = load(server.flags)
    rows = [*_rows(loaded), _state_row()]
    if as_json:
        emit(
            {
                "settings": [
                    {"name": name, "value": value, "source": origin.source, "place": origin.place}
                    for name, value, origin in rows
                ]
            }
        )
    else:
        table(
            ((name, _shown(value), _place(origin)) for name, value, origin in rows), header=("setting", "value", "from")
        )
    return Exit.OK


def _rows(loaded: LoadedSettings) -> list[tuple[str, Any, Origin]]:
    values = loaded.settings.model_dump(mode="json")
    return [(name, redact_document(value, redact), loaded.origins[name]) for name, value in values.items()]


def _state_row() -> tuple[str, str, Origin]:
    folder = str(StateFolder.from_environment().root)
    for variable in (f"{PREFIX}STATE_DIR", "XDG_STATE_HOME"):
        if os.environ.get(variable):
            return ("state_dir", folder, Origin("environment", variable))
    return ("state_dir", folder, Origin("default", "built in"))


def _shown(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g} s"
    return str(value)


def _place(origin: Origin) -> str:
    return origin.source if origin.source == "default" else f"{origin.source} ({origin.place})"
