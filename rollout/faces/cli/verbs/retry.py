"""`understudy retry`: the request to the stage controller."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.moving import move
from rollout.faces.cli.options import DecisionOptions
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.store.server_selection import ServerSelection


@verb("retry", 'retry --reason "fixed in 1.4"')
def retry(*, decision: DecisionOptions, server: ServerSelection) -> Exit:
    """Start again in shadow after a rollback."""
    return move(RequestKind.RETRY, decision, server)
