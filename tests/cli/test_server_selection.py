"""The server of a call: by its options, else by the settings, else the one last run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.store.server_selection import ServerSelection
from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("UNDERSTUDY_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def test_the_options_go_before_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_SOCKET_PATH", "/by/settings")
    assert ServerSelection(path=Path("/by/option")).address.socket_path == Path("/by/option")
    assert ServerSelection().address.socket_path == Path("/by/settings")


def test_without_any_name_the_folder_is_that_of_the_server_last_run(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state").prepare(tmp_path / "s")
    assert ServerSelection().folder == folder
    assert ServerSelection(path=tmp_path / "other").folder != folder


def test_what_the_options_name_is_found_while_the_settings_are_broken(tmp_path: Path) -> None:
    (tmp_path / "understudy.toml").write_text("= broken")
    named = ServerSelection(path=tmp_path / "s").named_folder
    assert named == StateFolder(tmp_path / "state").of_server(tmp_path / "s")
    assert ServerSelection().named_folder is None


@pytest.mark.parametrize(
    ("selection", "options"),
    [
        (ServerSelection(), ()),
        (ServerSelection("work"), ("--socket-name", "work")),
        (ServerSelection(path=Path("/by/path")), ("--socket-path", "/by/path")),
    ],
)
def test_a_selection_is_given_on_as_options(selection: ServerSelection, options: tuple[str, ...]) -> None:
    assert selection.options == options


@pytest.mark.parametrize("verb", ["freeze", "status", "doctor"])
def test_a_server_is_named_by_one_option_or_the_other(understudy: Shell, verb: str) -> None:
    said = understudy(verb, "-L", "work", "-S", "/by/path")
    assert (said.code, said.err) == (
        2,
        "understudy: a server is named by --socket-name or by --socket-path, not by both\n",
    )
