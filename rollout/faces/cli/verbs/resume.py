"""`understudy resume`: the request to the stage controller."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.moving import move
from rollout.faces.cli.options import DecisionOptions
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.store.server_selection import ServerSelection


@verb("resume", 'resume --reason "release is out"')
def resume(*, decision: DecisionOptions, server: ServerSelection) -> Exit:
    """Allow promotions again after a pause."""
    return move(RequestKind.RESUME, decision, server)
