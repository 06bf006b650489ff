"""No message, help text or document names a command, or an option of one, that the program does not have."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import typer

from rollout.faces.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click import Command

ROOT = Path(__file__).parents[2]
PACKAGES = ("understudy", "tmuxio", "shadow", "modular", "legacy", "rollout")
TEXTS = ("README.md", "CHANGELOG.md", "docs")
NAMED = re.compile(r"(?:`|^\s*|\bwith: |\$ )understudy ([a-z][^`\n#|]*)", re.MULTILINE)
IN_TICKS = re.compile(r"`((?:diffs|flags|config|rules) [a-z][^`\n]*)`")
OPTION = re.compile(r"(?<![\w-])(--?[a-zA-Z][\w-]*)")


class Use(NamedTuple):
    """A command line in a text."""

    where: str
    words: str


def commands() -> Command:
    return typer.main.get_command(app)


def problem(words: str) -> str:
    """Say what a command line names that is not there; empty where all of it is."""
    command, rest = commands(), words.split()
    while rest and hasattr(command, "commands"):
        name = rest.pop(0).strip(".,;:)\"'")
        if name not in command.commands:
            return f"no command {name}" if re.fullmatch(r"[a-z-]+", name) else ""
        command = command.commands[name]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "''", " ".join(rest))
    wrong = [option for option in OPTION.findall(re.split(r" [&|<>;]+ ", text)[0]) if option not in known]
    return f"no option {', '.join(wrong)}" if wrong else ""


def texts() -> Iterator[tuple[str, str]]:
    """The literals of the packages, f-strings with a gap where a value stands, and the documents."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            inside = set[int]()
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    inside |= {id(part) for part in node.values}
                    parts = (one.value if isinstance(one, ast.Constant) else "VALUE" for one in node.values)
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", "".join(map(str, parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    for name in TEXTS:
        for path in sorted((ROOT / name).rglob("*.md")) if (ROOT / name).is_dir() else [ROOT / name]:
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def uses() -> Iterator[Use]:
    for where, text in texts():
        for found in (*NAMED.finditer(text), *IN_TICKS.finditer(text)):
            yield Use(where, found[1])


def test_every_command_that_a_text_names_is_there() -> None:
    found = list(uses())
    assert len(found) > 100
    wrong = [f"{one.where}: understudy {one.words}: {said}" for one in found if (said := problem(one.words))]
    assert wrong == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("status --json", ""),
        ("diffs list --open", ""),
        ("diffs open", "no command open"),
        ("celebrate", "no command celebrate"),
        ("pause --loudly --reason x", "no option --loudly"),
        ("pause --reason '--loudly'", ""),
    ],
)
def test_a_command_that_is_not_there_is_found(words: str, said: str) -> None:
    assert problem(words) == said
