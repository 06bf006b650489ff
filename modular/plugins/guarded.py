"""A strategy of somebody else's at work: where it fails, everybody is looked at, and its plugin is left out."""

from collections.abc import Callable, Sequence

from modular.plugins import checks
from modular.plugins.faults import BadPlugin, PluginFault
from modular.strategies import AsyncPolling, Budget, Plan, Strategy, WatchedAgent


class GuardedStrategy:
    """Plans as the strategy that it guards."""

    def __init__(self, plugin: str, strategy: Strategy, blame: Callable[[PluginFault], None]) -> None:
        self.name = strategy.name
        self.learns = strategy.learns
        self._plugin = plugin
        self._strategy = strategy
        self._blame = blame

    def plan(self, watched: Sequence[WatchedAgent], now: float, budget: Budget) -> Plan:
        """Ask the strategy, and check what it says."""
        try:
            return checks.complete(self._plugin, self._strategy.plan(watched, now, budget), watched)
        except BadPlugin as bad:
            self._blame(bad.fault)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises is its own failure
            says = f"its strategy {self.name} failed ({type(error).__name__}: {error})"
            self._blame(PluginFault(self._plugin, says, "mend it, or set another `strategy`"))
        return AsyncPolling().plan(watched, now, budget)
