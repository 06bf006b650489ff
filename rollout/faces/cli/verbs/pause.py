"""`understudy pause`: the request to the stage controller."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.moving import DecisionOptions, move
from rollout.faces.cli.options import Actor, DryRun, Reason, Yes
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.store.server_selection import ServerSelection


@verb("pause", 'pause --reason "release week"')
def pause(
    *,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    server: ServerSelection,
) -> Exit:
    """Stay in this stage: no promotion until `resume`; a rollback still happens."""
    return move(RequestKind.PAUSE, DecisionOptions(reason, actor, yes=yes, dry_run=dry_run), server)
