"""The port for the agents' own word: a CLI that reports its state through a hook or a transcript."""

from collections.abc import Mapping
from typing import Protocol

from shadow.referee.records import NamedState
from understudy.record import Instant, Record


class AgentWord(Record):
    """What the CLI in one pane said of itself."""

    pane: str
    pid: int
    """Of the pane's own process: together they are the identity."""
    state: NamedState
    since: Instant


class AgentWords(Protocol):
    """Where such words are read. What a CLI says of itself outranks what its screen shows."""

    def between(self, began: float, ended: float) -> Mapping[str, AgentWord]:
        """Return by pane the word that held throughout a look; panes whose CLI says nothing are not in it."""
        ...
