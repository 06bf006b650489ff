"""Settings: which source wins, and what is said about a bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.shell import Said, Shell

pytest_plugins = ["tests.cli.shell"]


def setting(said: Said, name: str) -> tuple[object, str]:
    assert said.code == 0, said.err
    row = next(row for row in said.json["settings"] if row["name"] == name)
    return row["value"], row["source"]


def test_flags_beat_environment_beats_project_beats_user_beats_default(understudy: Shell) -> None:
    def socket(*flags: str, env: str | None = None) -> tuple[object, str]:
        asked = {"UNDERSTUDY_SOCKET_NAME": env} if env else {}
        return setting(understudy("config", "--json", *flags, env=asked), "socket_name")

    assert socket() == (None, "default")
    understudy.write("home/.config/understudy/config.toml", 'socket_name = "user"')
    assert socket() == ("user", "user")
    understudy.write("understudy.toml", 'socket_name = "project"')
    assert socket() == ("project", "project")
    assert socket(env="environment") == ("environment", "environment")
    assert socket("--socket-name", "flag", env="environment") == ("flag", "flag")


def test_naming_a_server_one_way_overrules_a_weaker_source_that_names_it_the_other_way(understudy: Shell) -> None:
    understudy.write("understudy.toml", 'socket_path = "/tmp/elsewhere"')
    said = understudy("config", "--json", "--socket-name", "work")
    assert setting(said, "socket_name") == ("work", "flag")
    assert setting(said, "socket_path") == (None, "default")


def test_config_shows_people_each_value_with_its_place(understudy: Shell) -> None:
    understudy.write("understudy.toml", "interval_s = 3")
    said = understudy("config")
    assert "3 s" in said.out
    assert "./understudy.toml: interval_s" in said.out
    assert str(understudy.state) in said.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("intervall_s = 3", "./understudy.toml: intervall_s is no setting: did you mean interval_s?"),
        ("colour = 3", "./understudy.toml: colour is no setting: `understudy config` lists them"),
        ("interval_s = -1", "./understudy.toml: interval_s should be greater than 0"),
        ("interval_s = nan", "./understudy.toml: interval_s should be"),
        ('act = "perhaps"', "./understudy.toml: act should be a valid boolean"),
        ("interval_s = ", "understudy.toml cannot be read"),
        ('state_dir = "/x"', "set UNDERSTUDY_STATE_DIR instead"),
        ('socket_name = "a"\nsocket_path = "/b"', "names the tmux server twice"),
    ],
)
def test_a_bad_settings_file_is_named_with_key_and_remedy(understudy: Shell, text: str, says: str) -> None:
    understudy.write("understudy.toml", text)
    said = understudy("config")
    assert (said.code, said.out) == (78, "")
    assert says in said.err


def test_all_faults_are_said_at_once(understudy: Shell) -> None:
    understudy.write("understudy.toml", "interval_s = 0\ndeadline_s = 0")
    assert len(understudy("config").err.splitlines()) == 2


def test_a_settings_file_that_is_no_text_is_a_sentence(understudy: Shell) -> None:
    (understudy.folder / "understudy.toml").write_bytes(b"\xff\xfe\x00")
    assert understudy("config").code == 78


def test_an_unknown_variable_is_an_error_with_a_suggestion(understudy: Shell) -> None:
    said = understudy("config", env={"UNDERSTUDY_INTERVAL": "3"})
    assert said.code == 78
    assert "UNDERSTUDY_INTERVAL is no setting: did you mean UNDERSTUDY_INTERVAL_S?" in said.err


def test_a_bad_variable_is_named(understudy: Shell) -> None:
    said = understudy("config", env={"UNDERSTUDY_DEADLINE_S": "soon"})
    assert said.code == 78
    assert "UNDERSTUDY_DEADLINE_S should be a valid number" in said.err


def test_the_state_folder_is_where_xdg_says_and_a_variable_of_ours_comes_first(understudy: Shell) -> None:
    place = str(understudy.folder / "elsewhere")
    assert setting(understudy("config", "--json"), "state_dir") == (str(understudy.state), "default")
    xdg = {"XDG_STATE_HOME": place}
    assert setting(understudy("config", "--json", env=xdg), "state_dir") == (f"{place}/understudy", "environment")
    ours = xdg | {"UNDERSTUDY_STATE_DIR": "/own"}
    assert setting(understudy("config", "--json", env=ours), "state_dir") == ("/own", "environment")
