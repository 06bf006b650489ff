"""The port for the agents' own reports: a CLI may report its state through a hook or a transcript."""

from collections.abc import Mapping
from typing import Protocol

from shadow.referee.records import NamedState
from understudy.record import Instant, Record


class OwnReport(Record):
    """The state that the CLI in one pane reported."""

    pane: str
    pid: int
    """Pid of the pane's own process; pane and pid are the identity."""
    state: NamedState
    since: Instant


class OwnReports(Protocol):
    """The source of such reports. The CLI's own report outranks its screen."""

    def between(self, began: float, ended: float) -> Mapping[str, OwnReport]:
        """Return by pane the report that held throughout a look; panes whose CLI reports nothing are left out."""
        ...
