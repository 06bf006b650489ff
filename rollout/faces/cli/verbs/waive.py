"""`understudy waive`: take a named state out of the proofs that a promotion needs, for a while."""

import json
import time
from dataclasses import dataclass
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Actor, Reason
from rollout.faces.cli.output import note, say
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.sign_offs import instant_of, write_decision
from rollout.faces.cli.verb import verb
from rollout.faces.cli.waivers import waivers_of
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.decisions import WAIVE
from rollout.store.ledger import DecisionRow
from rollout.store.orders import operator
from rollout.store.server_selection import ServerSelection
from understudy.record import instant_text
from understudy.verdicts import AgentState


@dataclass(frozen=True, slots=True)
class Waiving:
    """A waiver as it was asked for."""

    reason: str
    actor: str | None
    expires: str
    undo: bool


@verb("waive", 'waive crashed --reason "no agent of ours crashes in a week"', 'waive crashed --undo --reason "one did"')
def waive(
    state: Annotated[str, typer.Argument(metavar="STATE", help="A state that the plan wants proven.")],
    *,
    reason: Reason,
    actor: Actor = None,
    expires: Annotated[
        str, typer.Option(metavar="WHEN", help="After so long (14d, 12h), or on a day (2027-01-31, UTC).")
    ] = "30d",
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: the state must be proven again.")] = False,
    server: ServerSelection,
) -> Exit:
    """Waive the proof of one state for promotions, until an expiry.

    The state is still watched: a candidate that is unsafe in it is still held or rolled back.
    """
    asked = Waiving(reason=reason, actor=actor, expires=expires, undo=undo)
    return _waive(state, asked, server)


def _waive(state: str, asked: Waiving, server: ServerSelection) -> Exit:
    """Write the decision into the ledger; the judge takes it up in the next cycle."""
    now = round(time.time(), 6)
    expires = now if asked.undo else instant_of(asked.expires, now)
    with open_server_data(server) as found:
        if found.ledger is None:
            raise Stop(Exit.CONFLICT, NOTHING_YET)
        required = {str(one) for one in found.plan.required_states}
        if state not in required:
            known = ", ".join(sorted(required))
            raise Stop(Exit.USAGE, f"{state} is no state that the plan wants proven; these are: {known}")
        if asked.undo and not any(one.state == state for one in waivers_of(found, now)):
            note(f"Nothing to do: {state} is not waived.")
            return Exit.OK
        body = json.dumps({"expires": expires})
        actor = asked.actor or operator()
        write_decision(found, DecisionRow(now, WAIVE, AgentState(state).value, actor, asked.reason, body))
    if asked.undo:
        say(f"{state} must be proven again before a promotion.")
        return Exit.OK
    until = instant_text(expires)[:16].replace("T", " ")
    say(
        f"Waived {state} until {until} UTC: a promotion needs no proof of it until then. "
        f"Take it back with: understudy waive {state} --undo --reason ..."
    )
    return Exit.OK
