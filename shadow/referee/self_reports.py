"""The port for self-reports: a CLI that reports its state through a hook or a transcript."""

from collections.abc import Mapping
from typing import Protocol

from shadow.referee.records import NamedState
from understudy.record import Instant, Record


class SelfReport(Record):
    """The state that the CLI in one pane reports of itself."""

    pane: str
    pid: int
    """Of the pane's own process: together they are the identity."""
    state: NamedState
    since: Instant


class SelfReports(Protocol):
    """The source of self-reports. A self-report outranks the screen."""

    def between(self, began: float, ended: float) -> Mapping[str, SelfReport]:
        """Return by pane the self-report that held throughout a look; panes without one are left out."""
        ...
