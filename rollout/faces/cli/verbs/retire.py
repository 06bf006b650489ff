"""`understudy retire`: the request to the stage controller."""

from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.moving import move
from rollout.faces.cli.options import DecisionOptions
from rollout.faces.cli.verb import verb
from rollout.judgement.rollout_status import RequestKind
from rollout.store.server_selection import ServerSelection


@verb("retire", 'retire --reason "a month in production"', 'retire --undo --reason "we want to compare again"')
def retire(
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Undo a retirement: both monitors run again.")] = False,
    decision: DecisionOptions,
    server: ServerSelection,
) -> Exit:
    """Switch the incumbent off, once production has shown enough evidence.

    The incumbent is switched off, and --undo switches it on again. The next version begins as the candidate of a new
    rollout, with the monitor that stands alone as its incumbent: name both in the settings.
    """
    return move(RequestKind.RESTORE if undo else RequestKind.RETIRE, decision, server)
