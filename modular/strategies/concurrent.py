"""So many at once, longest waiting first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from modular.strategies.plan import Budget, Plan, WatchedAgent, in_batches, longest_waiting_first


@dataclass(frozen=True, slots=True)
class Concurrent:
    """Batches of at most `at_once` panes, until the budget is spent; a server is not asked for more at a time."""

    name: ClassVar[str] = "concurrent"
    learns: ClassVar[bool] = True
    at_once: int = 20

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:  # noqa: ARG002 - a Strategy is told
        """Look at as many as fit, `at_once` at a time."""
        order = longest_waiting_first(watched)
        fit = budget.looks(self.at_once)
        return in_batches(order[:fit], self.at_once, order[fit:])
