"""What a plugin imports: how it says what it is, how it marks its hooks, and the words in which they are asked."""

from modular.plugins.hooks import Hooks, Plugin, hookimpl
from modular.strategies import Batch, Budget, Plan, Strategy, Watched
from modular.wishes.wording import Facts

__all__ = ["Batch", "Budget", "Facts", "Hooks", "Plan", "Plugin", "Strategy", "Watched", "hookimpl"]
