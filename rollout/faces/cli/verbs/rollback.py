"""`understudy rollback`: every session back to the incumbent; with --now whatever else is broken."""

from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import note, say
from rollout.faces.cli.where import named_folder
from rollout.store.orders import OrderKind, give, operator
from rollout.store.state_folder import ServerFolder, StateFolder


def rollback_now(socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str) -> Exit:
    """Order it in a file, and turn the flag down: either alone is enough, and neither needs the other."""
    state = StateFolder.from_environment()
    named = named_folder(socket_name, socket_path)
    # a run takes an order away once it has carried it out, so every server gets one of its own
    servers = (named,) if named else state.all_servers()
    for server in servers:
        give(OrderKind.ROLLBACK, server.path, actor=actor or operator(), reason=reason or "rollback --now")
        _turn_down(server)
    if not servers:
        note(f"Nothing has run from {state.root}, so there is nothing to roll back: is UNDERSTUDY_STATE_DIR the run's?")
        return Exit.OK
    for server in servers:
        say(f"Rolled back: the incumbent owns every session from now on. ({server.path})")
    say("Begin anew in shadow with: understudy retry --reason ...")
    return Exit.OK


def _turn_down(server: ServerFolder) -> None:
    """Set the candidate's share to nothing where there is a flags file; a broken one is moved aside."""
    if not server.flags.exists():
        return
    try:
        from rollout.store.flags import FlagsFile  # noqa: PLC0415 - inside, so that no import can stop the order itself

        FlagsFile(server.flags).write_exposure(0)
    except Exception as error:  # noqa: BLE001 - the order stands already; this is the second way to the same end
        note(f"{server.flags} could not be written ({error}); the order in the file does without it")
