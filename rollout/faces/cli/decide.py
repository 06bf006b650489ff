"""The operator's hand: promote, rollback, pause, resume, retry, approve."""

from typing import Annotated

import typer

from rollout.faces.cli.app import verb
from rollout.faces.cli.options import Actor, DryRun, Reason, SocketName, SocketPath, Yes


@verb("Decide", 'promote --reason "reviewed with the team"', 'promote --dry-run --reason "what would it do?"')
def promote(
    *,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Move to the next stage now, on your word instead of the judge's."""
    from rollout.faces.cli.verbs.decide import promote as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, actor=actor, reason=reason, yes=yes, dry_run=dry_run))


@verb("Decide", 'rollback --reason "managers complain"', 'rollback --now --reason "pager"   # needs nothing that works')
def rollback(
    *,
    now: Annotated[bool, typer.Option("--now", help="At once, with no question and nothing else needed.")] = False,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept in the history.")] = "",
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Give every session back to the incumbent.

    The rollout stands in shadow, rolled back, until `understudy retry`. With --now it needs no daemon, server, database
    or valid configuration.
    """
    from rollout.faces.cli.verbs.rollback import rollback as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, now=now, actor=actor, reason=reason, yes=yes, dry_run=dry_run))


@verb("Decide", 'pause --reason "release week"')
def pause(
    *, reason: Reason, actor: Actor = None, socket_name: SocketName = None, socket_path: SocketPath = None
) -> None:
    """Stay in this stage: no promotion until `resume`; rollback goes on."""
    from rollout.faces.cli.verbs.decide import pause as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, actor=actor, reason=reason))


@verb("Decide", 'resume --reason "release is out"')
def resume(
    *, reason: Reason, actor: Actor = None, socket_name: SocketName = None, socket_path: SocketPath = None
) -> None:
    """Let promotions go on after a pause."""
    from rollout.faces.cli.verbs.decide import resume as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, actor=actor, reason=reason))


@verb("Decide", 'retry --reason "fixed in 1.4"')
def retry(
    *, reason: Reason, actor: Actor = None, socket_name: SocketName = None, socket_path: SocketPath = None
) -> None:
    """Begin anew in shadow after a rollback."""
    from rollout.faces.cli.verbs.decide import retry as work  # noqa: PLC0415

    raise typer.Exit(work(socket_name, socket_path, actor=actor, reason=reason))


@verb("Decide", "approve                             # list what waits", 'approve 7c1e --reason "looked at the pane"')
def approve(
    what: Annotated[str | None, typer.Argument(metavar="ID", help="What to approve; none lists what waits.")] = None,
    *,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept in the history.")] = "",
    actor: Actor = None,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Be the second key of an act that waits, or approve a promotion."""
    from rollout.faces.cli.verbs.approve import approve as work  # noqa: PLC0415

    raise typer.Exit(work(what, socket_name, socket_path, actor=actor, reason=reason))
