"""The shadow-diff report of one server in each of its forms."""

import time
from collections.abc import Callable

from rollout.faces.cli.glossary import report_terms
from rollout.faces.cli.reading import ServerData
from rollout.faces.cli.scenes import scenes
from rollout.faces.cli.shadow_report import make
from shadow.report import ShadowReport, as_json, as_markdown, as_text

FORMS: dict[str, Callable[[ShadowReport], str]] = {"text": as_text, "md": as_markdown, "json": as_json}
HTML = "html"
"""The one form that shows screens."""
TERMS = "Terms: `understudy explain TERM`, or docs/glossary.md.\n"
"""The last line of the forms for people."""


def written(found: ServerData, form: str, address: tuple[str, ...] = ()) -> str:
    """Write the report of what was read, in one of its forms."""
    made = make(found, round(time.time(), 6), address)
    if form == HTML:
        from shadow.report.page import as_html  # noqa: PLC0415 - the templates' engine is for those who want a page

        return as_html(made, scenes(found, made.clusters), report_terms())
    return FORMS[form](made) + ("" if form == "json" else f"\n{TERMS}")
