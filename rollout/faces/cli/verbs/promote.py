"""`understudy promote`: the request to the stage controller."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.moving import move
from rollout.faces.cli.options import DecisionOptions
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.store.server_selection import ServerSelection


@verb("promote", 'promote --reason "reviewed with the team"', 'promote --dry-run --reason "what would it do?"')
def promote(*, decision: DecisionOptions, server: ServerSelection) -> Exit:
    """Move to the next stage now, by your decision instead of the judge's."""
    return move(RequestKind.PROMOTE, decision, server)
