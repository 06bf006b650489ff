"""Plugins: checked when they are registered, left out by name when they fail, read anew when they are edited."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from modular.intents.wording import NoticeFacts
from modular.plugins.registry import PluginRegistry
from understudy import AgentState, Notice

if TYPE_CHECKING:
    from pathlib import Path

FACTS = NoticeFacts(
    Notice.IDLE, "%1", "team", "claude-qa", "claude", AgentState.IDLE, minutes=1, sentence="qa is idle."
)

TELLS = """
@hookimpl
def understudy_notice_text(facts):
    return "{says}"
"""


def write(folder: Path, name: str, body: str = "", *, head: str | None = None, **said: object) -> None:
    """Put a plugin into a folder: what it says of itself, then its hooks."""
    fields = ", ".join(f"{key}={value!r}" for key, value in {"name": name, "version": "1.0", **said}.items())
    if head is None:
        head = f"from modular.plugins import Plan, Plugin, hookimpl\nPLUGIN = Plugin({fields})\n"
    path = folder / f"{name.replace('-', '_')}.py"
    path.write_text(head + body, encoding="utf-8")
    path.chmod(0o600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plugins"
    folder.mkdir(mode=0o700)
    return folder


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in PluginRegistry([folder], offered=()).loaded.faults]


def test_a_plugin_in_the_folder_words_notices(folder: Path) -> None:
    write(folder, "polite", TELLS.format(says="please see to qa"))
    assert PluginRegistry([folder], offered=()).text(FACTS) == "please see to qa"


def test_a_package_offers_one_by_an_entry_point(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "installed", TELLS.format(says="from a package"))
    monkeypatch.syspath_prepend(str(folder))
    registry = PluginRegistry(offered=[EntryPoint("installed", "installed", "understudy.plugins")])
    assert (list(registry.loaded.plugins), registry.text(FACTS)) == (["installed"], "from a package")
    sys.modules.pop("installed")


@pytest.mark.parametrize(
    ("plugin", "sentence"),
    [
        ({"head": "import nothing_of_that_name\n"}, "No module named 'nothing_of_that_name': repair it, or remove it"),
        ({"head": "raise SystemExit(3)\n"}, "SystemExit: 3: repair it, or remove it"),
        ({"head": "x = 1\n"}, "it has no description: add PLUGIN = Plugin("),
        ({"version": "one"}, "its version 'one' is none: write numbers with dots between them"),
        (
            {"api": 9},
            "it is written for version 9 of the hooks, and this build has 1: install a release of it for version 1",
        ),
        ({"requires": ("another",)}, "it requires another, which is not there: install another"),
        ({"requires": ("Another One",)}, "it requires 'Another One', which names nothing"),
        (
            {"body": "@hookimpl\ndef understudy_strategy():\n    return []\n"},
            "implement the hooks as modular.plugins.Hooks says",
        ),
        (
            {"body": "@hookimpl\ndef understudy_notice_text(agent):\n    return None\n"},
            "implement the hooks as modular.plugins.Hooks says",
        ),
        (
            {"body": "@hookimpl\ndef understudy_notice_text(facts):\n    return 7\n"},
            "understudy_notice_text answered 7: answer one line of text, or None",
        ),
        (
            {"body": "@hookimpl\ndef understudy_strategies():\n    return 'priority'\n"},
            "understudy_strategies answered 'priority': answer a list",
        ),
        (
            {
                "body": "class S:\n    name, learns = 'mine', False\n    def plan(self, watched, now, budget):\n"
                "        return Plan(())\n@hookimpl\ndef understudy_strategies():\n    return [S()]\n"
            },
            "put every agent into one batch, or let it wait",
        ),
        (
            {
                "body": "class S:\n    name, learns = 'priority', False\n    def plan(self, watched, now, budget):\n"
                "        return Plan((), tuple(a.pane for a in watched))\n"
                "@hookimpl\ndef understudy_strategies():\n    return [S()]\n"
            },
            "there is a strategy priority already: give its own another name",
        ),
        (
            {"body": "@hookimpl\ndef understudy_rule_packs():\n    return ['/nowhere/rules']\n"},
            "its rule folder /nowhere/rules is not a folder: install the plugin with its data files",
        ),
    ],
)
def test_what_is_wrong_with_a_plugin_is_one_sentence_with_its_name_and_the_remedy(
    folder: Path, plugin: dict[str, object], sentence: str
) -> None:
    write(folder, "wrong", **plugin)  # type: ignore[arg-type]  # the fields of each case
    write(folder, "right", TELLS.format(says="still here"))
    (said,) = faults(folder)
    assert "wrong" in said.partition(": ")[0]
    assert sentence in said
    assert PluginRegistry([folder], offered=()).text(FACTS) == "still here"


def test_a_file_that_others_may_write_to_is_not_run(folder: Path) -> None:
    write(folder, "open", f"open({str(folder / 'ran')!r}, 'w')\n")
    (folder / "open.py").chmod(0o666)
    (said,) = faults(folder)
    assert "can be written by other users, and would run with your rights: chown it to yourself and chmod go-w" in said
    assert not (folder / "ran").exists()


def test_a_plugin_comes_behind_what_it_requires_and_falls_with_it(folder: Path) -> None:
    write(folder, "a-first", requires=("z-last>=1.2",))
    write(folder, "z-last", version="1.2")
    assert list(PluginRegistry([folder], offered=()).loaded.plugins) == ["z-last", "a-first"]
    write(folder, "z-last", version="1.1")
    assert faults(folder) == ["plugin a-first: it requires z-last>=1.2, and there is 1.1: install a newer z-last"]
    write(folder, "z-last", "raise RuntimeError('broken')\n", version="1.2")
    assert [said.partition(" (")[0] for said in faults(folder)] == [
        f"plugin {folder / 'z_last.py'}: RuntimeError: broken: repair it, or remove it",
        "plugin a-first: it requires z-last, which is not there: install z-last",
    ]
    write(folder, "z-last", "@hookimpl\ndef understudy_no_such_hook():\n    pass\n", version="1.2")
    assert "plugin a-first: it requires z-last, which is left out: mend z-last" in faults(folder)


def test_plugins_are_in_order_of_their_names_where_none_requires_another(folder: Path) -> None:
    for name in ("c-third", "a-first", "d-last"):
        write(folder, name)
    write(folder, "b-second", requires=("a-first",))
    assert list(PluginRegistry([folder], offered=()).loaded.plugins) == ["a-first", "b-second", "c-third", "d-last"]


def test_a_version_with_fewer_zeros_is_not_older(folder: Path) -> None:
    write(folder, "first", version="2.0")
    write(folder, "second", requires=("first>=2.0.0",))
    assert faults(folder) == []


def test_plugins_that_require_each_other_in_a_circle_are_left_out(folder: Path) -> None:
    write(folder, "hen", requires=("egg",))
    write(folder, "egg", requires=("hen",))
    assert [said.partition(": ")[2] for said in faults(folder)] == [
        "it requires itself, by way of egg, hen: remove the requirement from one of them"
    ] * 2


def test_two_plugins_of_one_name_are_not_both_in_force(folder: Path) -> None:
    write(folder, "twin", TELLS.format(says="one"))
    (folder / "twin_too.py").write_text((folder / "twin.py").read_text().replace('"one"', '"two"'))
    (folder / "twin_too.py").chmod(0o600)
    (said,) = faults(folder)
    assert said.startswith("plugin twin: another plugin has its name, and this one lies in")


def test_a_file_that_was_edited_is_in_force_after_the_next_refresh(folder: Path) -> None:
    write(folder, "edited", TELLS.format(says="before"))
    registry = PluginRegistry([folder], offered=())
    assert not registry.refresh()
    before = registry.loaded.digest
    write(folder, "edited", TELLS.format(says="after"), version="1.1")
    os.utime(folder / "edited.py", ns=(1, 1))  # not by its age: by its being another
    assert registry.refresh()
    assert (registry.text(FACTS), registry.loaded.digest != before) == ("after", True)
    (folder / "edited.py").unlink()
    assert registry.refresh()
    assert (registry.text(FACTS), registry.loaded.digest) == (None, "")


def test_one_that_fails_at_work_is_left_out_and_the_next_one_words_the_notice(folder: Path) -> None:
    once = "    return None if not calls.append(1) and len(calls) < 2 else 1 / 0\n"
    write(folder, "fails", f"calls = []\n@hookimpl\ndef understudy_notice_text(facts):\n{once}")
    write(folder, "b-works", TELLS.format(says="from the other"))
    registry = PluginRegistry([folder], offered=())
    assert registry.loaded.faults == ()
    assert [registry.text(FACTS), registry.text(FACTS)] == ["from the other"] * 2
    (fault,) = registry.loaded.faults
    assert str(fault) == "plugin fails: ZeroDivisionError: division by zero: repair it, or remove it"
    assert list(registry.loaded.plugins) == ["b-works"]
