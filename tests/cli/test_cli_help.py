"""Help: quick, grouped, with examples."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from rollout.faces.cli.app import GROUPS

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

    from rollout.faces.cli import build, decide, diffs, emergency, look, start  # noqa: F401 - registers the verbs
    from rollout.faces.cli.app import app

    command = get_command(app).commands[verb]  # type: ignore[attr-defined]  # a group, as it has verbs
    verbs = getattr(command, "commands", {verb: command}).values()
    for one in verbs:
        names = {name for parameter in one.params for name in parameter.opts}
        assert {"--socket-name", "--socket-path"} <= names or verb == "demo"  # it brings its own
        assert "understudy " in (one.epilog or "")
    assert CliRunner().invoke(app, [verb, "--help"]).exit_code == 0


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
