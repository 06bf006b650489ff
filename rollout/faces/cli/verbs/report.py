"""`understudy report`: the shadow-diff report of everything that the ledger holds."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import note
from rollout.faces.cli.reading import NOTHING_YET, Reading, reading
from rollout.faces.cli.verbs.diffs import differences_of, signoffs_of
from rollout.judgement.evidence import Row
from rollout.loop.parts import Part
from rollout.store.settings import load
from shadow.bout import Bout
from shadow.expected import shipped
from shadow.report import Rate, ShadowReport, as_json, as_markdown, as_text, build

FORMS: dict[str, Callable[[ShadowReport], str]] = {"text": as_text, "md": as_markdown, "json": as_json}


def report(form: str, output: Path | None, socket_name: str | None, socket_path: Path | None) -> Exit:
    """Write the report to a file, or to standard output."""
    if form not in FORMS:
        raise Stop(Exit.USAGE, f"--format {form}: name one of {', '.join(FORMS)}")
    with reading(socket_name, socket_path) as found:
        if found.ledger is None:
            note(NOTHING_YET)
        text = FORMS[form](make(found, round(time.time(), 6)))
    if output is None:
        sys.stdout.write(text)
        return Exit.OK
    output.write_text(text, encoding="utf-8")
    note(f"Written to {output}")
    return Exit.OK


def make(found: Reading, now: float) -> ShadowReport:
    """Build the report of what was read."""
    bouts = [Bout.model_validate_json(row.body) for row in found.ledger.bouts()] if found.ledger else []
    return build(
        bouts,
        now,
        incumbent=_who(Part.INCUMBENT, found),
        candidate=_who(Part.CANDIDATE, found),
        stage=found.standing.stage,
        rates=[_rate(row) for row in found.judgement.rows] if found.judgement else (),
        differences=differences_of(found),
        register=shipped(),
        signoffs=signoffs_of(found),
    )


def _who(part: Part, found: Reading) -> str:
    if last := found.report(part):
        return f"{last.monitor} {last.version}".strip()
    return str(getattr(load().settings, part))


def _rate(row: Row) -> Rate:
    return Rate(
        name=row.guardrail,
        stratum=row.stratum,
        bouts=row.bouts,
        events=row.events,
        bound=row.bound,
        limit=row.target,
        needed=row.needed,
    )
