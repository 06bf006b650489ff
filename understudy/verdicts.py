"""The verdict of a monitor on one agent."""

from enum import StrEnum
from typing import Final

from understudy.record import Instant, Record

UNKNOWN_AGENT: Final = "unknown"
"""The CLI of a verdict whose CLI was not recognised."""


class AgentState(StrEnum):
    """The one taxonomy in which both monitors answer."""

    BUSY = "busy"
    """A turn runs, also with text queued behind it."""
    IDLE = "idle"
    """The turn is over; the composer is empty or shows only a placeholder."""
    UNSUBMITTED_INPUT = "unsubmitted_input"
    """Typed text sits in the composer and nothing runs."""
    WAITING_APPROVAL = "waiting_approval"
    """A dialog of the agent blocks on a person."""
    RATE_LIMITED = "rate_limited"
    """A usage limit is the live state."""
    ERROR = "error"
    """An API, authentication or model error is the live state."""
    CRASHED = "crashed"
    """The agent left; a shell, or nothing, is in front."""
    STARTING = "starting"
    """The banner stands, the composer does not yet."""
    UNKNOWN = "unknown"
    """This look cannot decide it."""


class IdleDetail(StrEnum):
    """The kind of idle."""

    FRESH = "fresh"
    """Never asked anything since it started."""
    NEWLY = "newly"
    """Its screen changed since the look before."""
    CONTINUOUSLY = "continuously"
    """Its screen has been as good as still since the look before."""


class AgentRole(StrEnum):
    """The role of an agent."""

    MANAGER = "manager"
    WORKER = "worker"


class Why(Record):
    """The reason of a verdict: the rule that fired and the lines of the screen that made it fire."""

    rule: str
    """Stable id of the rule, such as `claude.composer.draft` or `R6`."""
    lines: tuple[str, ...] = ()


class AgentVerdict(Record):
    """One agent as one monitor sees it. `pane` and `pid` together are its identity; every name is a label."""

    pane: str
    """tmux's id of the pane, such as `%12`."""
    pid: int
    """Process id of the pane's own process; a respawned pane has another."""
    session: str
    window: str
    """The window's name."""
    window_index: int
    role: AgentRole
    agent: str
    """The agent CLI: `claude`, `codex`, ... or `UNKNOWN_AGENT`."""
    state: AgentState
    detail: IdleDetail | None = None
    since: Instant
    """The instant since which the agent was seen in this state without a break."""
    why: Why
    attended: bool = False
    """A person, or the manager, is busy with it: no intent concerns it meanwhile."""
