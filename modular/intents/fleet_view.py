"""One look at everybody, as the components that want things done are shown it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from modular.memory import AgentMemory
from modular.reading.classifier import Reading
from modular.rulebook.file import UNKNOWN
from understudy import AgentRole, AgentState, Outcome

_UNKNOWN: Final = AgentState.UNKNOWN


@dataclass(frozen=True, slots=True)
class FleetView:
    """What one cycle saw; agents by identity, in the order of the server's list."""

    now: float
    """Seconds since the epoch."""
    agents: Mapping[str, AgentMemory]
    """Those in view."""
    lost: Mapping[str, AgentMemory] = field(default_factory=dict)
    """Those whose panes are gone."""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    """Of those that were looked at."""
    teams: Mapping[str, Sequence[AgentMemory]] = field(default_factory=dict)
    """Everybody in view, by session."""
    managers: Mapping[str, AgentMemory] = field(default_factory=dict)
    """By session, whom to tell."""
    busy_with: frozenset[str] = frozenset()
    """Whom a person or the manager is busy with: nothing is wanted about them."""
    outcomes: Sequence[Outcome] = ()
    """What became of what was wanted last time."""

    def doubts(self, key: str) -> bool:
        """Whether this cycle says nothing certain of an agent: nothing new may rest on it."""
        return key not in self.readings or self.agents[key].state is _UNKNOWN


def teams_of(agents: Iterable[AgentMemory]) -> dict[str, list[AgentMemory]]:
    """Sort agents by session."""
    teams: dict[str, list[AgentMemory]] = {}
    for agent in agents:
        teams.setdefault(agent.session, []).append(agent)
    return teams


def managers_of(agents: Iterable[AgentMemory]) -> dict[str, AgentMemory]:
    """Find the manager to tell in each session: the first, in the order given, in whose pane an agent is."""
    managers: dict[str, AgentMemory] = {}
    for agent in agents:
        if agent.role is AgentRole.MANAGER and has_an_agent_in_it(agent):
            managers.setdefault(agent.session, agent)
    return managers


def has_an_agent_in_it(agent: AgentMemory) -> bool:
    """Whether somebody is there to read a notice: a known CLI, or one whose screen could at least be read."""
    if agent.state is AgentState.CRASHED:
        return False
    return agent.agent != UNKNOWN or agent.state is not AgentState.UNKNOWN
