"""The verbs for an emergency: they need no daemon, server, database or valid configuration."""

from typing import Annotated

import typer

from rollout.faces.cli.app import verb
from rollout.faces.cli.options import Actor, SocketName, SocketPath

_Why = Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept with the order.")]


@verb("Emergency", "freeze", 'freeze --reason "pager at 3 a.m."', "freeze --socket-name work   # that server only")
def freeze(
    *, reason: _Why = "", actor: Actor = None, socket_name: SocketName = None, socket_path: SocketPath = None
) -> None:
    """Stop acting at once, everywhere; looking goes on.

    Needs no daemon, server, database or valid configuration.
    """
    from rollout.faces.cli.verbs.freeze import freeze as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, actor=actor, reason=reason))


@verb("Emergency", "unfreeze", 'unfreeze --reason "looked, and all is well"')
def unfreeze(
    *, reason: _Why = "", actor: Actor = None, socket_name: SocketName = None, socket_path: SocketPath = None
) -> None:
    """Let the actuator move again."""
    from rollout.faces.cli.verbs.freeze import unfreeze as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, actor=actor, reason=reason))
