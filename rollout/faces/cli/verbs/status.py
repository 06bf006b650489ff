"""`understudy status`: the stage, the verdict and the evidence."""

import time
from pathlib import Path
from typing import Any

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.headlines import exposure_of, flags_of, headline_of
from rollout.faces.cli.outcomes import outcomes_of
from rollout.faces.cli.output import ago, cut, emit, paint, say, table
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.waivers import waiver_document, waiver_line, waivers_of
from rollout.judgement.enums import Guardrail, percent
from rollout.judgement.evidence import Battery, Evidence, EvidenceLine
from rollout.judgement.headline import NOTHING_YET, Headline, Word
from rollout.loop.monitor_role import MonitorRole
from rollout.store.flags import FlagsDocument
from rollout.store.settings import load
from shadow.report.outcomes import HEAD, outcome_rows


def status(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Show the stage, the verdict, the evidence against its limits, and the actions that were not done."""
    with open_server_data(socket_name, socket_path) as found:
        document = as_document(found)
        if as_json:
            emit(document)
        elif found.ledger is None:
            say(NOTHING_YET)
        else:
            _tell(found, document)
    return Exit.OK


def as_document(found: ServerData) -> dict[str, Any]:
    """The status as scripts get it."""
    judgement = found.judgement
    flags = flags_of(found)
    said = headline_of(found)
    return {
        "headline": headline_document(said),
        "decisions": said.decisions,
        "stage": said.stage,
        "exposure_percent": said.exposure_percent,
        "exposure_doubt": _doubt(found, flags),
        "shadow_percent": flags.shadow.percent if flags else 0,
        "act": found.last_cycle.act if found.last_cycle else False,
        "state": said.state,
        "verdict": said.verdict,
        "reasons": list(said.reasons),
        "unsafe": list(said.unsafe),
        "warnings": list(said.warnings),
        "evidence": [_evidence(row) for row in rows(found)],
        "monitors": [_monitor(part, found) for part in MonitorRole],
        "would_have": dict(found.loop_state.book.would_have),
        "socket": str(_socket(found)),
        "cycles": found.ledger.cycle_count() if found.ledger else 0,
        "budget": _budget(found),
        "signals": [open_server_data.model_dump(mode="json") for open_server_data in judgement.signals]
        if judgement
        else [],
        "waived": [waiver_document(one) for one in waivers_of(found, time.time())],
        "outcomes": [row.model_dump(mode="json") for row in outcomes_of(judgement)],
        "audit_head": found.rollout_status.last_hash[:12],
    }


def headline_document(said: Headline) -> dict[str, Any]:
    """Return the headline as scripts get it: the word, the sentence and the command."""
    return {"word": said.word, "sentence": said.sentence, "command": said.command}


def rows(found: ServerData) -> tuple[EvidenceLine, ...]:
    """The evidence table, also before anything was judged."""
    if judgement := found.judgement:
        return judgement.rows
    return Evidence().table(Battery.of(found.plan, found.rollout_status.stage))


def _doubt(found: ServerData, flags: FlagsDocument | None) -> str:
    """Return why the share is not the flag's; "" if it is."""
    if flags is not None or found.ledger is None:
        return ""
    followed = (
        "the last good ones were followed in the last cycle" if exposure_of(found, flags) else "nothing is exposed"
    )
    return f"the flags cannot be used, and {followed}: see `understudy flags check`"


def _budget(found: ServerData) -> dict[str, Any]:
    """Return the risk of a false rollback that the plan allows, and the rollback pressure."""
    armed = [row for row in rows(found) if row.guardrail is not Guardrail.NOISE and not row.dry_run]
    nearest = max(armed, key=lambda row: row.spent, default=None)
    return {
        "alpha": found.plan.alpha,
        "spent": nearest.spent if nearest else 0.0,
        "nearest": nearest.subject if nearest and nearest.spent else None,
        "needed": max((row.needed for row in armed), default=0),
    }


def _evidence(row: EvidenceLine) -> dict[str, Any]:
    return row.model_dump(
        mode="json", include={"guardrail", "stratum", "e_value", "limit", "bouts", "events", "bound", "needed"}
    )


def _monitor(part: MonitorRole, found: ServerData) -> dict[str, Any]:
    report = found.report(part)
    settings = load().settings
    ill = found.loop_state.analysis.ill.get(part, "")
    return {
        "role": part,
        "name": report.monitor if report else getattr(settings, part),
        "version": report.version if report else "",
        "healthy": report is not None and not ill,
        "problem": ill,
    }


def _socket(found: ServerData) -> Path:
    try:
        return found.folder.socket_path
    except OSError:  # a folder that no run has made yet
        return found.folder.path


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
        (_row(row) for row in rows(found) if _worth_a_line(row)),
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
