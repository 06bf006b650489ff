"""`understudy history`: the audit trail with the operators' decisions."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.options import Json
from rollout.faces.cli.output import clock_time, emit, note, paint, say
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.transitions import transition_document, transition_text
from rollout.faces.cli.verb import verb
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.audit import breaks
from rollout.loop.stage_controller import trail
from rollout.store.ledger import DecisionRow, LedgerReader
from rollout.store.server_selection import ServerSelection
from understudy.record import instant_text


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry for people."""

    at: float
    what: str
    actor: str
    reason: str


@verb("history", "history", "history --verify", "history --head 3f2a91c07d4e", "history --json")
def history(
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Verify the chain of hashes.")] = False,
    head: Annotated[
        str, typer.Option("--head", metavar="HASH", help="Also check that the row with this audit head exists.")
    ] = "",
    server: ServerSelection,
    as_json: Json = False,
) -> Exit:
    """Show every change of the stage, and every approval: who, when and why."""
    with open_server_data(server) as found:
        if (verify or head) and found.ledger:
            _verify(found.ledger, head)
        rows = trail(found.ledger) if found.ledger else ()
        words = found.ledger.decisions() if found.ledger else ()
    if as_json:
        document = {
            "transitions": [transition_document(row) for row in rows],
            "decisions": [_as_decision(row) for row in words],
        }
        emit(document | ({"verified": True} if verify or head else {}))
        return Exit.OK
    if not rows:
        note(NOTHING_YET)
    moves = (_Entry(row.at, transition_text(row), row.actor, row.reason) for row in rows)
    said = (_Entry(row.at, f"{row.kind} {row.subject}", row.actor, row.reason) for row in words)
    for entry in sorted((*moves, *said), key=lambda entry: entry.at):
        say(f"{clock_time(entry.at)}  {paint(entry.what, 'bold')}  by {entry.actor}")
        say(f"{'':21}{entry.reason}")
    if verify:
        say(f"{len(rows)} rows and {len(words)} decisions: the chain is whole")
    if rows:
        say(f"audit head {rows[-1].head}")
    return Exit.OK


def _verify(ledger: LedgerReader, seen_head: str) -> None:
    if found := breaks(ledger, seen_head):
        raise Stop(Exit.CONFLICT, "the audit trail is not what was written:\n" + "\n".join(found))


def _as_decision(row: DecisionRow) -> dict[str, Any]:
    return {
        "at": instant_text(row.at),
        "kind": row.kind,
        "subject": row.subject,
        "actor": row.actor,
        "reason": row.reason,
    }
