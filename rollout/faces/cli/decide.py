"""The operator's hand: promote, rollback, pause, resume, retry, retire, approve, wait."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from rollout.faces.cli.app import verb
from rollout.faces.cli.options import Actor, DryRun, Json, Reason, SocketName, SocketPath, Yes


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
    _move("promote", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb("Decide", 'rollback --reason "managers complain"', 'rollback --now --reason "pager"   # needs nothing that works')
def rollback(
    *,
    now: Annotated[bool, typer.Option("--now", help="At once; nothing else has to work.")] = False,
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
    if not now:
        _move("rollback", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)
    from rollout.faces.cli.verbs.rollback import rollback_now  # noqa: PLC0415

    raise typer.Exit(rollback_now(socket_name, socket_path, actor=actor, reason=reason))


@verb("Decide", 'pause --reason "release week"')
def pause(
    *,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Stay in this stage: no promotion until `resume`; rollback goes on."""
    _move("pause", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb("Decide", 'resume --reason "release is out"')
def resume(
    *,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Let promotions go on after a pause."""
    _move("resume", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb("Decide", 'retry --reason "fixed in 1.4"')
def retry(
    *,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Begin anew in shadow after a rollback."""
    _move("retry", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb("Decide", 'retire --reason "a month in production"', 'retire --undo --reason "we want to compare again"')
def retire(
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: both run again.")] = False,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """End the incumbent's service, once production has shown enough.

    The incumbent is switched off, and --undo switches it on again. The next version begins as the candidate of a new
    rollout, with the monitor that stands alone as its incumbent: name both in the settings.
    """
    _move("restore" if undo else "retire", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb(
    "Decide", "approve                             # list what waits", 'approve e-7f3a19 --reason "looked at the pane"'
)
def approve(
    what: Annotated[str | None, typer.Argument(metavar="ID", help="What to approve; none lists what waits.")] = None,
    *,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why; kept in the history.")] = "",
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
    json: Json = False,
) -> None:
    """Approve an action that waits for both monitors, or approve a promotion.

    With an ID: that act. With only a reason: the promotion that the plan wants a person for. With neither: a list.
    """
    if what is None and reason:
        _move("approve", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)
    from rollout.faces.cli.verbs.approve import approve_act, waiting  # noqa: PLC0415

    if what is None:
        raise typer.Exit(waiting(socket_name, socket_path, as_json=json))
    raise typer.Exit(approve_act(what, socket_name, socket_path, actor=actor, reason=reason, dry_run=dry_run))


@verb("Decide", "wait --for promotable --timeout 3600", "wait --for stage=beta && echo half-way")
def wait(
    *,
    what: Annotated[str, typer.Option("--for", metavar="WHAT", help="promotable, or stage=NAME.")],
    timeout: Annotated[float, typer.Option(min=0.0, metavar="S", help="Give up after so many seconds.")] = 3600.0,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Wait until the rollout is promotable or has reached a stage.

    Ends with 4 where it is rolled back meanwhile, with 75 when the time is over.
    """
    from rollout.faces.cli.verbs.wait import wait as work  # noqa: PLC0415

    raise typer.Exit(work(what, timeout, socket_name, socket_path))


def _move(
    request_kind: str,
    reason: str,
    actor: str | None,
    socket_name: str | None,
    socket_path: Path | None,
    *,
    yes: bool,
    dry_run: bool,
) -> NoReturn:
    from rollout.faces.cli.verbs.decide import DecisionOptions, move  # noqa: PLC0415
    from rollout.judgement.rollout_status import RequestKind  # noqa: PLC0415

    raise typer.Exit(
        move(
            RequestKind(request_kind),
            DecisionOptions(reason, actor, yes=yes, dry_run=dry_run),
            socket_name,
            socket_path,
        )
    )
