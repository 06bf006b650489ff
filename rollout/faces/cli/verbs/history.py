"""`understudy history`: the audit trail."""

from pathlib import Path
from typing import Any

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import clock_time, emit, note, paint, say
from rollout.faces.cli.reading import NOTHING_YET, reading
from rollout.judgement import chain
from rollout.judgement.chain import Transition
from rollout.loop.keeper import trail


def history(socket_name: str | None, socket_path: Path | None, *, verify: bool, as_json: bool) -> Exit:
    """Show every transition, oldest first; with `verify` check the chain of hashes first."""
    with reading(socket_name, socket_path) as found:
        rows = trail(found.ledger) if found.ledger else ()
    if verify:
        _verify(rows)
    if as_json:
        emit({"transitions": [as_document(row) for row in rows]} | ({"verified": True} if verify else {}))
        return Exit.OK
    if not rows:
        note(NOTHING_YET)
    for row in rows:
        say(f"{clock_time(row.at)}  {paint(headline(row), 'bold')}  by {row.actor}")
        say(f"{'':21}{row.reason}")
    if verify:
        say(f"{len(rows)} rows: the chain is whole")
    return Exit.OK


def _verify(rows: tuple[Transition, ...]) -> None:
    if breaks := chain.verify(rows):
        raise Stop(Exit.CONFLICT, "the audit trail is not what was written:\n" + "\n".join(breaks))


def headline(row: Transition) -> str:
    """Say a transition in a few words: `shadow -> canary (5 %)`, `canary: paused`."""
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
