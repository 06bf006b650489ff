"""One look at all agents, as the input of the components that return intents."""

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
    """The observations of one cycle; agents by identity, in the order of the server's list."""

    now: float
    """Seconds since the epoch."""
    agents: Mapping[str, AgentMemory]
    """The agents in view."""
    lost: Mapping[str, AgentMemory] = field(default_factory=dict)
    """The agents whose panes are gone."""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    """Of the agents that were read."""
    teams: Mapping[str, Sequence[AgentMemory]] = field(default_factory=dict)
    """All agents in view, by session."""
    managers: Mapping[str, AgentMemory] = field(default_factory=dict)
    """By session, the manager that gets notices."""
    busy_with: frozenset[str] = frozenset()
    """The agents that a person or the manager is busy with: no intent concerns them."""
    outcomes: Sequence[Outcome] = ()
    """The outcomes of the intents of the cycle before."""

    def doubts(self, key: str) -> bool:
        """Return whether this cycle has no certain reading of an agent: no new conclusion may rest on it."""
        return key not in self.readings or self.agents[key].state is _UNKNOWN


def teams_of(agents: Iterable[AgentMemory]) -> dict[str, list[AgentMemory]]:
    """Sort agents by session."""
    teams: dict[str, list[AgentMemory]] = {}
    for agent in agents:
        teams.setdefault(agent.session, []).append(agent)
    return teams


def managers_of(agents: Iterable[AgentMemory]) -> dict[str, AgentMemory]:
    """Find the manager that gets each session's notices: the first, in the order given, whose pane has an agent."""
    managers: dict[str, AgentMemory] = {}
    for agent in agents:
        if agent.role is AgentRole.MANAGER and has_an_agent_in_it(agent):
            managers.setdefault(agent.session, agent)
    return managers


def has_an_agent_in_it(agent: AgentMemory) -> bool:
    """Return whether an agent is there to read a notice: a known CLI, or one whose screen could at least be read."""
    if agent.state is AgentState.CRASHED:
        return False
    return agent.agent != UNKNOWN or agent.state is not AgentState.UNKNOWN
