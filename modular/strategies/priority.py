"""Who matters first: hot, warm and cold tiers, and a bound on waiting that holds for everybody.

Each tier has a patience; an agent is due when it has waited that long, and those whose patience ended first are looked
at first. An agent that was just looked at is due only after everybody who is due now, so nobody can be passed twice:
with a cycle every `cycle_s` seconds and `looks` looks in it, an agent waits at most
`patience + ceil(agents / looks) * cycle_s` (`bound_s`), whatever the others do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import ceil, inf
from types import MappingProxyType
from typing import ClassVar, Final

from modular.strategies.plan import Budget, Plan, WatchedAgent, in_batches
from understudy import AgentRole, AgentState

_RECENT_CRASH_S: Final = 600.0
_LIVELY_S: Final = 60.0
"""An agent whose screen changed within so many seconds is hot."""
_AWAKE_S: Final = 600.0
"""Within so many it is warm; a screen that stood still for longer is cold."""
_PRESSING: Final = frozenset(
    {AgentState.WAITING_APPROVAL, AgentState.CRASHED, AgentState.ERROR, AgentState.STARTING, AgentState.UNKNOWN}
)


class Tier(Enum):
    """How soon an agent wants to be looked at again."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


_PATIENCE_S: Final[Mapping[Tier, float]] = MappingProxyType({Tier.HOT: 0.0, Tier.WARM: 2.5, Tier.COLD: 30.0})


def tier_of(agent: WatchedAgent, now: float) -> Tier:
    """Tell an agent's tier."""
    if agent.role is AgentRole.MANAGER or crashed_lately(agent, now) or agent.state in _PRESSING:
        return Tier.HOT
    quiet_s = inf if agent.changed_at is None else now - agent.changed_at
    if agent.looked_at is None or quiet_s <= _LIVELY_S:
        return Tier.HOT
    return Tier.WARM if quiet_s <= _AWAKE_S else Tier.COLD


def crashed_lately(agent: WatchedAgent, now: float) -> bool:
    """Whether an agent crashed within the last ten minutes."""
    return agent.crashed_at is not None and now - agent.crashed_at <= _RECENT_CRASH_S


@dataclass(frozen=True, slots=True)
class Priority:
    """Looks at those who are due, as many as fit, `at_once` at a time."""

    name: ClassVar[str] = "priority"
    learns: ClassVar[bool] = True
    at_once: int = 50
    patience_s: Mapping[Tier, float] = field(default_factory=lambda: _PATIENCE_S)

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:
        """Choose by whose patience ended first; among the chosen, managers and the recently crashed come first."""
        order = sorted(watched, key=lambda agent: self._due_at(agent, now))
        due = [agent for agent in order if self._due_at(agent, now) <= now]
        chosen = due[: budget.looks(self.at_once)]
        picked = {agent.pane for agent in chosen}
        waiting = [agent for agent in order if agent.pane not in picked]
        chosen.sort(key=lambda agent: (agent.role is not AgentRole.MANAGER, not crashed_lately(agent, now)))
        return in_batches(chosen, self.at_once, waiting)

    def bound_s(self, agents: int, cycle_s: float, budget: Budget) -> float:
        """Say how long, in seconds, an agent may wait from one look to the next at most."""
        looks = budget.looks(self.at_once)
        return max(self.patience_s.values()) + ceil(agents / looks) * cycle_s

    def _due_at(self, agent: WatchedAgent, now: float) -> float:
        return agent.waiting_since + self.patience_s[tier_of(agent, now)]
