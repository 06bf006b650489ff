"""`understudy report`: the shadow-diff report of everything that the ledger holds."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import note
from rollout.faces.cli.reading import ServerData, open_server_data
from rollout.faces.cli.scenes import scenes
from rollout.faces.cli.shadow_report import address_of, make
from rollout.faces.cli.verbs.glossary import report_terms
from rollout.judgement.headline import NOTHING_YET
from shadow.report import ShadowReport, as_json, as_markdown, as_text

FORMS: dict[str, Callable[[ShadowReport], str]] = {"text": as_text, "md": as_markdown, "json": as_json}
HTML = "html"
"""The one form that shows screens."""
TERMS = "Terms: `understudy explain TERM`, or docs/glossary.md.\n"
"""The last line of the forms for people."""


def report(form: str, output: Path | None, socket_name: str | None, socket_path: Path | None) -> Exit:
    """Write the report to a file, or to standard output."""
    if form not in {*FORMS, HTML}:
        raise Stop(Exit.USAGE, f"--format {form}: name one of {', '.join((HTML, *FORMS))}")
    with open_server_data(socket_name, socket_path) as found:
        if found.ledger is None:
            note(NOTHING_YET)
        text = written(found, form, address_of(socket_name, socket_path))
    if output is None:
        sys.stdout.write(text)
        return Exit.OK
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        where = f"--output {output}: {(error.strerror or 'it cannot be written').lower()}"
        raise Stop(Exit.USAGE, f"{where}: name a file in a folder that you may write to") from error
    note(f"Written to {output}")
    return Exit.OK


def written(found: ServerData, form: str, address: tuple[str, ...] = ()) -> str:
    """Write the report of what was read, in one of its forms."""
    made = make(found, round(time.time(), 6), address)
    if form == HTML:
        from shadow.report.page import as_html  # noqa: PLC0415 - the templates' engine is for those who want a page

        return as_html(made, scenes(found, made.clusters), report_terms())
    return FORMS[form](made) + ("" if form == "json" else f"\n{TERMS}")
