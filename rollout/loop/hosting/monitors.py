"""The monitor of a role: a built-in one by name, a class by import path, or a program by command line."""

import importlib
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, get_args

from rollout.loop.hosting.monitor_process import PROGRAM
from understudy.ports import Monitor

SourceKind = Literal["windows", "server"]
"""The way that a monitor reads a live server: window by window as the monolith did, or whole frames."""

GROUP = "understudy.monitors"
_BUILT_IN = {"legacy": "legacy.monitor:LegacyMonitor", "modular": "modular.service:MonitorService"}


class UnknownMonitor(ValueError):
    """A monitor that cannot be found or made; the message names the remedy."""


@dataclass(frozen=True, slots=True)
class MonitorSpec:
    """A monitor as an operator names it.

    `target` is an import path (`package.module:Class`) or `cmd:program args...`; `source` is None where the class is to
    say it itself (its attribute `sight`, `server` where it has none).
    """

    name: str
    target: str
    source: SourceKind | None = None

    @property
    def program(self) -> tuple[str, ...] | None:
        """The command line of a program that speaks the wire contract itself; None for a Python class."""
        return tuple(shlex.split(self.target.removeprefix(PROGRAM))) if self.target.startswith(PROGRAM) else None

    @property
    def command(self) -> tuple[str, ...]:
        """The command line that runs it as a process of ours."""
        source = ("--source", self.source) if self.source else ()
        return (sys.executable, "-P", "-m", "rollout.loop.hosting.monitor_process", *source, self.target)


def monitor_spec(text: str, source: str | None = None, offered: Iterable[EntryPoint] | None = None) -> MonitorSpec:
    """Read what an operator wrote for a monitor; imports nothing.

    `offered` is for tests; it defaults to the installed entry points of the group `understudy.monitors`.
    Raises `UnknownMonitor`.
    """
    text = text.strip()
    kind = _source_kind(source)
    if text.startswith(PROGRAM):
        return MonitorSpec(_program_name(text), text, kind)
    if ":" in text:
        module, _, attribute = text.partition(":")
        if not all(part.isidentifier() for part in (*module.split("."), *attribute.split("."))):
            raise UnknownMonitor(f"`{text}` is no import path: write it as package.module:Class")
        return MonitorSpec(text, text, kind)
    points = entry_points(group=GROUP) if offered is None else offered
    targets = _BUILT_IN | {point.name: point.value for point in points}
    if text not in targets:
        raise UnknownMonitor(
            f"there is no monitor called `{text}`: name one of {', '.join(sorted(targets))}, "
            "an import path (package.module:Class), or a program (cmd:program args...)"
        )
    return MonitorSpec(text, targets[text], kind or ("windows" if text == "legacy" else None))


def load(spec: MonitorSpec) -> tuple[Monitor[Any], SourceKind]:
    """Make the monitor of a Python spec, and say which screen source it reads; raises `UnknownMonitor`.

    Only the monitor's own process should call this: an import may hang, print or exit.
    """
    module_name, _, attribute = spec.target.partition(":")
    try:
        made: Any = importlib.import_module(module_name)
    except ImportError as error:
        raise UnknownMonitor(
            f"monitor `{spec.name}` cannot be imported: {error}; is it installed in {sys.prefix}, "
            "or does its folder stand in PYTHONPATH?"
        ) from error
    for part in attribute.split("."):
        if not hasattr(made, part):
            raise UnknownMonitor(f"module {module_name} has no `{attribute}`: look for the class's exact name")
        made = getattr(made, part)
    monitor = made() if isinstance(made, type) or not hasattr(made, "cycle") else made
    if missing := [
        name for name in ("cycle", "memory", "recall", "name", "version", "says") if not hasattr(monitor, name)
    ]:
        raise UnknownMonitor(f"`{spec.target}` is no monitor: it lacks {', '.join(missing)} (see understudy.Monitor)")
    return monitor, spec.source or _source_kind(getattr(monitor, "sight", None)) or "server"


def _source_kind(text: str | None) -> SourceKind | None:
    if text is None or text in get_args(SourceKind):
        return text  # type: ignore[return-value]  # narrowed by the membership test, which mypy does not follow
    raise UnknownMonitor(f"`{text}` is no kind of screen source: write `windows` or `server`")


def _program_name(text: str) -> str:
    try:
        words = shlex.split(text.removeprefix(PROGRAM))
    except ValueError as error:
        raise UnknownMonitor(f"`{text}` is no command line: {error}") from error
    if not words:
        raise UnknownMonitor("`cmd:` names no program: write cmd:program args...")
    return words[0].rpartition("/")[2]
