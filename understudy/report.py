"""The report of a monitor after one cycle."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from understudy.intents import Intent
from understudy.record import SCHEMA_VERSION, Record
from understudy.verdicts import AgentVerdict


class ProblemKind(StrEnum):
    """The ways in which a look can fail. None of these ever means "no agents"."""

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
    """A known CLI is in the pane, and no known screen of it has matched for a while."""
    FLICKERS = "flickers"
    """The state that the monitor reports changes back and forth so fast that it is probably misread."""


WHOLE_SERVER = frozenset({ProblemKind.NO_SERVER, ProblemKind.SERVER_GONE, ProblemKind.SERVER_SILENT})
"""The failures after which nothing of the server was seen."""
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
        """Return whether its subject was not read at all, so that a report without it means nothing."""
        return self.kind not in _DOUBTS


class CycleReport(Record):
    """The verdicts and intents of one monitor in one cycle."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    cycle: str
    """Id of the cycle."""
    monitor: str
    version: str
    wall_s: float = 0.0
    """Seconds from request to report; measured by the harness, which ignores the monitor's own figure."""
    cpu_s: float = 0.0
    """CPU seconds of the monitor's process; measured likewise."""
    waited_s: float = 0.0
    """The part of the wall seconds that it slept on purpose."""
    verdicts: dict[str, AgentVerdict] = Field(default_factory=dict)
    """By pane id."""
    intents: tuple[Intent, ...] = ()
    """In the order in which they are to be done."""
    problems: tuple[Problem, ...] = ()
    pause_s: float = 0.0
    """The pause it would make now."""
    figures: dict[str, float] = Field(default_factory=dict)
    """The figures that it counts of itself, by name, for metrics alone: never compared."""
