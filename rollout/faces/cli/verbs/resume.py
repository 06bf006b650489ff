"""`understudy resume`: the request to the stage controller."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.moving import DecisionOptions, move
from rollout.faces.cli.options import Actor, DryRun, Reason, Yes
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.store.server_selection import ServerSelection


@verb("resume", 'resume --reason "release is out"')
def resume(
    *,
    reason: Reason,
    actor: Actor = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    server: ServerSelection,
) -> Exit:
    """Allow promotions again after a pause."""
    return move(RequestKind.RESUME, DecisionOptions(reason, actor, yes=yes, dry_run=dry_run), server)
