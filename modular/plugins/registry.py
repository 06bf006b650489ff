"""The plugins in force: found, checked, put into order, read anew when a file changed; one that fails is left out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Final

import pluggy

from modular.edited import signature
from modular.intents.wording import NoticeFacts
from modular.plugins import checks
from modular.plugins.faults import BadPlugin, PluginFault
from modular.plugins.hooks import PROJECT, Hooks, Plugin
from modular.plugins.order import in_order
from modular.plugins.sources import Source, files_in, in_folders, installed
from modular.strategies import STRATEGIES, Strategy

_MEND: Final = "repair it, or remove it"
_RAISED: Final = (Exception, SystemExit)
"""The errors of a plugin that leave it out and affect nothing else."""


@dataclass(frozen=True, slots=True)
class LoadedPlugins:
    """The plugins in force."""

    plugins: Mapping[str, Plugin] = field(default_factory=dict)
    """By name, each behind those that it requires."""
    faults: tuple[PluginFault, ...] = ()
    strategies: Mapping[str, tuple[str, Strategy]] = field(default_factory=dict)
    """By the strategy's name: the name of its plugin, and the strategy."""
    rule_packs: tuple[Path, ...] = ()
    texts: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """By plugin, the hooks for notices, in the order of the calls: a plugin comes before those that it requires."""

    @property
    def digest(self) -> str:
        """Hash of the plugins in force, in 8 hexadecimal digits; empty where there are none."""
        names = "\n".join(f"{one.name} {one.version}" for one in self.plugins.values())
        return blake2b(names.encode(), digest_size=4).hexdigest() if names else ""

    def without(self, fault: PluginFault) -> "LoadedPlugins":
        """Return the plugins that are left when one has failed at work."""
        name = fault.plugin
        return replace(
            self,
            plugins={key: one for key, one in self.plugins.items() if key != name},
            faults=(*self.faults, fault),
            strategies={key: one for key, one in self.strategies.items() if one[0] != name},
            texts={key: one for key, one in self.texts.items() if key != name},
        )


def load(sources: Iterable[Source]) -> LoadedPlugins:
    """Load plugins; never raises for a fault of one of them."""
    modules: dict[str, Any] = {}
    plugins: dict[str, Plugin] = {}
    faults: list[PluginFault] = []
    for source in sources:
        try:
            module = source.load()
            plugin = checks.metadata(module, source.place)
            checks.new_name(plugin, source.place, plugins)
        except BadPlugin as bad:
            faults.append(bad.fault)
        except _RAISED as error:
            faults.append(PluginFault(source.place, _sentence(error), _MEND))
        else:
            modules[plugin.name], plugins[plugin.name] = module, plugin
    order, lacking = in_order(plugins)
    return _in_force({name: (plugins[name], modules[name]) for name in order}, [*faults, *lacking])


def _in_force(found: Mapping[str, tuple[Plugin, Any]], faults: list[PluginFault]) -> LoadedPlugins:
    """Load one after the other, each only if the plugins that it requires are in force."""
    loaded = LoadedPlugins()
    for name, (plugin, module) in found.items():
        lost = [needed.name for needed in plugin.needs() if needed.name not in loaded.plugins]
        if lost:
            faults.append(PluginFault(name, f"it requires {lost[0]}, which is left out", f"mend {lost[0]}"))
            continue
        try:
            loaded = _with(loaded, plugin, _registered(module, name).hook)
        except pluggy.PluginValidationError as invalid:
            says = " ".join(str(invalid).split())
            faults.append(PluginFault(name, says, "implement the hooks as modular.plugins.Hooks says"))
        except BadPlugin as bad:
            faults.append(bad.fault)
        except _RAISED as error:
            faults.append(PluginFault(name, _sentence(error), _MEND))
    return replace(loaded, faults=tuple(faults))


def _registered(module: Any, name: str) -> pluggy.PluginManager:
    """Register a plugin with a manager of its own, so that a failure there is its own."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    manager.register(module, name)
    manager.check_pending()
    return manager


def _with(loaded: LoadedPlugins, plugin: Plugin, hook: Any) -> LoadedPlugins:
    """Ask a plugin for all its offers, check them, and add them."""
    name, words = plugin.name, hook.understudy_notice_text
    taken = STRATEGIES.keys() | loaded.strategies.keys()
    strategies = [one for offered in hook.understudy_strategies() for one in checks.strategies(name, offered, taken)]
    packs = [one for offered in hook.understudy_rule_packs() for one in checks.rule_packs(name, offered)]
    checks.text(name, words(facts=checks.sample_facts()))
    return replace(
        loaded,
        plugins={**loaded.plugins, name: plugin},
        strategies={**loaded.strategies, **{one.name: (name, one) for one in strategies}},
        rule_packs=(*loaded.rule_packs, *packs),
        texts={name: words, **loaded.texts} if words.get_hookimpls() else loaded.texts,
    )


class PluginRegistry:
    """The plugins of installed packages and of some folders."""

    def __init__(self, folders: Sequence[Path] = (), offered: Iterable[EntryPoint] | None = None) -> None:
        """`offered` is for tests; it defaults to the installed entry points of the group `understudy.plugins`."""
        self._folders = tuple(folders)
        self._installed = installed(offered)
        self._signature = signature(files_in(self._folders))
        self.loaded = load([*self._installed, *in_folders(self._folders)])

    def refresh(self) -> bool:
        """Load everything anew where a file of the folders was written, came or went; return whether it did."""
        now = signature(files_in(self._folders))
        if now == self._signature:
            return False
        self._signature = now
        self.loaded = load([*self._installed, *in_folders(self._folders)])
        return True

    def text(self, facts: NoticeFacts) -> str | None:
        """Ask the plugins for the text of a notice; one that fails is left out from then on."""
        for name, words in tuple(self.loaded.texts.items()):
            try:
                if (text := checks.text(name, words(facts=facts))) is not None:
                    return text
            except BadPlugin as bad:
                self.blame(bad.fault)
            except _RAISED as error:
                self.blame(PluginFault(name, _sentence(error), _MEND))
        return None

    def blame(self, fault: PluginFault) -> None:
        """Leave out a plugin that failed at work."""
        self.loaded = self.loaded.without(fault)


def _sentence(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
