"""The package that a file was installed with, and its version: by the file's path, or by the metadata beside it.

Nothing is executed. A file that cannot be read, or is too large to be metadata, belongs to no package.
"""

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

_VERSION: Final = re.compile(r"v?(\d+(?:\.\d+)+(?:[-+._][0-9A-Za-z][-+._0-9A-Za-z]*)?)")
_SHELVES: Final = frozenset({"versions", "releases", "dist"})
"""Folders between a program's name and its versions: `claude/versions/2.1.34`."""
_LEVELS: Final = 8
"""So many folders up a `package.json` is looked for."""
_LARGEST: Final = 1 << 20
"""Bytes; a larger file is no metadata."""
_WORD: Final = re.compile(r"[0-9a-z]+")
_SCRIPTS: Final = "[console_scripts]"


@dataclass(frozen=True, slots=True)
class Package:
    """The package that a file was installed with."""

    name: str
    """As the package calls itself: `@openai/codex`, `aider-chat`."""
    version: str
    commands: frozenset[str] = frozenset()
    """The commands that it installs."""
    changed: float = 0.0
    """The last change of its metadata on the disk, in seconds since the epoch; 0 where the path itself says it."""

    def fits(self, cli: str) -> int:
        """Return how well this is the package of a CLI: 2 by name or command, 1 by a word of the name, 0 not at all."""
        words = _WORD.findall(self.name.lower())
        if cli in self.commands or self.name.rpartition("/")[2] == cli:
            return 2
        return int(cli in words or any(cli == a + b for a, b in pairwise(words)))


def packages_of(path: Path, *, python: bool = False) -> Iterator[Package]:
    """Yield the packages that a program's file may belong to, the surest first; `python` where Python runs it."""
    resolved = Path(os.path.realpath(path))
    for place in dict.fromkeys((resolved, path)):
        yield from _by_path(place)
    if python:
        for place in dict.fromkeys((resolved, path)):
            yield from _of_python(place)
    yield from _of_node(resolved)


def _by_path(path: Path) -> Iterator[Package]:
    """Read `NAME/VERSION` or `NAME/versions/VERSION` off a path; the innermost first."""
    parts = path.parts
    for place in range(len(parts) - 1, 1, -1):
        if found := _VERSION.fullmatch(parts[place]):
            name = parts[place - 2] if parts[place - 1] in _SHELVES else parts[place - 1]
            yield Package(name, found[1])


def _of_node(path: Path) -> Iterator[Package]:
    """Read the nearest `package.json` that has a name and a version; one that only says `"type"` is passed over."""
    for folder in path.parents[:_LEVELS]:
        text, changed = read_metadata(folder / "package.json")
        if not text:
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict) and _named(document):
            bins = document.get("bin")
            commands = frozenset(bins) if isinstance(bins, dict) else frozenset[str]()
            yield Package(document["name"], document["version"], commands, changed)
            return


def _named(document: dict[str, object]) -> bool:
    return all(isinstance(document.get(key), str) and document[key] for key in ("name", "version"))


def _of_python(script: Path) -> Iterator[Package]:
    """Find the distribution that installed a console script, in the environment that the script lies in."""
    library = script.parent.parent / "lib"
    try:
        sites = [site for kind in ("site", "dist") for site in sorted(library.glob(f"python3*/{kind}-packages"))]
        found = [info for site in sites for info in sorted(site.glob("*.dist-info"))]
    except OSError:
        return
    for info in found:
        commands = _console_scripts(read_metadata(info / "entry_points.txt")[0])
        if script.name not in commands:
            continue
        text, changed = read_metadata(info / "METADATA")
        head = text.split("\n\n", 1)[0].splitlines()
        fields = {key: value.strip() for key, sign, value in (line.partition(":") for line in head) if sign}
        if fields.get("Name") and fields.get("Version"):
            yield Package(fields["Name"], fields["Version"], commands, changed)


def _console_scripts(text: str) -> frozenset[str]:
    section, found = "", set[str]()
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip()
        elif section == _SCRIPTS and "=" in line:
            found.add(line.partition("=")[0].strip())
    return frozenset(found)


def read_metadata(path: Path) -> tuple[str, float]:
    """Return a small regular file's text and when it was last changed; "" where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe of that name must not block
    except (OSError, ValueError):
        return "", 0.0
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > _LARGEST:
            return "", 0.0
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace"), facts.st_ctime
    except OSError:
        return "", 0.0
    finally:
        os.close(handle)
