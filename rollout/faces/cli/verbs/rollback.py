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
    folder = named_folder(socket_name, socket_path)
    place = folder.path if folder else state.root
    order = give(OrderKind.ROLLBACK, place, actor=actor or operator(), reason=reason or "rollback --now")
    for server in [folder] if folder else state.all_servers():
        _turn_down(server)
    what = "that server" if folder else "every server"
    say(f"Rolled back: on {what} the incumbent owns every session from now on. ({order.path})")
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
