"""Everything that the engine must know next time: one slice a component, put together here and nowhere else."""

from typing import Final, Literal

from pydantic import Field, JsonValue, ValidationError

from modular.intents.drafts import DraftMemory
from modular.intents.limits import UsageLimits
from modular.intents.missing import MissingManager
from modular.intents.notifications import StandingNotice
from modular.intents.recovery import RecoveryMemory
from modular.intents.teams import TeamIdle
from modular.memory import AgentMemory
from modular.observing.planned import ObservationTimes
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
    limits: UsageLimits = UsageLimits()
    drafts: dict[str, DraftMemory] = Field(default_factory=dict)
    """By identity."""
    notices: dict[str, StandingNotice] = Field(default_factory=dict)
    """By identity."""
    missing: dict[str, MissingManager] = Field(default_factory=dict)
    """By session."""
    teams: dict[str, TeamIdle] = Field(default_factory=dict)
    """By session."""
    recovery: dict[str, RecoveryMemory] = Field(default_factory=dict)
    """By session."""


def recalled(stored: JsonValue) -> EngineMemory:
    """Read stored memory; nothing, an unknown version or a broken document is a first day."""
    if stored is None:
        return EngineMemory()
    try:
        return EngineMemory.model_validate(stored)
    except ValidationError:
        return EngineMemory()
