"""`understudy report`: the shadow-diff report of everything that the ledger holds."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import note
from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.report_text import FORMS, HTML, written
from rollout.faces.cli.verb import verb
from rollout.judgement.headline import NOTHING_YET
from rollout.store.server_selection import ServerSelection


@verb(
    "report", "report", "report --format html -o shadow.html", "report --format md -o shadow.md", "report --format json"
)
def report(
    *,
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORM", help="text, html, md or json.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")] = None,
    server: ServerSelection,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> Exit:
    """Write the shadow-diff report. Its terms: `understudy explain TERM`, or docs/glossary.md."""
    form = "json" if as_json else form
    if form not in {*FORMS, HTML}:
        raise Stop(Exit.USAGE, f"--format {form}: name one of {', '.join((HTML, *FORMS))}")
    with open_server_data(server) as found:
        if found.ledger is None:
            note(NOTHING_YET)
        text = written(found, form, server.options)
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
