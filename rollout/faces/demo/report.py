"""The demo's shadow-diff report: the one that `understudy report` writes, left where it can be found."""

import time
from pathlib import Path

from rollout.faces.cli.reading import reading
from rollout.faces.cli.verbs.report import make
from shadow.report import as_markdown


def write_report(path: Path, socket_path: Path) -> str:
    """Write the report of the server behind a socket to `path`; returns where it lies, "" where nothing ran."""
    with reading(None, socket_path) as found:
        if found.ledger is None:
            return ""
        path.write_text(as_markdown(make(found, round(time.time(), 6))), encoding="utf-8")
    return str(path)
