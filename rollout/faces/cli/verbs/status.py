"""`understudy status`: the stage, the verdict and the evidence."""

import time
from typing import Any

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.options import Json
from rollout.faces.cli.outcomes import outcomes_of
from rollout.faces.cli.output import ago, cut, emit, paint, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.status_document import evidence_rows, status_document
from rollout.faces.cli.verb import verb
from rollout.faces.cli.waivers import waiver_line, waivers_of
from rollout.judgement.enums import percent
from rollout.judgement.evidence import EvidenceLine
from rollout.judgement.headline import NOTHING_YET, Word
from rollout.loop.monitor_role import MonitorRole
from rollout.store.server_selection import ServerSelection
from shadow.report.outcomes import HEAD, outcome_rows


@verb("status", "status", "status --json --socket-name work")
def status(*, server: ServerSelection, as_json: Json = False) -> Exit:
    """Show the stage, the evidence and the actions that were not done."""
    with open_server_data(server) as found:
        document = status_document(found)
        if as_json:
            emit(document)
        elif found.ledger is None:
            say(NOTHING_YET)
        else:
            _tell(found, document)
    return Exit.OK


def _tell(found: ServerData, document: dict[str, Any]) -> None:
    """One screen of 24 lines."""
    names = {monitor["role"]: monitor for monitor in document["monitors"]}
    for warning in document["warnings"]:
        say(cut(paint(warning, "yellow")))
    said = document["headline"]
    word = said["word"]
    say(cut(f"{paint(word, _COLOURS[word])}: {paint(said['sentence'], 'bold')}."))
    say(f"  {said['command']}  (in full: understudy why)")
    place = f"{document['stage']}, {document['exposure_percent']} % exposed, {_words(document['state'])}"
    actuator = "acts" if document["act"] else "watch-only: no key is sent"
    say(f"{place}  ({actuator})")
    if document["exposure_doubt"]:
        say(cut(paint(document["exposure_doubt"], "red")))
    say("  ".join(f"{part}: {_who(names[part])}" for part in MonitorRole))
    say(f"server {document['socket']}, {_seen(found)}")
    say()
    for number, reason in enumerate(document["reasons"][:_REASONS]):
        say(cut(f"{_words(document['verdict'])}: {reason}" if not number else f"  {reason}"))
    if len(document["reasons"]) > _REASONS:
        say(f"  and {len(document['reasons']) - _REASONS} more")
    for waiver in waivers_of(found, time.time()):
        say(cut(waiver_line(waiver)))
    say(cut(_spent(document["budget"])))
    table(
        (_row(row) for row in evidence_rows(found) if _worth_a_line(row)),
        header=("evidence", "events", "of", "proven at most", "must be below", "more clean", "to unsafe"),
    )
    if outcomes := outcome_rows(outcomes_of(found.judgement)):
        table(outcomes, header=HEAD)
    if document["would_have"]:
        counts = ", ".join(f"{intent_key} {count}" for intent_key, count in sorted(document["would_have"].items()))
        say()
        say(f"would have: {counts}")


def _spent(budget: dict[str, Any]) -> str:
    nearest = f" ({budget['nearest']})" if budget["nearest"] else ""
    return f"Rollback pressure {budget['spent']:.0%}{nearest}. Next stage: {budget['needed']} clean results to go."


_REASONS = 4
_COLOURS = {
    Word.WATCHING: "cyan",
    Word.NEEDS_YOU: "yellow",
    Word.READY: "green",
    Word.UNSAFE: "red",
    Word.ROLLED_BACK: "red",
    Word.NO_RUN: "yellow",
}


def _worth_a_line(row: EvidenceLine) -> bool:
    return row.stratum is None or bool(row.events or row.needed)


def _row(row: EvidenceLine) -> tuple[str, ...]:
    counted = row.bouts > 0
    return (
        row.subject if row.stratum is None else f"  in {row.stratum}",
        str(row.events),
        f"{row.bouts} {row.unit}",
        percent(row.bound) if counted and row.promote is not None else "-",
        "-" if row.promote is None else percent(row.promote),
        str(row.needed) if row.needed else "-",
        f"{row.spent:.0%}",
    )


def _words(text: str) -> str:
    return text.replace("_", " ")


def _who(monitor: dict[str, Any]) -> str:
    name = f"{monitor['name']} {monitor['version']}".strip()
    return name if monitor["healthy"] else f"{name} ({paint(monitor['problem'] or 'no report yet', 'red')})"


def _seen(found: ServerData) -> str:
    if found.last_cycle is None:
        return "no cycle yet"
    return f"{found.last_cycle.mode} cycle {ago(time.time() - found.last_cycle.at)} ago"
