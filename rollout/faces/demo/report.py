"""The demo's shadow-diff report: the one that `understudy report` writes, left where it can be found."""

from pathlib import Path

from rollout.faces.cli.reading import open_server_data
from rollout.faces.cli.report_text import written
from rollout.store.server_selection import ServerSelection

_FORMS = ("md", "html")


def write_report(folder: Path, socket_path: Path) -> str:
    """Write the report of the server behind a socket, as Markdown and as a page; returns where the page lies.

    "" where nothing ran.
    """
    with open_server_data(ServerSelection(path=socket_path)) as found:
        if found.ledger is None:
            return ""
        for form in _FORMS:
            (folder / f"report.{form}").write_text(written(found, form), encoding="utf-8")
    return str(folder / "report.html")
