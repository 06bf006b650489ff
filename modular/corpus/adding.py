"""A new case joins the corpus: its table and its screen are added at the ends of their files."""

from pathlib import Path

from modular.corpus.case import NAME, BadCase, Case, same_question
from modular.corpus.cases_file import format_case
from modular.corpus.folder import CASES_FILE, read_cli, read_screens
from modular.corpus.screens_file import format_screen


class CaseExists(BadCase):
    """The corpus has a case of this name, or one that shows the same; the text names it."""


def add_case(corpus: Path, case: Case) -> Path:
    """Write a case into its CLI's folder, which is made where there is none; returns the path of its `cases.toml`.

    A screen that the CLI has already is not written again. Raises `CaseExists` where the case is not new, and `BadCase`
    where it cannot be written or the CLI's files are faulty.
    """
    folder = corpus / case.cli
    if NAME.fullmatch(case.cli) is None:
        raise BadCase(f"`{case.cli}` is no name of a CLI: take lower-case letters, digits and underscores")
    if not case.screens:
        raise BadCase(f"{case.id} has no screen: a case shows at least one")
    known = read_cli(corpus, case.cli)
    if known.faults:
        raise BadCase("\n".join(known.faults))
    for other in known.cases:
        if other.name == case.name:
            raise CaseExists(f"there is a case {other.id} already: choose another name")
        if same_question(other, case):
            raise CaseExists(f"{other.id} shows the same, and is {other.state.value}: one case of it is enough")
    kept = read_screens(corpus, case.cli)
    shared = next((name for name, frames in kept.items() if frames == case.screens), None)
    table = format_case(case, shared)
    screen = "" if shared else format_screen(case.name, case.screens)
    folder.mkdir(parents=True, exist_ok=True)
    if screen:
        _append(folder / f"{case.state.value}.ansi", screen)
    path = folder / CASES_FILE
    _append(path, f"\n{table}" if path.is_file() else table)
    return path


def _append(path: Path, text: str) -> None:
    with path.open("ab") as file:
        file.write(text.encode("utf-8"))
