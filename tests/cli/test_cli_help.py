"""Help: quick, grouped, with examples."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import pytest

from rollout.faces.cli.app import VERBS as PACKAGE
from rollout.faces.cli.app import short_help
from rollout.faces.cli.overview import FAMILIES, GROUPS, OVERVIEW

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]

VERBS = [
    "demo",
    "run",
    "doctor",
    "config",
    "flags",
    "status",
    "why",
    "agents",
    "explain",
    "history",
    "diffs",
    "report",
    "promote",
    "rollback",
    "pause",
    "resume",
    "retry",
    "approve",
    "freeze",
    "unfreeze",
    "record",
    "replay",
    "classify",
    "schema",
]


def test_help_lists_every_verb_under_the_heading_of_its_group(understudy: Shell) -> None:
    said = understudy("--help").out
    assert all(f"\n{heading}:\n" in said for heading in GROUPS)
    assert not [verb for verb in VERBS if f"\n  {verb} " not in said]


def test_h_is_help(understudy: Shell) -> None:
    assert understudy("-h").out == understudy("--help").out


def test_help_stays_within_a_terminal_of_80_columns(understudy: Shell) -> None:
    assert max(len(line) for line in understudy("--help").out.splitlines()) <= 80


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_examples_and_takes_a_server(verb: str) -> None:
    from typer.main import get_command
    from typer.testing import CliRunner

    from rollout.faces.cli.app import app

    command = get_command(app).commands[verb]  # type: ignore[attr-defined]  # a group, as it has verbs
    verbs = getattr(command, "commands", {verb: command}).values()
    for one in verbs:
        names = {name for parameter in one.params for name in parameter.opts}
        assert {"--socket-name", "--socket-path"} <= names or verb == "demo"  # it brings its own
        assert "understudy " in (one.epilog or "")
    assert CliRunner().invoke(app, [verb, "--help"]).exit_code == 0


def every_verb() -> list[tuple[str, str]]:
    alone = [(name, text) for verbs in OVERVIEW.values() for name, text in verbs.items() if name not in FAMILIES]
    return alone + [(f"{family} {name}", text) for family, verbs in FAMILIES.items() for name, text in verbs.items()]


@pytest.mark.parametrize(("words", "text"), every_verb())
def test_the_overview_says_of_a_verb_what_its_own_help_says(words: str, text: str) -> None:
    from typer.main import get_command

    from rollout.faces.cli.app import app

    command = get_command(app)
    for name in words.split():
        command = command.commands[name]  # type: ignore[attr-defined]  # a group, as it has verbs
    assert command.get_short_help_str(limit=200) == short_help(text, 200)
    assert (command.help or "").startswith(text)


def test_the_overview_lists_the_modules_of_the_verbs_and_no_other() -> None:
    modules = {one.name for one in iter_modules(import_module(PACKAGE).__path__)}
    assert modules == {words.replace(" ", "_") for words, _ in every_verb()}


def test_nothing_imports_a_verb_but_the_application() -> None:
    root = Path(__file__).parents[2] / "rollout"
    assert [path.name for path in root.rglob("*.py") if PACKAGE in path.read_text("utf-8")] == ["app.py"]


def test_calling_a_verb_imports_its_module_alone() -> None:
    assert modules_after("diffs", "list", "--help") == ["diffs_list"]


def test_a_completion_of_verbs_imports_none() -> None:
    around = {"_UNDERSTUDY_COMPLETE": "complete_bash", "COMP_WORDS": "understudy ", "COMP_CWORD": "1"}
    assert modules_after(env=around) == []


def modules_after(*args: str, env: dict[str, str] | None = None) -> list[str]:
    """Return the modules of verbs that are there after a call, in an interpreter of its own."""
    code = (
        f"import sys, rollout.faces.cli as c; sys.argv[1:] = {list(args)!r}\ntry: c.main()\nexcept SystemExit: pass\n"
    )
    code += f"start = {PACKAGE + '.'!r}\n"
    code += "print(*(one.removeprefix(start) for one in sys.modules if one.startswith(start)), file=sys.stderr)"
    around = {**os.environ, **(env or {})}
    done = subprocess.run([sys.executable, "-c", code], env=around, capture_output=True, text=True, check=True)
    return done.stderr.split()


def test_a_mistyped_verb_is_answered_with_the_nearest_one(understudy: Shell) -> None:
    said = understudy("stauts")
    assert said.code == 2
    assert "Did you mean 'status'" in said.err


def test_python_m_rollout_is_the_same_program(understudy: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rollout", "--help"], env=understudy.env, capture_output=True, text=True, check=True
    )
    assert done.stdout == understudy("--help").out


def test_help_imports_nothing_that_only_a_verb_needs() -> None:
    code = "import sys, rollout.faces.cli as c; sys.argv[1:] = ['--help']\ntry: c.main()\nexcept SystemExit: pass\n"
    code += "heavy = {'pydantic', 'sqlalchemy', 'rich', 'libtmux', 'UnleashClient', 'deepdiff', 'psutil'}\n"
    code += "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_completion_offers_the_verbs(understudy: Shell) -> None:
    asked = {"_UNDERSTUDY_COMPLETE": "complete_bash", "COMP_WORDS": "understudy sta", "COMP_CWORD": "1"}
    assert "status" in understudy.real(env=asked).out.split()


def test_completion_can_be_installed(understudy: Shell) -> None:
    said = understudy("--install-completion", "bash")
    assert said.code == 0
    assert "understudy" in (understudy.folder / "home" / ".bashrc").read_text()
