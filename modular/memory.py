"""What is remembered of one agent, as small JSON: hashes of screens, never screens. The tracker's own slice."""

from functools import cached_property

from contract import AgentState, IdleDetail, Role
from contract.record import Record


class AgentMemory(Record):
    """What is remembered of one agent; `pane` and `pid` together are its identity."""

    pane: str
    pid: int
    session: str
    window: str
    role: Role
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
    flips: tuple[float, ...] = ()
    """When its state changed lately, in seconds since the epoch, as far as that matters."""

    @cached_property
    def key(self) -> str:
        """Its identity in one word."""
        return f"{self.pane}/{self.pid}"
