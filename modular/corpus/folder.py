"""The corpus as a folder: every CLI's cases with their screens, and every fault in the files, each one sentence."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from modular.corpus.case import Case
from modular.corpus.cases_file import Table, parse_cases
from modular.corpus.screens_file import parse_screens

CASES_FILE: Final = "cases.toml"

Screens = Mapping[str, tuple[str, ...]]
"""By name one screen, or the frames of one."""


class CliCases(NamedTuple):
    """The cases of one CLI, or of all."""

    cases: tuple[Case, ...]
    faults: tuple[str, ...]
    """The faults of the files, a sentence each with the file's place; a faulty case is left out."""


class _Files(NamedTuple):
    """The contents of a CLI's folder before they are put together."""

    tables: tuple[Table, ...]
    faulty: frozenset[str] | None
    """As in `CasesFile`."""
    screens: Screens
    places: Mapping[str, str]
    """By the name of a screen the file that holds it."""
    faults: tuple[str, ...]


def read_corpus(corpus: Path) -> CliCases:
    """Read every CLI's cases; raises `OSError` where a file cannot be read."""
    folders = sorted(path for path in corpus.iterdir() if path.is_dir())
    every = {folder.name: _files(folder) for folder in folders}
    read = [_joined(cli, every) for cli in every]
    return CliCases(
        tuple(case for one in read for case in one.cases), tuple(fault for one in read for fault in one.faults)
    )


def read_cli(corpus: Path, cli: str) -> CliCases:
    """Read one CLI's cases; none where it has no folder yet. Raises `OSError` where a file cannot be read."""
    every = {cli: _files(corpus / cli)}
    for table in every[cli].tables:
        other, _, name = (table.screen or "").rpartition("/")
        if name and other and other not in every:
            every[other] = _files(corpus / other)
    return _joined(cli, every)


def read_screens(corpus: Path, cli: str) -> Screens:
    """Read the screens that a CLI's folder holds, by name. Raises `OSError` where a file cannot be read."""
    return _files(corpus / cli).screens


def _read_text(path: Path) -> str:
    """Read a file of the corpus as it is, carriage returns included."""
    return path.read_bytes().decode("utf-8")


def _files(folder: Path) -> _Files:
    cli, path = folder.name, folder / CASES_FILE
    screens: dict[str, tuple[str, ...]] = {}
    places: dict[str, str] = {}
    faults: list[str] = []
    parsed = parse_cases(cli, _read_text(path) if path.is_file() else "")
    faults += [f"{cli}/{CASES_FILE}: {fault}" for fault in parsed.faults]
    for file in sorted(folder.glob("*.ansi")):
        read = parse_screens(_read_text(file))
        faults += [f"{cli}/{file.name}: {fault}" for fault in read.faults]
        for name, frames in read.screens.items():
            if name in screens:
                faults.append(f"{cli}/{file.name}: the screen `{name}` stands in {places[name]} too: take one out")
            screens[name], places[name] = frames, file.name
    return _Files(parsed.tables, parsed.faulty, screens, places, tuple(faults))


def _joined(cli: str, every: Mapping[str, _Files]) -> CliCases:
    """Give each case its screen, and report what has no counterpart."""
    files = every[cli]
    cases, faults = [], list(files.faults)
    for table in files.tables:
        other, _, name = (table.screen or table.case.name).rpartition("/")
        held = every.get(other or cli)
        if held is None or name not in held.screens:
            faults.append(f"{cli}/{CASES_FILE}: [{table.case.name}]: {_no_screen(table)}")
        else:
            cases.append(table.case.with_screens(held.screens[name]))
    return CliCases(tuple(cases), (*faults, *_odd_screens(cli, files), *_stored_twice(cli, files)))


def _no_screen(table: Table) -> str:
    if table.screen is not None:
        return f"there is no screen `{table.screen}`: name a case that has one, or add the screen"
    return f"it has no screen: add it to {table.case.state.value}.ansi below a line `:::: {table.case.name} ::::`"


def _odd_screens(cli: str, files: _Files) -> Iterator[str]:
    """Yield a sentence for each screen that belongs to no case, or stands in the file of another state."""
    states = {table.case.name: table.case.state.value for table in files.tables if table.screen is None}
    if files.faulty is None:
        return
    for name, place in files.places.items():
        if name in files.faulty:
            continue
        if name not in states:
            yield f"{cli}/{place}: the screen `{name}` belongs to no case: add [{name}] to {CASES_FILE}, or take it out"
        elif place != f"{states[name]}.ansi":
            yield f"{cli}/{place}: the screen `{name}` shows the state {states[name]}: move it to {states[name]}.ansi"


def _stored_twice(cli: str, files: _Files) -> Iterator[str]:
    first: dict[tuple[str, ...], str] = {}
    for name, frames in files.screens.items():
        if (kept := first.setdefault(frames, name)) != name:
            yield f'{cli}/{files.places[name]}: `{name}` is the screen `{kept}`: write screen = "{kept}" instead'
