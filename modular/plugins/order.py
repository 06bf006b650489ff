"""The order in which plugins are loaded: each behind those that it requires. Pure."""

from collections.abc import Mapping

from modular.plugins.faults import PluginFault
from modular.plugins.hooks import Plugin, is_older


def in_order(plugins: Mapping[str, Plugin]) -> tuple[list[str], list[PluginFault]]:
    """Order plugins by name; a plugin that lacks another, or requires itself in a circle, becomes a fault instead."""
    order: list[str] = []
    faults: dict[str, PluginFault] = {}
    waiting = dict(sorted(plugins.items()))
    while waiting:
        before = len(order) + len(faults)
        for name, plugin in list(waiting.items()):
            if (fault := _lacks(plugin, plugins, faults)) is not None:
                faults[name] = fault
            elif all(needed in order for needed, _ in plugin.needs()):
                order.append(name)
            else:
                continue
            del waiting[name]
        if len(order) + len(faults) == before:
            circle = ", ".join(waiting)
            says = f"it requires itself, by way of {circle}"
            faults |= {name: PluginFault(name, says, "remove the requirement from one of them") for name in waiting}
            break
    return order, list(faults.values())


def _lacks(plugin: Plugin, plugins: Mapping[str, Plugin], faults: Mapping[str, PluginFault]) -> PluginFault | None:
    for needed, least in plugin.needs():
        other = plugins.get(needed)
        if other is None:
            return PluginFault(plugin.name, f"it requires {needed}, which is not there", f"install {needed}")
        if least and is_older(other.version, least):
            says = f"it requires {needed}>={least}, and there is {other.version}"
            return PluginFault(plugin.name, says, f"install a newer {needed}")
        if needed in faults:
            return PluginFault(plugin.name, f"it requires {needed}, which is left out", f"mend {needed}")
    return None
