"""The memory of the engine between two cycles: one slice a component, put together in this module alone."""

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
"""Memory of any other version is dropped: starting with an empty one is safer than guessing at an old one."""


class EngineMemory(Record):
    """All memory, a slice a component; a component reads the others' slices and writes its own."""

    version: Literal[2] = MEMORY_VERSION
    agents: dict[str, AgentMemory] = Field(default_factory=dict)
    """The tracker's, by identity."""
    looks: ObservationTimes = ObservationTimes()
    """The strategy's."""
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
    """Read stored memory; return an empty one for None, an unknown version or a broken document."""
    if stored is None:
        return EngineMemory()
    try:
        return EngineMemory.model_validate(stored)
    except ValidationError:
        return EngineMemory()
