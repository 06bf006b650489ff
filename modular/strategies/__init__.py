"""Who is looked at when: pure planners. They plan; the engine does the looking.

`STRATEGIES` names them all; `async_polling` is the default, since one batched round trip is what a tmux server likes
best.
"""

from types import MappingProxyType
from typing import Final

from modular.strategies.async_polling import AsyncPolling
from modular.strategies.concurrent import Concurrent
from modular.strategies.plan import Batch, Budget, Plan, Strategy, WatchedAgent
from modular.strategies.polling import Polling
from modular.strategies.priority import Priority

STRATEGIES: Final[MappingProxyType[str, Strategy]] = MappingProxyType(
    {strategy.name: strategy for strategy in (Polling(), Concurrent(), AsyncPolling(), Priority())}
)
DEFAULT: Final = AsyncPolling.name

__all__ = [
    "DEFAULT",
    "STRATEGIES",
    "AsyncPolling",
    "Batch",
    "Budget",
    "Concurrent",
    "Plan",
    "Polling",
    "Priority",
    "Strategy",
    "WatchedAgent",
]
