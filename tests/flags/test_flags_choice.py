"""The source of the flags is a setting, and its tokens are secrets."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from rollout.loop.hosting.process import MonitorProcess
from tests.cli.rollouts import kept

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
NOWHERE = {"UNDERSTUDY_UNLEASH_URL": "http://127.0.0.1:9"}
SECRET = "default:production.very-secret"  # noqa: S105 - invented


@pytest.mark.parametrize("verb", [("flags", "show"), ("run", "--once"), ("unleash", "init")])
def test_a_server_without_its_token_is_a_sentence_that_says_how_to_give_it(
    understudy: Shell, verb: tuple[str, ...]
) -> None:
    said = understudy(*verb, env=NOWHERE)
    assert said.code == 78
    assert "UNDERSTUDY_UNLEASH_" in said.err
    assert "_token_file" in said.err


def test_without_a_token_one_may_look_pause_and_roll_back_and_not_promote(understudy: Shell, tmp_path: Path) -> None:
    ran = kept(understudy.state, tmp_path / "socket")
    assert understudy("status", "--json", env=NOWHERE).json["stage"] == "shadow"
    assert understudy("pause", "--reason", "looking", env=NOWHERE).code == 0
    assert understudy("resume", "--reason", "looked", env=NOWHERE).code == 0
    promoted = understudy("promote", "--yes", "--reason", "on", env=NOWHERE)
    assert promoted.code == 69
    assert "UNDERSTUDY_UNLEASH_ADMIN_TOKEN" in promoted.err
    rolled = understudy("rollback", "--reason", "back", env=NOWHERE)
    assert rolled.code == 0
    assert "used until a run corrects the flag" in rolled.err
    assert understudy("rollback", "--now", env=NOWHERE).code == 0
    assert (ran.folder.path / "rollback.json").exists()


def test_unleash_init_without_a_server_says_which_setting_names_one(understudy: Shell) -> None:
    said = understudy("unleash", "init")
    assert said.code == 78
    assert "set unleash_url" in said.err


@pytest.mark.parametrize("url", ["flags.internal", "ftp://flags", "http://", ""])
def test_an_address_that_is_none_is_named_with_its_place(understudy: Shell, url: str) -> None:
    understudy.write("understudy.toml", f'unleash_url = "{url}"\n')
    said = understudy("config")
    assert said.code == 78
    assert "./understudy.toml: unleash_url" in said.err


@pytest.mark.parametrize("name", ["unleash_token", "unleash_admin_token"])
def test_a_token_in_a_settings_file_is_refused_and_not_repeated(understudy: Shell, name: str) -> None:
    understudy.write("understudy.toml", f'{name} = "{SECRET}"\n')
    said = understudy("config")
    assert said.code == 78
    assert f"{name}_file" in said.err
    assert SECRET not in said.err


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_config_shows_that_a_token_is_there_and_never_which(understudy: Shell, form: tuple[str, ...]) -> None:
    env = NOWHERE | {"UNDERSTUDY_UNLEASH_TOKEN": SECRET, "UNDERSTUDY_UNLEASH_ADMIN_TOKEN": SECRET}
    said = understudy("config", *form, env=env)
    assert said.code == 0
    assert "**********" in said.out
    assert SECRET not in said.out + said.err


def test_a_token_may_lie_in_a_file_of_its_own(understudy: Shell) -> None:
    env = NOWHERE | {"UNDERSTUDY_UNLEASH_TOKEN_FILE": str(understudy.write("token", f"{SECRET}\n"))}
    said = understudy("flags", "show", env=env)
    assert said.code == 69  # no server listens there
    assert "refuses connections" in said.err
    assert "the incumbent owns every session" in said.err


@pytest.mark.parametrize("text", ["", "two tokens"])
def test_a_token_file_that_holds_no_token_is_a_sentence(understudy: Shell, text: str) -> None:
    env = NOWHERE | {"UNDERSTUDY_UNLEASH_TOKEN_FILE": str(understudy.write("token", text))}
    said = understudy("flags", "show", env=env)
    assert said.code == 78
    assert "does not hold one token" in said.err


def test_a_token_file_that_is_not_there_is_a_sentence(understudy: Shell) -> None:
    said = understudy("flags", "show", env=NOWHERE | {"UNDERSTUDY_UNLEASH_TOKEN_FILE": "/nowhere/token"})
    assert said.code == 78
    assert "/nowhere/token" in said.err


def test_a_monitors_process_is_not_told_the_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UNDERSTUDY_UNLEASH_TOKEN", "UNDERSTUDY_UNLEASH_ADMIN_TOKEN"):
        monkeypatch.setenv(name, SECRET)
    seen = tmp_path / "seen"
    code = f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ))); open({str(seen) + '.done'!r}, 'w')"
    process = MonitorProcess([sys.executable, "-c", code], tmp_path / "log", 1 << 20, {})
    try:
        while not seen.with_name("seen.done").exists():
            time.sleep(0.01)
    finally:
        process.end()
    assert SECRET not in seen.read_text()
