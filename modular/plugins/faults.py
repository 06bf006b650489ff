"""The faults of a plugin, in one sentence that names it and the remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PluginFault:
    """The reason for which a plugin is left out."""

    plugin: str
    """Its name; its place where it has no name."""
    says: str
    fix: str

    def __str__(self) -> str:
        """One sentence: the plugin, what is wrong, and the remedy."""
        return f"plugin {self.plugin}: {self.says}: {self.fix}"


class BadPlugin(Exception):
    """A plugin that cannot be used."""

    def __init__(self, fault: PluginFault) -> None:
        super().__init__(str(fault))
        self.fault = fault
