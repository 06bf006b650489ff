"""The names that a plugin imports: its description, the marker of its hooks, and their arguments."""

from modular.intents.wording import NoticeFacts
from modular.plugins.hooks import Hooks, Plugin, hookimpl
from modular.strategies import Batch, Budget, Plan, Strategy, WatchedAgent

__all__ = ["Batch", "Budget", "Hooks", "NoticeFacts", "Plan", "Plugin", "Strategy", "WatchedAgent", "hookimpl"]
