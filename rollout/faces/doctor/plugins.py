"""The plugins and the strategy: is every plugin in force, and is the strategy that is set there?"""

from collections.abc import Iterator

from modular.plugins.registry import PluginRegistry
from modular.strategies import STRATEGIES
from rollout.faces.doctor.findings import DoctorFinding, broken, well
from rollout.store.settings import Settings, SettingsInvalid, plugins_folder


def plugins(settings: Settings) -> Iterator[DoctorFinding]:
    """Check what installed packages and the plugin folder offer; each fault names its plugin and the remedy."""
    try:
        folder = plugins_folder(settings)
    except SettingsInvalid as invalid:
        says, _, remedy = str(invalid).rpartition(": ")
        yield broken("plugins", says, remedy)
        return
    loaded = PluginRegistry([folder]).loaded
    for fault in loaded.faults:
        yield broken("plugins", f"{fault.plugin}: {fault.says}", fault.fix)
    if loaded.plugins:
        yield well("plugins", ", ".join(f"{one.name} {one.version}" for one in loaded.plugins.values()))
    elif not loaded.faults:
        yield well("plugins", f"none in {folder}")
    known = sorted({*STRATEGIES, *loaded.strategies})
    if settings.strategy in known:
        yield well("strategy", settings.strategy)
    else:
        yield broken("strategy", f"there is none called {settings.strategy}", f"set one of {', '.join(known)}")
