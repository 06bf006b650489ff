"""`understudy rollback`: every session back to the incumbent; with --now whatever else is broken."""

from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import note, say
from rollout.faces.cli.server_selection import named_folder
from rollout.faces.cli.verbs.orders_failed import say_not_done
from rollout.store.orders import OrderKind, OrderNotGiven, give, operator
from rollout.store.state_folder import ServerFolder, StateFolder


def rollback_now(socket_name: str | None, socket_path: Path | None, *, actor: str | None, reason: str) -> Exit:
    """Order it in a file, and turn the flag down: either alone is enough, and neither needs the other."""
    state = StateFolder.from_environment()
    named = named_folder(socket_name, socket_path)
    # a run takes an order away once it has carried it out, so every server gets one of its own
    servers = (named,) if named else state.all_servers()
    who, why, failures = actor or operator(), reason or "rollback --now", dict[ServerFolder, OrderNotGiven]()
    for server in servers:
        try:
            give(OrderKind.ROLLBACK, server.path, actor=who, reason=why)
        except OrderNotGiven as failure:
            failures[server] = failure
        _turn_down(server)
    if not servers:
        note(f"Nothing has run from {state.root}, so there is nothing to roll back: is UNDERSTUDY_STATE_DIR the run's?")
        return Exit.OK
    for server in servers:
        if server in failures:
            say_not_done(f"NOT rolled back ({server.path})", failures[server], (server,))
        else:
            say(f"Rolled back: the incumbent owns every session from now on. ({server.path})")
    if failures:
        return Exit.NOT_ORDERED
    say("Begin anew in shadow with: understudy retry --reason ...")
    return Exit.OK


def _turn_down(server: ServerFolder) -> None:
    """Set the candidate's share to nothing wherever the flags are; a broken file is moved aside."""
    for way in (_in_the_file, _on_the_server):
        try:
            way(server)
        except Exception as error:  # noqa: BLE001 - the order stands; each of these is one more way to its end
            note(f"the flag of {server.path} could not be turned down ({error}); the order does without it")


def _in_the_file(server: ServerFolder) -> None:
    if server.flags.exists():
        from rollout.store.flags import FlagsFile  # noqa: PLC0415 - here, so that no import can stop the order itself

        FlagsFile(server.flags).write_exposure(0)


def _on_the_server(server: ServerFolder) -> None:
    from rollout.store.flags.choosing import chosen  # noqa: PLC0415 - as above
    from rollout.store.settings import load  # noqa: PLC0415

    choice = chosen(load().settings, to_follow=False)
    if choice.server is not None:
        choice.open(server).write_exposure(0)
