"""What a planner is asked and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Protocol

from understudy import AgentRole, AgentState


class WatchedAgent(NamedTuple):
    """One agent as a planner needs to know it. A tuple: one is made of every agent at every look."""

    pane: str
    role: AgentRole
    state: AgentState
    looked_at: float | None = None
    """When its screen was last read, in seconds since the epoch; None for never."""
    changed_at: float | None = None
    """When its screen was last seen to change."""
    crashed_at: float | None = None
    """When it was last seen crashed."""

    @property
    def waiting_since(self) -> float:
        """Since when it waits for a look; an agent never looked at waits longest of all."""
        return -inf if self.looked_at is None else self.looked_at


@dataclass(frozen=True, slots=True)
class Budget:
    """What one cycle may cost."""

    seconds: float
    """For all looks together."""
    per_look_s: float = 0.001
    """What reading one more screen costs within a round trip."""
    per_trip_s: float = 0.002
    """What a round trip to the server costs, however many screens it brings."""

    def looks(self, at_once: int) -> int:
        """How many screens fit, read so many at once; one at least, or a cycle would see nothing for ever."""
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
        """How many screens are under way at the same time."""
        return len(self.panes)


@dataclass(frozen=True, slots=True)
class Plan:
    """One cycle's looks, in order, and who has to wait for a later one."""

    batches: tuple[Batch, ...]
    waiting: tuple[str, ...] = ()

    @property
    def panes(self) -> tuple[str, ...]:
        """Everybody who is looked at, in order."""
        return tuple(pane for batch in self.batches for pane in batch.panes)


class Strategy(Protocol):
    """Plans one cycle; the same question has the same answer."""

    @property
    def name(self) -> str:
        """What the setting `strategy` calls it."""
        ...

    @property
    def learns(self) -> bool:
        """Whether it plans by when agents were looked at; where none does, nobody keeps it."""
        ...

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:
        """Say who is looked at now, in which batches; every agent is either in a batch or waiting."""
        ...


def in_batches(chosen: Sequence[WatchedAgent], at_once: int, waiting: Sequence[WatchedAgent] = ()) -> Plan:
    """Cut those chosen into batches of so many at once."""
    panes = [agent.pane for agent in chosen]
    batches = (Batch(tuple(panes[start : start + at_once])) for start in range(0, len(panes), at_once))
    return Plan(tuple(batches), tuple(agent.pane for agent in waiting))


def longest_waiting_first(watched: Sequence[WatchedAgent]) -> list[WatchedAgent]:
    """Order by who waits longest; those who wait equally long keep their order."""
    return sorted(watched, key=lambda agent: agent.waiting_since)
