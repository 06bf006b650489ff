"""What the engine must know next time, as small JSON: hashes of screens, never screens."""

from typing import Final, Literal

from pydantic import Field, JsonValue, ValidationError

from contract import AgentState, IdleDetail, Role
from contract.intents import Notice
from contract.record import Record

MEMORY_VERSION: Final = 1
"""Any other version is a first day: guessing at old notes is worse than looking afresh."""


class StandingNotice(Record):
    """A notice that is wanted for as long as its cause lasts."""

    about: Notice
    ordinal: int = 1
    """1 for the first time; each reminder adds one."""
    at: float
    """When this ordinal was first wanted, in seconds since the epoch."""


class DraftMemory(Record):
    """A draft that stands in a composer."""

    text: str
    """Hash of the text."""
    since: float
    """Since when it stands unchanged, in seconds since the epoch."""
    attempts: int = 0
    """How often somebody really pressed keys to send it."""
    tried_at: float | None = None


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
    notices: tuple[StandingNotice, ...] = ()
    draft: DraftMemory | None = None
    missing_since: float | None = None
    """Since when its pane is gone."""

    @property
    def key(self) -> str:
        """Its identity in one word."""
        return f"{self.pane}/{self.pid}"


class Spawned(Record):
    """Managers that were really spawned in one session."""

    at: tuple[float, ...] = ()
    """When, in seconds since the epoch, oldest first."""


class Memory(Record):
    """Everything."""

    version: Literal[1] = MEMORY_VERSION
    agents: dict[str, AgentMemory] = Field(default_factory=dict)
    """By identity."""
    spawned: dict[str, Spawned] = Field(default_factory=dict)
    """By session."""


def recalled(stored: JsonValue) -> Memory:
    """Read stored memory; nothing, an unknown version or a broken document is a first day."""
    if stored is None:
        return Memory()
    try:
        return Memory.model_validate(stored)
    except ValidationError:
        return Memory()
