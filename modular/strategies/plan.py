"""The input and the output of a planner."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Protocol

from understudy import AgentRole, AgentState


class WatchedAgent(NamedTuple):
    """One agent as the input of a planner. A tuple: one is made of every agent at every look."""

    pane: str
    role: AgentRole
    state: AgentState
    looked_at: float | None = None
    """The instant of its screen's last reading, in seconds since the epoch; None for never."""
    changed_at: float | None = None
    """The instant at which its screen was last seen to change."""
    crashed_at: float | None = None
    """The instant at which it was last seen crashed."""

    @property
    def waiting_since(self) -> float:
        """Return the instant since which it waits for a look; an agent that was never read waits longest of all."""
        return -inf if self.looked_at is None else self.looked_at


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of one cycle."""

    seconds: float
    """For all looks together."""
    per_look_s: float = 0.001
    """The cost of reading one more screen within a round trip."""
    per_trip_s: float = 0.002
    """The cost of a round trip to the server without its screens."""

    def looks(self, at_once: int) -> int:
        """Return the number of screens that fit, read so many at once; at least 1, so that every cycle reads one."""
        per_batch = self.per_trip_s + at_once * self.per_look_s
        batches = int(self.seconds / per_batch) if per_batch > 0 else 1
        left = self.seconds - batches * per_batch
        partial = int((left - self.per_trip_s) / self.per_look_s) if self.per_look_s > 0 else 0
        return max(1, batches * at_once + max(0, partial))


@dataclass(frozen=True, slots=True)
class Batch:
    """Panes whose screens are read in one go."""

    panes: tuple[str, ...]

    @property
    def at_once(self) -> int:
        """The number of screens that are read at the same time."""
        return len(self.panes)


@dataclass(frozen=True, slots=True)
class Plan:
    """One cycle's looks, in order, and the agents that wait for a later one."""

    batches: tuple[Batch, ...]
    waiting: tuple[str, ...] = ()

    @property
    def panes(self) -> tuple[str, ...]:
        """Return all agents that are read, in order."""
        return tuple(pane for batch in self.batches for pane in batch.panes)


class Strategy(Protocol):
    """Plans one cycle; the same input gives the same plan."""

    @property
    def name(self) -> str:
        """The name in the setting `strategy`."""
        ...

    @property
    def learns(self) -> bool:
        """Return whether its plan depends on the instants of earlier looks; they are not kept where it does not."""
        ...

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:
        """Return the batches of agents to read now; every agent is either in a batch or waiting."""
        ...


def in_batches(chosen: Sequence[WatchedAgent], at_once: int, waiting: Sequence[WatchedAgent] = ()) -> Plan:
    """Cut those chosen into batches of so many at once."""
    panes = [agent.pane for agent in chosen]
    batches = (Batch(tuple(panes[start : start + at_once])) for start in range(0, len(panes), at_once))
    return Plan(tuple(batches), tuple(agent.pane for agent in waiting))


def longest_waiting_first(watched: Sequence[WatchedAgent]) -> list[WatchedAgent]:
    """Sort the longest waiting first; those that wait equally long keep their order."""
    return sorted(watched, key=lambda agent: agent.waiting_since)
