"""The sources of plugins: installed packages that offer one, and files in plugin folders."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from modular.plugins.faults import BadPlugin, PluginFault

GROUP: Final = "understudy.plugins"
FOLDERS_VARIABLE: Final = "UNDERSTUDY_PLUGINS"
"""The folders in which a monitor's process looks for plugins, as PATH names its own."""
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Source:
    """One place that holds a plugin."""

    place: str
    """The file, or the entry point."""
    load: Callable[[], Any]
    """Makes the module or object; may raise any error of a plugin, and `BadPlugin`."""


def folders_of(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Name the plugin folders that an environment names; none where it names none."""
    return tuple(Path(part).expanduser() for part in environment.get(FOLDERS_VARIABLE, "").split(os.pathsep) if part)


def installed(offered: Iterable[EntryPoint] | None = None) -> list[Source]:
    """Find the plugins of installed packages under `understudy.plugins`, by name."""
    points = entry_points(group=GROUP) if offered is None else offered
    return [Source(f"{point.name} ({point.value})", point.load) for point in sorted(points, key=lambda one: one.name)]


def in_folders(folders: Sequence[Path]) -> list[Source]:
    """Make a source of each plugin file in these folders."""
    return [Source(str(path), lambda path=path: _load(path)) for path in files_in(folders)]  # type: ignore[misc]


def files_in(folders: Sequence[Path]) -> list[Path]:
    """Find the `*.py` of these folders, by name; one that cannot be read holds none."""
    files: list[Path] = []
    for folder in folders:
        try:
            files += sorted(path for path in folder.iterdir() if path.suffix == ".py" and not path.name.startswith("_"))
        except OSError:  # a folder that is not there has no plugins
            continue
    return files


def _load(path: Path) -> ModuleType:
    """Run a file as a module of its own. Compiled here: a cache of bytecode would not notice a quick second edit."""
    for place in (path.parent, path):
        status = place.stat()
        if status.st_mode & _OTHERS_WRITE or status.st_uid not in {os.getuid(), 0}:
            says = f"{place} can be written by other users, and would run with your rights"
            raise BadPlugin(PluginFault(str(path), says, f"chown it to yourself and chmod go-w {place}"))
    name = f"understudy_plugin_{path.stem}"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102 - to run a plugin is the purpose
    except BaseException:
        del sys.modules[name]
        raise
    return module
