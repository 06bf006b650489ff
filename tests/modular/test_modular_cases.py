"""The golden cases: a folder each, drawn or recorded here; what it shows, what is known besides, and what it means.

`tests/modular/cases/CLI/CASE/` holds `screen.ansi` (as `capture-pane -p -e` prints it) or `frames.json` (screens 0.3 s
apart), `question.json` (what else a line of `classify --jsonl` would say) and `expected.json` (what the answer holds).
Adding knowledge is adding a folder; a CLI without cases of its main states fails.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modular.classify import classify_question
from modular.rulebook.book import shipped
from modular.rulebook.file import ANY, SHELL, UNKNOWN
from understudy.screens import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder.parent for folder in CASES.glob("*/*/expected.json"))
MAIN_STATES = ("busy", "idle", "waiting_approval", "unsubmitted_input", "crashed")
OF_NO_CLI = {ANY, SHELL, UNKNOWN}


def question(folder: Path) -> dict[str, Any]:
    """The case as a line of `classify --jsonl`."""
    asked = {"id": folder.name, **json.loads((folder / "question.json").read_text())}
    if (folder / "frames.json").exists():
        return asked | {"frames": json.loads((folder / "frames.json").read_text())}
    return asked | {"screen_ansi": (folder / "screen.ansi").read_text()}


def lacking(cases: Path, agents: Iterable[str]) -> dict[str, set[str]]:
    """By CLI the main states of which there is no case."""
    lacks = {}
    for agent in set(agents) - OF_NO_CLI:
        shown = {json.loads(path.read_text())["state"] for path in (cases / agent).glob("*/expected.json")}
        if missing := set(MAIN_STATES) - shown:
            lacks[agent] = missing
    return lacks


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_the_case_means_what_it_says(folder: Path) -> None:
    answer = classify_question(question(folder))
    wanted = json.loads((folder / "expected.json").read_text())
    assert {key: answer[key] for key in wanted} == wanted


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_every_verdict_has_its_rule_and_shows_rows_of_the_screen(folder: Path) -> None:
    asked = question(folder)
    answer = classify_question(asked)
    screen = plain(asked.get("screen_ansi") or asked["frames"][-1]).split("\n")
    elsewhere = [asked.get("pane_title", ""), " ".join(asked.get("processes", ())), asked.get("pane_current_command")]
    assert answer["rule"]
    assert answer["lines"] or answer["rule"] in {"doubt", "start.blank", "process.dead"}
    assert set(answer["lines"]) <= {*screen, *elsewhere}


def test_every_cli_has_cases_of_its_main_states() -> None:
    assert lacking(CASES, shipped().agents) == {}
    assert set(shipped().agents) <= {folder.parent.name for folder in FOLDERS}


def test_a_cli_without_cases_of_a_main_state_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "cases"
    for agent in ("codex", "aider"):
        shutil.copytree(CASES / agent, copy / agent)
    assert lacking(copy, ["codex", "aider", "any"]) == {}
    for path in (copy / "aider").glob("*/expected.json"):
        if json.loads(path.read_text())["state"] == "waiting_approval":
            shutil.rmtree(path.parent)
    assert lacking(copy, ["codex", "aider"]) == {"aider": {"waiting_approval"}}
    assert lacking(copy, ["codex", "aider", "newcli"])["newcli"] == set(MAIN_STATES)


def test_every_cli_has_traps_what_only_looks_like_a_state() -> None:
    trapped = {folder.parent.name for folder in FOLDERS if folder.name.startswith("trap_")}
    assert set(shipped().agents) - OF_NO_CLI <= trapped


def test_every_state_has_cases_and_there_are_many() -> None:
    shown = {json.loads((folder / "expected.json").read_text())["state"] for folder in FOLDERS}
    assert len(shown) == 9
    assert len(FOLDERS) >= 150
