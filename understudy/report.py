"""What a monitor answers after one cycle."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from understudy.intents import Intent
from understudy.record import SCHEMA_VERSION, Record
from understudy.verdicts import AgentVerdict


class ProblemKind(StrEnum):
    """What could not be seen. None of these ever means "no agents"."""

    NO_SERVER = "no_server"
    """Nothing listens on the socket."""
    SERVER_GONE = "server_gone"
    """It ended while it was being read."""
    SERVER_SILENT = "server_silent"
    """It listens but did not answer within the deadline (stopped, or overloaded)."""
    PANE_VANISHED = "pane_vanished"
    SESSION_UNREADABLE = "session_unreadable"
    AGENT_FAILED = "agent_failed"
    """The monitor's own code failed on one agent; the rest of the report stands."""
    RULES_UNUSABLE = "rules_unusable"
    """A file that a person wrote for the monitor cannot be used; what was in force before is."""
    PLUGIN_UNUSABLE = "plugin_unusable"
    """A plugin was left out; what it offers is missing, and all the rest works."""
    RULES_DRIFTED = "rules_drifted"
    """A known CLI is in the pane, and nothing that is known of its screens has fitted for a while."""
    FLICKERS = "flickers"
    """What it says of the pane changes back and forth so fast that it is hardly true."""


_DOUBTS = frozenset(
    {ProblemKind.RULES_UNUSABLE, ProblemKind.PLUGIN_UNUSABLE, ProblemKind.RULES_DRIFTED, ProblemKind.FLICKERS}
)


class Problem(Record):
    """One thing that the monitor could not see, could not do, or does not trust itself in."""

    kind: ProblemKind
    subject: str = ""
    """The pane, session, socket or file."""
    text: str = ""

    @property
    def hides(self) -> bool:
        """Whether its subject was not seen at all, so that silence about it means nothing."""
        return self.kind not in _DOUBTS


class CycleReport(Record):
    """What one monitor saw in one cycle, and what it wants done."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    cycle: str
    """Id of the cycle."""
    monitor: str
    version: str
    wall_s: float = 0.0
    """Seconds from request to report; the harness measures it, whatever a monitor says."""
    cpu_s: float = 0.0
    """CPU seconds of the monitor's process; measured likewise."""
    waited_s: float = 0.0
    """Of the wall seconds those that it slept on purpose."""
    verdicts: dict[str, AgentVerdict] = Field(default_factory=dict)
    """By pane id."""
    intents: tuple[Intent, ...] = ()
    """In the order in which it wants them done."""
    problems: tuple[Problem, ...] = ()
    pause_s: float = 0.0
    """The pause it would make now."""
    figures: dict[str, float] = Field(default_factory=dict)
    """What it counts of itself, by name, for metrics alone: never compared."""
