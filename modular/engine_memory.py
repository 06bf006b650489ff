"""Everything that the engine must know next time: one slice a component, put together here and nowhere else."""

from typing import Final, Literal

from pydantic import Field, JsonValue, ValidationError

from modular.memory import AgentMemory
from modular.observing.planned import ObservationTimes
from modular.wishes.drafts import DraftMemory
from modular.wishes.limits import Limits
from modular.wishes.missing import Missed
from modular.wishes.notifications import StandingNotice
from modular.wishes.recovery import Recovered
from modular.wishes.teams import TeamIdle
from understudy.record import Record

MEMORY_VERSION: Final = 2
"""Any other version is a first day: guessing at old notes is worse than looking afresh."""


class EngineMemory(Record):
    """Everything, a slice a component; a component reads the others' and writes its own."""

    version: Literal[2] = MEMORY_VERSION
    agents: dict[str, AgentMemory] = Field(default_factory=dict)
    """The tracker's, by identity."""
    looks: ObservationTimes = ObservationTimes()
    """Of who plans the looking."""
    limits: Limits = Limits()
    drafts: dict[str, DraftMemory] = Field(default_factory=dict)
    """By identity."""
    notices: dict[str, StandingNotice] = Field(default_factory=dict)
    """By identity."""
    missing: dict[str, Missed] = Field(default_factory=dict)
    """By session."""
    teams: dict[str, TeamIdle] = Field(default_factory=dict)
    """By session."""
    recovery: dict[str, Recovered] = Field(default_factory=dict)
    """By session."""


def recalled(stored: JsonValue) -> EngineMemory:
    """Read stored memory; nothing, an unknown version or a broken document is a first day."""
    if stored is None:
        return EngineMemory()
    try:
        return EngineMemory.model_validate(stored)
    except ValidationError:
        return EngineMemory()
