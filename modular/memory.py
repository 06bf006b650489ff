"""The memory of one agent, as small JSON: hashes of screens, never screens. The tracker's own slice."""

from functools import cached_property

from understudy import AgentRole, AgentState, IdleDetail
from understudy.record import Record


class Visit(Record):
    """A state that an agent left."""

    state: AgentState
    turn: str
    """Hash of the last turn on its screen; empty where it showed none."""
    screen: str
    """Hash of its screen."""
    until: float


class AgentMemory(Record):
    """The memory of one agent; `pane` and `pid` together are its identity."""

    pane: str
    pid: int
    session: str
    window: str
    role: AgentRole
    agent: str
    """The CLI last seen in it; `unknown` where none was ever recognised."""
    state: AgentState
    detail: IdleDetail | None = None
    since: float
    """The instant since which it is in this state without a break."""
    rule: str = ""
    screen: str = ""
    """Hash of the screen at the last look."""
    crash_looks: int = 0
    """The number of looks in a row in which it was crashed, up to the number that counts."""
    missing_since: float | None = None
    """The instant since which its pane is gone."""
    turn: str = ""
    """Hash of the last turn on its screen at the last look; empty where it showed none."""
    left: tuple[Visit, ...] = ()
    """The last states that it left, oldest first, as many as are needed."""
    flips: tuple[float, ...] = ()
    """The instants at which a state was taken back lately, in seconds since the epoch, as many as are needed."""

    @cached_property
    def key(self) -> str:
        """Return its identity as one text."""
        return f"{self.pane}/{self.pid}"
