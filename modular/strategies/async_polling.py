"""All agents in one batched round trip: the default."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from modular.strategies.plan import Budget, Plan, WatchedAgent, in_batches


@dataclass(frozen=True, slots=True)
class AsyncPolling:
    """One batch of all; the budget is the deadline of that one round trip and leaves no agent out."""

    name: ClassVar[str] = "async_polling"
    learns: ClassVar[bool] = False

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:  # noqa: ARG002 - part of Strategy's interface
        """Read all agents at once."""
        return in_batches(watched, max(1, len(watched)))
