"""`understudy why`: the state of the rollout in one paragraph, for an operator on call."""

import shutil
import textwrap
import time
from pathlib import Path

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import emit, person_looks, say
from rollout.faces.cli.reading import NOTHING_YET, ServerData, doubts, open_server_data
from rollout.faces.cli.verbs.status import state
from rollout.faces.cli.waivers import waiver_document, waiver_line, waivers_of
from rollout.judgement import why as judgement_why
from rollout.judgement.enums import State
from rollout.store.orders import OrderKind
from rollout.store.orders import order_in_force as ordered
from rollout.store.state_folder import StateFolder


def why(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Print the cause of the present state and the next step."""
    with open_server_data(socket_name, socket_path) as found:
        waived = waivers_of(found, time.time())
        besides = (f"Besides, {doubt}." for doubt in doubts(found.reports()))
        text = " ".join((paragraph(found), *map(waiver_line, waived), *besides))
        if as_json:
            emit({"state": state(found), "why": text, "waived": [waiver_document(one) for one in waived]})
        else:
            width = min(shutil.get_terminal_size().columns, 100) if person_looks() else 10_000
            say(textwrap.fill(text, width, break_on_hyphens=False))
    return Exit.OK


def paragraph(found: ServerData) -> str:
    """Return the paragraph; a freeze in a file comes first."""
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
