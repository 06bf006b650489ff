"""`understudy rollback`: give every session back to the incumbent; with --now also if other parts are broken."""

from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Actor, DecisionOptions, DryRun, Reason, Yes
from rollout.faces.cli.orders_failed import say_not_done
from rollout.faces.cli.output import note, say
from rollout.faces.cli.verb import verb
from rollout.store.orders import OrderKind, OrderNotGiven, give, operator
from rollout.store.server_selection import ServerSelection
from rollout.store.state_folder import ServerFolder, StateFolder


@verb(
    "rollback", 'rollback --reason "managers complain"', 'rollback --now --reason "pager"   # needs nothing that works'
)
def rollback(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Immediately; works without a run, ledger or valid settings.")
    ] = False,
    reason: Reason = "",
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    server: ServerSelection,
) -> Exit:
    """Give every session back to the incumbent.

    The rollout stands in shadow, rolled back, until `understudy retry`. With --now it needs no daemon, server, database
    or valid configuration.
    """
    if not now:
        from rollout.faces.cli.moving import move  # noqa: PLC0415 - --now imports nothing that may be broken
        from rollout.judgement.rollout_status import RequestKind  # noqa: PLC0415 - as above

        return move(RequestKind.ROLLBACK, DecisionOptions(reason, actor, yes=yes, dry_run=dry_run), server)

    return _rollback_now(server, actor=actor, reason=reason)


def _rollback_now(selected: ServerSelection, *, actor: str | None, reason: str) -> Exit:
    """Write the order to a file and set the flag to 0 %: each of them is enough alone."""
    state = StateFolder.from_environment()
    named = selected.named_folder
    # a run takes an order away once it has carried it out, so every server gets one of its own
    servers = (named,) if named else state.all_servers()
    begun = tuple(server for server in servers if _may_have_begun(server, selected))
    who, why, failures = actor or operator(), reason or "rollback --now", dict[ServerFolder, OrderNotGiven]()
    for server in servers:
        if server not in begun:
            _turn_down(server)
            continue
        try:
            give(OrderKind.ROLLBACK, server.path, actor=who, reason=why)
        except OrderNotGiven as failure:
            failures[server] = failure
        _turn_down(server)
    if not servers:
        note(f"No run has used {state.root}: there is nothing to roll back. Set UNDERSTUDY_STATE_DIR as for the run.")
        return Exit.OK
    for server in servers:
        if server not in begun:
            note(f"Nothing has begun for {server.path.name}, so there is nothing to roll back: no order was left.")
        elif server in failures:
            say_not_done(f"NOT rolled back ({server.path})", failures[server], (server,))
        else:
            say(f"Rolled back: the incumbent owns every session from now on. ({server.path})")
    if failures:
        return Exit.NOT_ORDERED
    if not begun:
        return Exit.OK
    say("Start again in shadow with: understudy retry --reason ...")
    return Exit.OK


def _may_have_begun(server: ServerFolder, selected: ServerSelection) -> bool:
    """Return whether a run has kept anything of a server, or may run on it without its folder; True in doubt."""
    try:
        server.ledger.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return _may_be_watched(server, selected)
    except OSError:
        return True
    return True


def _may_be_watched(server: ServerFolder, selected: ServerSelection) -> bool:
    try:
        from rollout.store.server_lock import lock_places  # noqa: PLC0415 - no import may stop the order itself

        named = selected.named_address
        socket = named.socket_path if named else server.socket_path
        return any(path.exists() for path in lock_places(socket))
    except FileNotFoundError:  # the folder names no socket: no run has made it
        return False
    except Exception:  # noqa: BLE001 - in doubt the order is given
        return True


def _turn_down(server: ServerFolder) -> None:
    """Set the candidate's share to nothing wherever the flags are; a broken file is moved aside."""
    for way in (_in_the_file, _on_the_server):
        try:
            way(server)
        except Exception as error:  # noqa: BLE001 - the order is in force; these only speed it up
            note(f"The flag of {server.path} could not be set to 0 % ({error}). The next cycle corrects it.")


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
