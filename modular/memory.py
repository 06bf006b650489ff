"""What is remembered of one agent, as small JSON: hashes of screens, never screens. The tracker's own slice."""

from functools import cached_property

from understudy import AgentRole, AgentState, IdleDetail
from understudy.record import Record


class Visit(Record):
    """A state that an agent left."""

    state: AgentState
    turn: str
    """Hash of the turn that its screen showed last; empty where it showed none."""
    screen: str
    """Hash of its screen."""
    until: float


class AgentMemory(Record):
    """What is remembered of one agent; `pane` and `pid` together are its identity."""

    pane: str
    pid: int
    session: str
    window: str
    role: AgentRole
    agent: str
    """The CLI last seen in it; `unknown` where none was ever told."""
    state: AgentState
    detail: IdleDetail | None = None
    since: float
    """Since when it is in this state without a break."""
    rule: str = ""
    screen: str = ""
    """Hash of the screen at the last look."""
    crash_looks: int = 0
    """In how many looks in a row it was seen crashed, as far as that matters."""
    missing_since: float | None = None
    """Since when its pane is gone."""
    turn: str = ""
    """Hash of the turn that its screen showed last at the last look; empty where it showed none."""
    left: tuple[Visit, ...] = ()
    """The states that it left lately, oldest first, as far as that matters."""
    flips: tuple[float, ...] = ()
    """When a state was taken back lately, in seconds since the epoch, as far as that matters."""

    @cached_property
    def key(self) -> str:
        """Its identity in one word."""
        return f"{self.pane}/{self.pid}"
