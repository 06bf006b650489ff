"""`understudy status`: where the rollout stands."""

import time
from pathlib import Path
from typing import Any

from rollout.faces.cli.exits import Exit
from rollout.faces.cli.output import ago, cut, emit, paint, say, table
from rollout.faces.cli.reading import NOT_JUDGED, NOTHING_YET, ServerData, open_server_data
from rollout.judgement.enums import Guardrail, State, Verdict, percent
from rollout.judgement.evidence import Battery, Evidence, EvidenceLine
from rollout.judgement.rollout_status import shown_state
from rollout.loop.monitor_role import MonitorRole
from rollout.store.flags import BadFlags, FlagsDocument, initial_text, parse_flags
from rollout.store.flags.choosing import chosen
from rollout.store.orders import OrderKind
from rollout.store.orders import order_in_force as ordered
from rollout.store.settings import load
from rollout.store.state_folder import StateFolder


def status(socket_name: str | None, socket_path: Path | None, *, as_json: bool) -> Exit:
    """Show the stage, the judge's word, the evidence against its limits, and what was not done."""
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
    flags = _flags(found)
    return {
        "stage": found.rollout_status.stage,
        "exposure_percent": _exposure(found, flags),
        "exposure_doubt": _doubt(found, flags),
        "shadow_percent": flags.shadow.percent if flags else 0,
        "act": found.last_cycle.act if found.last_cycle else False,
        "state": state(found),
        "verdict": judgement.verdict if judgement else Verdict.HOLD,
        "reasons": list(judgement.reasons) if judgement else [NOT_JUDGED],
        "unsafe": list(judgement.unsafe) if judgement else [],
        "warnings": list(judgement.warnings) if judgement else [],
        "evidence": [_evidence(row) for row in rows(found)],
        "monitors": [_monitor(part, found) for part in MonitorRole],
        "would_have": dict(found.loop_state.book.would_have),
        "socket": str(_socket(found)),
        "cycles": found.ledger.cycle_count() if found.ledger else 0,
        "budget": _budget(found),
        "signals": [open_server_data.model_dump(mode="json") for open_server_data in judgement.signals]
        if judgement
        else [],
        "audit_head": found.rollout_status.last_hash[:12],
    }


def state(found: ServerData) -> State:
    """How the rollout stands, orders in files included that no run has seen yet."""
    if ordered(OrderKind.FREEZE, found.folder.path, StateFolder.from_environment().root):
        return State.FROZEN
    if ordered(OrderKind.ROLLBACK, found.folder.path):
        return State.ROLLED_BACK
    return shown_state(found.rollout_status, found.judgement, found.plan)


def rows(found: ServerData) -> tuple[EvidenceLine, ...]:
    """The evidence table, also before anything was judged."""
    if judgement := found.judgement:
        return judgement.rows
    return Evidence().table(Battery.of(found.plan, found.rollout_status.stage))


def _exposure(found: ServerData, flags: FlagsDocument | None) -> int:
    """The smaller one of what the ledger wants and what the flag says rules.

    Where the flags cannot be read it is what ruled in the last cycle: a run follows the last good ones for a while.
    """
    analysis, wanted = found.loop_state.analysis, found.rollout_status.exposure_percent
    if flags is not None:
        return min(wanted, flags.candidate.percent)
    return min(wanted, analysis.exposed_percent) if analysis.epoch == found.rollout_status.epoch else 0


def _doubt(found: ServerData, flags: FlagsDocument | None) -> str:
    """Why the share is not the one that the flags say; "" where it is."""
    if flags is not None or found.ledger is None:
        return ""
    followed = "the last good ones were followed in the last cycle" if _exposure(found, flags) else "nothing is exposed"
    return f"the flags cannot be used, and {followed}: see `understudy flags check`"


def _budget(found: ServerData) -> dict[str, Any]:
    """The risk that the plan allows for a false rollback, and how much of the way there is gone."""
    armed = [row for row in rows(found) if row.guardrail is not Guardrail.NOISE and not row.dry_run]
    nearest = max(armed, key=lambda row: row.spent, default=None)
    return {
        "alpha": found.plan.alpha,
        "spent": nearest.spent if nearest else 0.0,
        "nearest": nearest.subject if nearest and nearest.spent else None,
        "needed": max((row.needed for row in armed), default=0),
    }


def _flags(found: ServerData) -> FlagsDocument | None:
    try:
        choice = chosen(load().settings, to_follow=False)
        kept = choice.kept(found.folder)
        if choice.server is not None and kept.exists() and found.last_cycle is not None:
            age_s = found.last_cycle.at - kept.stat().st_mtime
            if age_s > choice.max_age_s:  # nobody follows them any more, and the incumbent owns everything
                return None
        if kept.exists():
            return parse_flags(kept.read_text(encoding="utf-8", errors="replace"))
        return None if choice.server else parse_flags(initial_text(choice.initial))
    except BadFlags:  # `flags check` says what is wrong; the status is that nothing is exposed
        return None


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
    headline = f"{document['stage']}, {document['exposure_percent']} % exposed, {_words(document['state'])}"
    actuator = "acts" if document["act"] else "watch-only: presses nothing"
    say(f"{paint(headline, 'bold')}  ({actuator})")
    if document["exposure_doubt"]:
        say(cut(paint(document["exposure_doubt"], "red")))
    say("  ".join(f"{part}: {_who(names[part])}" for part in MonitorRole))
    say(f"server {document['socket']}, {_seen(found)}")
    say()
    for warning in document["warnings"]:
        say(cut(paint(warning, "yellow")))
    say(paint(_words(document["verdict"]), _COLOURS[document["verdict"]]))
    for reason in document["reasons"][:_REASONS]:
        say(cut(f"  {reason}"))
    if len(document["reasons"]) > _REASONS:
        say(f"  and {len(document['reasons']) - _REASONS} more")
    say("  (in full: understudy why)")
    say(cut(_spent(document["budget"])))
    table(
        (_row(row) for row in rows(found) if _worth_a_line(row)),
        header=("evidence", "events", "of", "proven at most", "must be below", "more clean", "to unsafe"),
    )
    if document["would_have"]:
        counts = ", ".join(f"{intent_key} {count}" for intent_key, count in sorted(document["would_have"].items()))
        say()
        say(f"would have: {counts}")


def _spent(budget: dict[str, Any]) -> str:
    nearest = f" ({budget['nearest']})" if budget["nearest"] else ""
    return f"Rollback pressure {budget['spent']:.0%}{nearest}. Next stage: {budget['needed']} clean results to go."


_REASONS = 4
_COLOURS = {"rollback": "red", "hold": "yellow", "promotable": "green", "continue": "cyan"}


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
    return name if monitor["healthy"] else f"{name} ({paint(monitor['problem'] or 'not heard yet', 'red')})"


def _seen(found: ServerData) -> str:
    if found.last_cycle is None:
        return "no cycle yet"
    return f"{found.last_cycle.mode} cycle {ago(time.time() - found.last_cycle.at)} ago"
