"""`understudy history`: the audit trail with the operators' decisions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import clock_time, emit, note, paint, say
from rollout.faces.cli.reading import open_server_data
from rollout.judgement.chain import Transition
from rollout.judgement.headline import NOTHING_YET
from rollout.loop.audit import breaks
from rollout.loop.stage_controller import trail
from rollout.store.ledger import DecisionRow, LedgerReader
from understudy.record import instant_text


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry for people."""

    at: float
    what: str
    actor: str
    reason: str


def history(
    socket_name: str | None, socket_path: Path | None, *, verify: bool, seen_head: str = "", as_json: bool
) -> Exit:
    """Show every transition and every decision, oldest first; `verify` checks the chain of hashes first."""
    with open_server_data(socket_name, socket_path) as found:
        if (verify or seen_head) and found.ledger:
            _verify(found.ledger, seen_head)
        rows = trail(found.ledger) if found.ledger else ()
        words = found.ledger.decisions() if found.ledger else ()
    if as_json:
        document = {
            "transitions": [as_document(row) for row in rows],
            "decisions": [_as_decision(row) for row in words],
        }
        emit(document | ({"verified": True} if verify or seen_head else {}))
        return Exit.OK
    if not rows:
        note(NOTHING_YET)
    moves = (_Entry(row.at, headline(row), row.actor, row.reason) for row in rows)
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


def headline(row: Transition) -> str:
    """Format a transition in a few words: `shadow -> canary (5 %)`, `canary: paused`."""
    if row.from_ is not row.to:
        return f"{row.from_} -> {row.to} ({row.exposure_percent} %)" + (
            "" if row.state == "running" else f", {_said(row)}"
        )
    return f"{row.to}: {row.request}"


def _said(row: Transition) -> str:
    return row.state.replace("_", " ")


def as_document(row: Transition) -> dict[str, Any]:
    """A transition as scripts get it."""
    body = row.model_dump(mode="json", by_alias=True)
    return {
        key: body[key]
        for key in ("from", "to", "actor", "reason", "evidence", "flag_revision", "hash", "previous_hash")
    } | {key: body[key] for key in ("at", "request", "state", "exposure_percent", "epoch")}


def _as_decision(row: DecisionRow) -> dict[str, Any]:
    return {
        "at": instant_text(row.at),
        "kind": row.kind,
        "subject": row.subject,
        "actor": row.actor,
        "reason": row.reason,
    }
