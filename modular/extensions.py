"""The extensions of the engine: rules and plugins, and the strategy in use; read anew between two cycles."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from modular.intents.wording import Wording
from modular.plugins.faults import PluginFault
from modular.plugins.guarded import GuardedStrategy
from modular.plugins.registry import PluginRegistry
from modular.plugins.sources import folders_of as plugin_folders
from modular.rulebook.book import RuleBook
from modular.rulebook.faults import RuleFault
from modular.rulebook.folders import RuleRegistry
from modular.rulebook.folders import folders_of as rule_folders
from modular.strategies import DEFAULT, STRATEGIES, Strategy
from understudy import Problem, ProblemKind

STRATEGY_VARIABLE: Final = "UNDERSTUDY_STRATEGY"
"""The strategy by its name, as a monitor's process finds it in its environment."""


class Extensions:
    """The rules, plugins and strategy that an environment names; with `book` its rules are those for good."""

    def __init__(self, environment: Mapping[str, str], book: RuleBook | None = None) -> None:
        self._book = book
        self._rule_folders = rule_folders(environment)
        self._wanted = environment.get(STRATEGY_VARIABLE) or DEFAULT
        self._plugins = PluginRegistry(plugin_folders(environment))
        self._rules = RuleRegistry(self._folders(), fixed=book)
        self._strategy = self._chosen()
        self.wording = Wording(self._plugins.text)

    def refresh(self) -> bool:
        """Read edited files again; return whether other rules or plugins are in force now."""
        if not self._plugins.refresh():
            return self._rules.refresh()
        self._rules = RuleRegistry(self._folders(), fixed=self._book)
        self._strategy = self._chosen()
        return True

    @property
    def book(self) -> RuleBook:
        """The rules in force."""
        return self._rules.book

    @property
    def strategy(self) -> Strategy:
        """Return the strategy in use: the default, which reads all agents, where the named one is missing or failed."""
        return self._strategy

    @property
    def version(self) -> str:
        """Return the version suffix of the rules and plugins in force: `+rules.5d1c0e9a.plugins.77aa01c3`."""
        plugins = self._plugins.loaded.digest
        parts = [f"rules.{self._rules.digest}"] if self._rules.digest else []
        return "+" + ".".join([*parts, f"plugins.{plugins}"] if plugins else parts) if parts or plugins else ""

    @property
    def plugins(self) -> frozenset[str]:
        """The plugins in force, by name."""
        return frozenset(self._plugins.loaded.plugins)

    @property
    def rule_faults(self) -> tuple[RuleFault, ...]:
        """Return the faults of rule files."""
        return self._rules.faults

    def problems(self) -> Iterator[Problem]:
        """Return the plugins that are left out, and whether the requested strategy is not the one in use."""
        loaded = self._plugins.loaded
        for fault in loaded.faults:
            yield Problem(kind=ProblemKind.PLUGIN_UNUSABLE, subject=fault.plugin, text=str(fault))
        if self._wanted not in STRATEGIES and self._wanted not in loaded.strategies:
            known = ", ".join(sorted({*STRATEGIES, *loaded.strategies}))
            text = f"there is no strategy {self._wanted}, every agent is read: set `strategy` to one of {known}"
            yield Problem(kind=ProblemKind.PLUGIN_UNUSABLE, subject=self._wanted, text=text)

    def _folders(self) -> tuple[Path, ...]:
        return (*self._plugins.loaded.rule_packs, *self._rule_folders)

    def _chosen(self) -> Strategy:
        offered = self._plugins.loaded.strategies.get(self._wanted)
        if offered is not None:
            return GuardedStrategy(*offered, self._blame)
        return STRATEGIES.get(self._wanted, STRATEGIES[DEFAULT])

    def _blame(self, fault: PluginFault) -> None:
        self._plugins.blame(fault)
        self._strategy = self._chosen()
