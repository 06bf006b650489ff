"""The verbs that move the rollout: promote, rollback, pause, resume, retry, retire, approve, wait."""

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
    """Move to the next stage now, by your decision instead of the judge's."""
    _move("promote", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb("Decide", 'rollback --reason "managers complain"', 'rollback --now --reason "pager"   # needs nothing that works')
def rollback(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Immediately; works without a run, ledger or valid settings.")
    ] = False,
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
    """Stay in this stage: no promotion until `resume`; a rollback still happens."""
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
    """Allow promotions again after a pause."""
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
    """Start again in shadow after a rollback."""
    _move("retry", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb("Decide", 'retire --reason "a month in production"', 'retire --undo --reason "we want to compare again"')
def retire(
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Undo a retirement: both monitors run again.")] = False,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Switch the incumbent off, once production has shown enough evidence.

    The incumbent is switched off, and --undo switches it on again. The next version begins as the candidate of a new
    rollout, with the monitor that stands alone as its incumbent: name both in the settings.
    """
    _move("restore" if undo else "retire", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)


@verb(
    "Decide", "approve                             # list what waits", 'approve e-7f3a19 --reason "looked at the pane"'
)
def approve(
    what: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The action to approve; without ID the open questions are listed."),
    ] = None,
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

    With an ID: that action. With only a reason: the promotion that needs a person by the plan. With neither: a list.
    """
    if what is None and reason:
        _move("approve", reason, actor, socket_name, socket_path, yes=yes, dry_run=dry_run)
    from rollout.faces.cli.verbs.approve import approve_act, waiting  # noqa: PLC0415

    if what is None:
        raise typer.Exit(waiting(socket_name, socket_path, as_json=json))
    raise typer.Exit(approve_act(what, socket_name, socket_path, actor=actor, reason=reason, dry_run=dry_run))


@verb(
    "Decide",
    'waive crashed --reason "no agent of ours crashes in a week"',
    'waive crashed --undo --reason "one did"',
)
def waive(
    state: Annotated[str, typer.Argument(metavar="STATE", help="A state that the plan wants proven.")],
    *,
    reason: Reason,
    actor: Actor = None,
    expires: Annotated[
        str, typer.Option(metavar="WHEN", help="After so long (14d, 12h), or on a day (2027-01-31, UTC).")
    ] = "30d",
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: the state must be proven again.")] = False,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Waive the proof of one state for promotions, until an expiry.

    The state is still watched: a candidate that is unsafe in it is still held or rolled back.
    """
    from rollout.faces.cli.verbs.waive import Waiving  # noqa: PLC0415
    from rollout.faces.cli.verbs.waive import waive as work  # noqa: PLC0415

    asked = Waiving(reason=reason, actor=actor, expires=expires, undo=undo)
    raise typer.Exit(work(state, asked, socket_name, socket_path))


@verb("Decide", "wait --for promotable --timeout 3600", "wait --for stage=beta && echo half-way")
def wait(
    *,
    what: Annotated[str, typer.Option("--for", metavar="WHAT", help="promotable, or stage=NAME.")],
    timeout: Annotated[float, typer.Option(min=0.0, metavar="S", help="Give up after S seconds.")] = 3600.0,
    socket_name: SocketName = None,
    socket_path: SocketPath = None,
) -> None:
    """Wait until the rollout is promotable or has reached a stage.

    Ends with 4 if it is rolled back meanwhile, and with 75 after the timeout.
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
