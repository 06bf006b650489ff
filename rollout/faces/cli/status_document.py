"""The status of a rollout as scripts get it, and the parts of it that other verbs show."""

import time
from pathlib import Path
from typing import Any

from rollout.faces.cli.headlines import exposure_of, flags_of, headline_of
from rollout.faces.cli.outcomes import outcomes_of
from rollout.faces.cli.reading import ServerData
from rollout.faces.cli.waivers import waiver_document, waivers_of
from rollout.judgement.enums import Guardrail
from rollout.judgement.evidence import Battery, Evidence, EvidenceLine
from rollout.judgement.headline import Headline
from rollout.loop.monitor_role import MonitorRole
from rollout.store.flags import FlagsDocument
from rollout.store.settings import load


def status_document(found: ServerData) -> dict[str, Any]:
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
        "evidence": [_evidence(row) for row in evidence_rows(found)],
        "monitors": [_monitor(part, found) for part in MonitorRole],
        "would_have": dict(found.loop_state.book.would_have),
        "socket": str(_socket(found)),
        "cycles": found.ledger.cycle_count() if found.ledger else 0,
        "budget": _budget(found),
        "signals": [signal.model_dump(mode="json") for signal in judgement.signals] if judgement else [],
        "waived": [waiver_document(one) for one in waivers_of(found, time.time())],
        "outcomes": [row.model_dump(mode="json") for row in outcomes_of(judgement)],
        "audit_head": found.rollout_status.last_hash[:12],
    }


def headline_document(said: Headline) -> dict[str, Any]:
    """Return the headline as scripts get it: the word, the sentence and the command."""
    return {"word": said.word, "sentence": said.sentence, "command": said.command}


def evidence_rows(found: ServerData) -> tuple[EvidenceLine, ...]:
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
    armed = [row for row in evidence_rows(found) if row.guardrail is not Guardrail.NOISE and not row.dry_run]
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
