"""Everybody in one batched round trip: the default."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from modular.strategies.plan import Budget, Plan, WatchedAgent, in_batches


@dataclass(frozen=True, slots=True)
class AsyncPolling:
    """One batch of all; the budget is the deadline of that one round trip, not a reason to leave somebody out."""

    name: ClassVar[str] = "async_polling"
    learns: ClassVar[bool] = False

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:  # noqa: ARG002 - a Strategy is told
        """Look at everybody at once."""
        return in_batches(watched, max(1, len(watched)))
