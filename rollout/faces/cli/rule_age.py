"""The age of a monitor's rules: when the files that it decides by were last changed."""

import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from rollout.loop.hosting.monitors import monitor_spec
from rollout.store.settings import Settings, plugins_folder, rules_folder

_DECIDING: Final = frozenset({".py", ".toml"})


def rules_changed_at(target: str, settings: Settings) -> float | None:
    """Return when the rules of a monitor were last changed, in seconds since the epoch; None where that is not known.

    These are the files of its package, or its module's own, and the operator's folders of rules and plugins. A copy, a
    checkout or an installation counts as a change: what the files were before is not known. A program (`cmd:...`) may
    read any file, so its age is not known either.

    Args:
        target: The monitor as `monitor_spec` reads it, without a folder of rule files behind it.
        settings: They name the folders.
    """
    spec = monitor_spec(target)
    if spec.program is not None:
        return None
    code = list(_code_of(spec.target))
    if not code:
        return None
    own = (path for folder in (rules_folder(settings), plugins_folder(settings)) for path in _files_in(folder))
    return max(path.stat().st_mtime for path in (*code, *own))


def _code_of(target: str) -> Iterator[Path]:
    """Yield the files of the package that a class stands in; imports nothing of it."""
    found = PathFinder.find_spec(target.partition(":")[0].partition(".")[0], [*sys.path, str(Path.cwd())])
    if found is None:
        return
    folders: Iterable[str] = found.submodule_search_locations or ()
    yield from (path for folder in folders for path in _files_in(Path(folder)))
    if not folders and found.origin is not None and Path(found.origin).is_file():
        yield Path(found.origin)


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix in _DECIDING and path.is_file())
