"""Errors: one sentence, one exit code, never a traceback unless asked for."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.faces.cli import errors
from rollout.faces.cli.exits import Exit, Stop
from rollout.store import shared_folder

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


@pytest.mark.parametrize("name", list(errors._CODES))
def test_every_class_in_the_table_of_exit_codes_exists(name: str) -> None:
    module, _, cls = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), cls), Exception)


def test_exit_codes_are_those_that_scripts_rely_on() -> None:
    assert [int(code) for code in Exit] == [0, 1, 2, 3, 4, 5, 6, 69, 74, 75, 78, 130]


def test_a_subclass_ends_as_its_base_does() -> None:
    from tmuxio.server.errors import NoServer

    assert errors.explain(NoServer(Path("/nowhere/s"))) is Exit.UNAVAILABLE


def test_a_stop_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.explain(Stop(Exit.CONFLICT, "another process was quicker: look again")) is Exit.CONFLICT
    assert capsys.readouterr().err == "understudy: another process was quicker: look again\n"


def test_an_unforeseen_error_is_a_sentence_that_says_how_to_see_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNDERSTUDY_DEBUG", raising=False)
    assert errors.explain(KeyError("x")) is Exit.INTERNAL
    said = capsys.readouterr().err
    assert "this is a defect: KeyError" in said
    assert "UNDERSTUDY_DEBUG=1" in said
    assert "Traceback" not in said


def test_debugging_shows_where(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_DEBUG", "1")
    with pytest.raises(KeyError) as caught:
        {}["x"]
    errors.explain(caught.value)
    assert "Traceback" in capsys.readouterr().err


def test_a_state_folder_that_cannot_be_written_is_a_sentence(
    understudy: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = understudy.write("a-file", "")
    monkeypatch.setattr(shared_folder, "BASES", ())
    said = understudy("freeze", env={"UNDERSTUDY_STATE_DIR": str(blocked / "in-a-file")})
    assert said.code == 74
    assert "in-a-file" in said.err
    assert "defect" not in said.err


def test_a_reader_that_goes_away_is_no_error(understudy: Shell) -> None:
    import subprocess

    from tests.cli.shell import PROGRAM

    done = subprocess.run(
        ["sh", "-c", f"{PROGRAM} schema cycle-report | head -c 1"], env=understudy.env, capture_output=True, check=True
    )
    assert b"Traceback" not in done.stderr
    assert b"defect" not in done.stderr
