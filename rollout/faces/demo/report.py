"""The demo's shadow-diff report: the one that `understudy report` writes, left where it can be found."""

from pathlib import Path

from rollout.faces.cli.reading import reading
from rollout.faces.cli.verbs.report import written


def write_report(path: Path, socket_path: Path) -> str:
    """Write the report of the server behind a socket to `path`; returns where it lies, "" where nothing ran."""
    with reading(None, socket_path) as found:
        if found.ledger is None:
            return ""
        path.write_text(written(found, "md"), encoding="utf-8")
    return str(path)
