"""Rules of one's own as the page on them says, from the file to the answer; and where a broken one is said."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
SETTING = 'rules = "rules"\n'


def example(name: str) -> str:
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1].strip()


def with_rules(understudy: Shell, *names: str) -> None:
    (understudy.folder / "rules").mkdir()
    understudy.write("understudy.toml", SETTING)
    for name in names:
        understudy.write(name, example(name))


def test_the_pages_own_cli_is_read_as_the_page_says(understudy: Shell) -> None:
    with_rules(understudy, "rules/digger.toml")
    program, *call = shlex.split(block("run").partition(" < ")[0])
    assert program == "understudy"
    said = understudy(*call, stdin=example("screens.jsonl"))
    wanted = [json.loads(line) for line in block("answers").splitlines()]
    assert [{key: answer[key] for key in ("id", "state", "rule")} for answer in said.lines] == wanted
    assert said.err == ""


def test_a_broken_file_is_said_as_the_page_says_and_the_other_works(understudy: Shell) -> None:
    with_rules(understudy, "rules/digger.toml", "rules/broken.toml")
    said = understudy("classify", stdin=example("screens.jsonl").splitlines()[0])
    assert said.err.replace(f"{understudy.folder}/", "").strip() == block("says")
    assert said.lines[0]["rule"] == "digger.busy.shovel"


def test_the_doctor_finds_a_broken_file(understudy: Shell) -> None:
    with_rules(understudy, "rules/broken.toml")
    said = understudy("doctor", "--json")
    found = [check for check in said.json["checks"] if check["check"] == "rules"]
    assert [check["verdict"] for check in found] == ["broken", "broken"]
    assert "rules/broken.toml, line 5" in found[0]["says"]
    assert found[0]["remedy"].startswith("write one of busy")


def test_the_doctor_names_the_files_in_force(understudy: Shell) -> None:
    with_rules(understudy, "rules/digger.toml")
    assert f"those that ship, 1 files of your own in {understudy.folder}/rules" in understudy("doctor").out


def test_a_folder_that_is_named_and_not_there_is_a_setting_that_is_not_valid(understudy: Shell) -> None:
    understudy.write("understudy.toml", SETTING)
    for verb in ("classify", "run"):
        said = understudy(verb, stdin='{"id": 1, "screen": ""}')
        assert said.code in {69, 78}, said.err
    assert understudy("classify").code == 78
    assert "there is no folder" in understudy("doctor").out


def test_the_users_own_folder_counts_where_no_other_is_named(understudy: Shell) -> None:
    home = Path(understudy.env["XDG_CONFIG_HOME"]) if "XDG_CONFIG_HOME" in understudy.env else None
    folder = (home or Path(understudy.env["HOME"]) / ".config") / "understudy" / "rules"
    folder.mkdir(parents=True)
    (folder / "digger.toml").write_text(example("rules/digger.toml"))
    said = understudy("classify", stdin=example("screens.jsonl").splitlines()[0])
    assert said.lines[0]["rule"] == "digger.busy.shovel"


def test_every_key_and_every_region_is_on_the_page(understudy: Shell) -> None:
    schema = understudy("schema", "rules", "--json").json
    regions = set(schema["$defs"]["Rule"]["properties"]["region"]["enum"])
    table = PAGE[PAGE.index("| region | is |") :].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z_]+)`", "".join(row.split("|")[1] for row in table.splitlines()))) >= regions
    for key in schema["properties"].keys() - {"rule", "composer"}:
        assert re.search(rf"`?\b{key}\b", PAGE), key


@pytest.mark.usefixtures("tmux_server")
def test_a_run_names_the_broken_file_in_the_report_of_the_monitor_that_reads_it(
    understudy: Shell, tmux_server: TmuxServer
) -> None:
    with_rules(understudy, "rules/broken.toml")
    tmux_server.new_window("exec cat", name="claude-still")
    server = ["--socket-path", str(tmux_server.socket_path)]
    said = understudy("run", "--once", "--json", *server)
    assert said.code == 0, said.err
    problems = said.json["reports"]["modular"]["problems"]
    assert {problem["kind"] for problem in problems} == {"rules_unusable"}
    assert "line 5" in problems[0]["text"]
    for verb in ("why", "agents", "doctor"):
        told = understudy(verb, *server)
        assert "line 5" in told.out + told.err, verb
