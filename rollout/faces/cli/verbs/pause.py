"""`understudy pause`: the request to the stage controller."""

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.moving import move
from rollout.faces.cli.options import DecisionOptions
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.store.server_selection import ServerSelection


@verb("pause", 'pause --reason "release week"')
def pause(*, decision: DecisionOptions, server: ServerSelection) -> Exit:
    """Stay in this stage: no promotion until `resume`; a rollback still happens."""
    return move(RequestKind.PAUSE, decision, server)
