"""What a plugin imports: how it says what it is, how it marks its hooks, and the words in which they are asked."""

from modular.intents.wording import NoticeFacts
from modular.plugins.hooks import Hooks, Plugin, hookimpl
from modular.strategies import Batch, Budget, Plan, Strategy, WatchedAgent

__all__ = ["Batch", "Budget", "Hooks", "NoticeFacts", "Plan", "Plugin", "Strategy", "WatchedAgent", "hookimpl"]
