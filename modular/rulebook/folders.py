"""The operator's rules: folders of rule files, laid over those that ship with the engine.

A file that cannot be used is named with its line and its remedy, and the rest works as if it were not there.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final

from modular.edited import signature
from modular.rulebook.book import RuleBook, compile_book, shipped, shipped_files, without_ancestor
from modular.rulebook.faults import BadRules, RuleFault, line_of
from modular.rulebook.file import RuleFile, laid_over, parse


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """The rules in force, and the faults of files that are not."""

    book: RuleBook
    faults: tuple[RuleFault, ...] = ()
    digest: str = ""
    """Hash of the files over the shipped rules, in 8 hexadecimal digits; empty where there are none."""
    files: Mapping[Path, RuleFile] = field(default_factory=dict)
    """Every file that is in force, as it was read."""


FOLDERS_VARIABLE: Final = "UNDERSTUDY_RULES"
"""The folders in which a monitor's process looks for rules, as PATH names its own."""


def folders_of(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Name the folders that an environment names; none where it names none."""
    named = environment.get(FOLDERS_VARIABLE, "")
    return tuple(Path(part).expanduser() for part in named.split(os.pathsep) if part)


def load(folders: Sequence[Path], before: Mapping[Path, RuleFile] | None = None) -> LoadedRules:
    """Read every `*.toml` of these folders, one folder laid over the other, and all of them over the shipped rules.

    `before` holds files as they were when they could last be used: one that cannot be used now stays in force so. A
    folder that is not there has no files. Never raises for a fault in a file.
    """
    book = {file.agent: file for file in shipped_files()}
    faults: list[RuleFault] = []
    files: dict[Path, RuleFile] = {}
    for folder in folders:
        taken: dict[str, Path] = {}
        for path in _paths(folder):
            text = _text(path, faults)
            file = _file(path, text, before or {}, faults)
            if file is None:
                continue
            clash = _clash(path, text or "", file, taken)
            if clash is None and (says := without_ancestor(file, book)) is not None:
                clash = RuleFault(str(path), line_of(text or "", ("like",)), says, "name another")
            if clash is not None:
                faults.append(clash)
                continue
            taken |= dict.fromkeys((f"agent {file.agent}", *(f"command {name}" for name in file.processes)), path)
            faults += _unknown_ids(path, text or "", file, book.get(file.agent))
            _lay(book, file)
            files[path] = file
    if not files:
        return LoadedRules(shipped(), tuple(faults))
    content = "\n".join(file.model_dump_json() for file in files.values())
    digest = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return LoadedRules(compile_book(book[agent] for agent in sorted(book)), tuple(faults), digest, files)


class RuleRegistry:
    """The rules of some folders, read anew when a file there has changed."""

    def __init__(self, folders: Sequence[Path] = (), *, fixed: RuleBook | None = None) -> None:
        """Read the folders; with `fixed` that book stays in force for good."""
        self._folders = () if fixed is not None else tuple(folders)
        self._signature = signature(_all(self._folders))
        self._loaded = load(self._folders) if fixed is None else LoadedRules(fixed)

    @property
    def book(self) -> RuleBook:
        """The rules in force."""
        return self._loaded.book

    @property
    def faults(self) -> tuple[RuleFault, ...]:
        """Return the faults of files in these folders."""
        return self._loaded.faults

    @property
    def digest(self) -> str:
        """Return the hash of the files over the shipped rules; empty where there are none."""
        return self._loaded.digest

    def refresh(self) -> bool:
        """Read everything anew where a file was written, came or went; return whether other rules are in force now."""
        now = signature(_all(self._folders))
        if now == self._signature:
            return False
        before, self._signature = self._loaded, now
        self._loaded = load(self._folders, before.files)
        return self._loaded.digest != before.digest


def _text(path: Path, faults: list[RuleFault]) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        says = f"it cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        says = "it is not UTF-8"
    faults.append(RuleFault(str(path), None, says, "correct or remove it"))
    return None


def _file(path: Path, text: str | None, before: Mapping[Path, RuleFile], faults: list[RuleFault]) -> RuleFile | None:
    if text is not None:
        try:
            return parse(str(path), text)
        except BadRules as bad:
            faults += bad.faults
    return before.get(path)


def _clash(path: Path, text: str, file: RuleFile, taken: Mapping[str, Path]) -> RuleFault | None:
    """Return the faults of two files of one folder for the same CLI or command."""
    if (other := taken.get(f"agent {file.agent}")) is not None:
        says = f"{other.name} in the same folder is for {file.agent!r} too"
        return RuleFault(str(path), line_of(text, ("agent",)), says, "make one file of both")
    for name in file.processes:
        if (other := taken.get(f"command {name}")) is not None:
            says = f"{other.name} in the same folder claims the command {name!r} too"
            return RuleFault(str(path), line_of(text, ("processes", 0), name), says, "let one have it")
    return None


def _lay(book: dict[str, RuleFile], file: RuleFile) -> None:
    """Lay one file over the book; a command that it claims no longer belongs to another CLI."""
    for agent, other in book.items():
        if agent != file.agent and not set(file.processes).isdisjoint(other.processes):
            left = tuple(name for name in other.processes if name not in file.processes)
            book[agent] = other.model_copy(update={"processes": left})
    book[file.agent] = laid_over(book.get(file.agent), file)


def _unknown_ids(path: Path, text: str, file: RuleFile, below: RuleFile | None) -> Iterable[RuleFault]:
    known = {rule.id for rule in below.rule} if below is not None else set()
    for name in file.without:
        if name not in known:
            line = line_of(text, ("without", 0), name)
            yield RuleFault(str(path), line, f"there is no rule {name} to leave out", "remove it from `without`")


def _paths(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError:
        return []


def _all(folders: Sequence[Path]) -> list[Path]:
    return [path for folder in folders for path in _paths(folder)]
