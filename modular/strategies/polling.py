"""One after the other, longest waiting first: the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from modular.strategies.plan import Budget, Plan, WatchedAgent, in_batches, longest_waiting_first


@dataclass(frozen=True, slots=True)
class Polling:
    """A round trip an agent, until the budget is spent."""

    name: ClassVar[str] = "polling"
    learns: ClassVar[bool] = True

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:  # noqa: ARG002 - a Strategy is told
        """Look at as many as fit, one at a time."""
        order = longest_waiting_first(watched)
        fit = budget.looks(at_once=1)
        return in_batches(order[:fit], 1, order[fit:])
