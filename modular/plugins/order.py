"""The order in which plugins are loaded: each behind those that it requires, else by name. Pure."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush

from modular.plugins.faults import PluginFault
from modular.plugins.hooks import Plugin


def in_order(plugins: Mapping[str, Plugin]) -> tuple[list[str], list[PluginFault]]:
    """Order plugins by name; a plugin that lacks another, or requires itself in a circle, becomes a fault instead."""
    faults = {name: fault for name, plugin in sorted(plugins.items()) if (fault := _lacks(plugin, plugins)) is not None}
    needs = {name: [needed.name for needed in plugins[name].needs()] for name in plugins if name not in faults}
    order: list[str] = []
    for name in _sorted({name: [other for other in others if other in needs] for name, others in needs.items()}):
        if left_out := next((other for other in needs[name] if other in faults), None):
            faults[name] = PluginFault(name, f"it requires {left_out}, which is left out", f"mend {left_out}")
        else:
            order.append(name)
    waiting = sorted(needs.keys() - faults.keys() - set(order))
    says = f"it requires itself, by way of {', '.join(waiting)}"
    faults |= {name: PluginFault(name, says, "remove the requirement from one of them") for name in waiting}
    return order, list(faults.values())


def _sorted(needs: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield names behind those that they need, the first by name first; those in a circle, or behind one, never."""
    sorter = TopologicalSorter(needs)
    with suppress(CycleError):  # the sorter still gives out all that no circle holds back
        sorter.prepare()
    ready = list(sorter.get_ready())
    heapify(ready)
    while ready:
        name = heappop(ready)
        yield name
        sorter.done(name)
        for freed in sorter.get_ready():
            heappush(ready, freed)


def _lacks(plugin: Plugin, plugins: Mapping[str, Plugin]) -> PluginFault | None:
    for needed in plugin.needs():
        other = plugins.get(needed.name)
        if other is None:
            return PluginFault(plugin.name, f"it requires {needed.name}, which is not there", f"install {needed.name}")
        if not needed.specifier.contains(other.version, prereleases=True):
            says = f"it requires {needed}, and there is {other.version}"
            return PluginFault(plugin.name, says, f"install a newer {needed.name}")
    return None
