"""`understudy why`: one paragraph for somebody who was just woken up."""

import shutil
import textwrap
from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import emit, person_looks, say
from rollout.faces.cli.reading import NOTHING_YET, ServerData, doubts, open_server_data
from rollout.faces.cli.verbs.status import state
from rollout.judgement import why as judgement_why
from rollout.judgement.enums import State
from rollout.store.orders import OrderKind
from rollout.store.orders import order_in_force as ordered
from rollout.store.state_folder import StateFolder


def why(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Say what holds the rollout and what would change that."""
    with open_server_data(socket_name, socket_path) as found:
        text = " ".join((paragraph(found), *(f"Besides, {doubt}." for doubt in doubts(found.reports()))))
        if as_json:
            emit({"state": state(found), "why": text})
        else:
            width = min(shutil.get_terminal_size().columns, 100) if person_looks() else 10_000
            say(textwrap.fill(text, width, break_on_hyphens=False))
    return Exit.OK


def paragraph(found: ServerData) -> str:
    """The paragraph, with a freeze in a file said first."""
    if found.ledger is None:
        return NOTHING_YET
    order = ordered(OrderKind.FREEZE, found.folder.path, StateFolder.from_environment().root)
    frozen = ""
    if order:
        by = f" by {order.actor}" if order.actor else ""
        because = f" ({order.reason})" if order.reason else ""
        frozen = f"Frozen{by}{because}: nothing is pressed until `understudy unfreeze`; looking goes on. "
    if found.judgement is None:
        stage = found.rollout_status.stage
        how = (
            ""
            if found.rollout_status.state is State.RUNNING
            else f" and {found.rollout_status.state.replace('_', ' ')}"
        )
        return (
            f"{frozen}The rollout is in {stage}{how}; no cycle was judged in this stage yet. `understudy run` goes on."
        )
    return frozen + judgement_why.why(found.rollout_status, found.judgement, found.plan)
