"""Rules of one's own: folders laid over what ships, broken files beside good ones, edits while the engine runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fleet import pane
from hypothesis import given
from hypothesis import strategies as st

from modular.reading.classifier import classify
from modular.rulebook.book import shipped
from modular.rulebook.faults import line_of
from modular.rulebook.folders import RuleRegistry, folders_of, load

OWN = """
agent = "digger"
processes = ["digger"]

[[rule]]
id = "digger.busy.word"
state = "busy"
region = "bottom"
lines = 1
any = ['^digging$']
"""
BROKEN = OWN.replace("digger", "broken").replace('"busy"', '"bored"')


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    return folder


def says(book: object, screen: str, *processes: str) -> tuple[str, str]:
    reading = classify([pane("%1", screen, processes=processes)], book=book)
    return reading.state.value, reading.rule


def test_without_files_of_ones_own_the_rules_are_those_that_ship(tmp_path: Path) -> None:
    for folders in ([], [tmp_path], [tmp_path / "missing"]):
        assert (load(folders).book, load(folders).faults, load(folders).digest) == (shipped(), (), "")


def test_a_file_of_ones_own_adds_a_cli(tmp_path: Path) -> None:
    own = load([written(tmp_path, digger=OWN)])
    assert says(own.book, "> dig\ndigging\n", "bash", "digger") == ("busy", "digger.busy.word")
    assert says(shipped(), "> dig\ndigging\n", "bash", "digger")[0] == "unknown"


@pytest.mark.parametrize("text", [BROKEN, "agent = ", "", "\x00", "agent = 'digger'\nagent = 'digger'"])
def test_a_broken_file_leaves_the_others_working(tmp_path: Path, text: str) -> None:
    own = load([written(tmp_path, digger=OWN, abroken=text)])
    assert {fault.file for fault in own.faults} == {str(tmp_path / "abroken.toml")}
    assert says(own.book, "digging\n", "digger")[0] == "busy"
    assert set(own.book.agents) == {*shipped().agents, "digger"}


def test_a_file_that_cannot_be_read_is_a_fault_and_no_failure(tmp_path: Path) -> None:
    (written(tmp_path, digger=OWN) / "folder.toml").mkdir()
    (tmp_path / "latin.toml").write_bytes(b"agent = 'gr\xfcn'")
    own = load([tmp_path])
    assert [fault.says for fault in own.faults] == ["it cannot be read (Is a directory)", "it is not UTF-8"]
    assert "digger" in own.book.agents


def test_a_rule_of_the_same_id_is_replaced_and_the_others_of_its_cli_stay(tmp_path: Path) -> None:
    changed = """
agent = "claude"
[[rule]]
id = "claude.busy.hint"
state = "error"
region = "bottom"
any = ['^a new error$']
"""
    own, before = load([written(tmp_path, claude=changed)]).book.of("claude"), shipped().of("claude")
    ids = {rule.rule.id: rule.rule for rule in (*own.looks.over_draft, *own.looks.over_empty, *own.looks.rest)}
    assert ids["claude.busy.hint"].state == "error"
    assert set(ids) == {
        rule.rule.id for rule in (*before.looks.over_draft, *before.looks.over_empty, *before.looks.rest)
    }
    assert own.processes == before.processes
    assert len(own.looks.composers) == len(before.looks.composers)


def test_a_rule_can_be_left_out_and_one_that_is_not_there_is_a_fault_with_its_line(tmp_path: Path) -> None:
    without = 'agent = "claude"\nwithout = [\n  "claude.busy.hint",\n  "claude.busy.hynt",\n]\n'
    own = load([written(tmp_path, claude=without)])
    every = own.book.of("claude").looks.over_draft
    assert "claude.busy.hint" not in {rule.rule.id for rule in every}
    assert "claude.busy.status" in {rule.rule.id for rule in every}
    assert [(fault.line, fault.says) for fault in own.faults] == [(4, "there is no rule claude.busy.hynt to leave out")]


def test_a_file_may_stand_alone(tmp_path: Path) -> None:
    own = load([written(tmp_path, claude='agent = "claude"\nalone = true\nprocesses = ["claude"]\n')])
    assert own.book.of("claude").looks.composers == ()
    assert not [rule for rule in own.book.of("claude").looks.over_draft if rule.rule.id.startswith("claude.")]


def test_a_cli_may_be_like_another_and_is_told_from_it_by_its_process_alone(tmp_path: Path) -> None:
    own = load([written(tmp_path, mycode='agent = "mycode"\nlike = "opencode"\nprocesses = ["mycode"]\n')])
    bar = "  ┃\n  ┃  \n  ┃\n  ┃  Build  some-model\n  ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀\n"
    assert classify([pane("%1", bar, processes=("bash", "mycode"))], book=own.book).agent == "mycode"
    assert says(own.book, bar, "bash", "mycode") == ("idle", "mycode.composer.empty")


@pytest.mark.parametrize("like", ["nothing", "kilo"])
def test_a_cli_that_is_like_nobody_or_like_a_descendant_is_a_fault_with_its_line(tmp_path: Path, like: str) -> None:
    own = load([written(tmp_path, digger=OWN, mine=f'agent = "mine"\nlike = "{like}"\n')])
    assert [(fault.line, fault.fix) for fault in own.faults] == [(2, "name another")]
    assert "digger" in own.book.agents


def test_who_claims_a_command_that_ships_with_another_cli_has_it(tmp_path: Path) -> None:
    own = load([written(tmp_path, digger=OWN.replace('["digger"]', '["claude", "digger"]'))])
    assert (own.book.by_process["claude"], own.faults) == ("digger", ())


def test_two_files_of_one_folder_for_one_cli_or_one_command_are_a_fault_and_the_first_counts(tmp_path: Path) -> None:
    other = OWN.replace('agent = "digger"', 'agent = "mole"').replace("digger.busy", "mole.busy")
    own = load([written(tmp_path, a=OWN, b=OWN, c=other)])
    assert [(Path(fault.file).name, fault.line, fault.fix) for fault in own.faults] == [
        ("b.toml", 2, "make one file of both"),
        ("c.toml", 3, "let one have it"),
    ]
    assert own.book.by_process["digger"] == "digger"


def test_a_later_folder_lies_over_an_earlier_one(tmp_path: Path) -> None:
    team, mine = tmp_path / "team", tmp_path / "mine"
    folders = [written(team, digger=OWN), written(mine, digger=OWN.replace('"busy"', '"error"'))]
    assert says(load(folders).book, "digging\n", "digger")[0] == "error"
    assert says(load(folders[::-1]).book, "digging\n", "digger")[0] == "busy"


def test_an_edit_is_picked_up_and_what_stands_still_is_not_read_again(tmp_path: Path) -> None:
    registry = RuleRegistry([written(tmp_path, digger=OWN)])
    book = registry.book
    assert (registry.refresh(), registry.book) == (False, book)
    written(tmp_path, digger=OWN.replace('"busy"', '"error"'))
    assert registry.refresh()
    assert says(registry.book, "digging\n", "digger")[0] == "error"
    (tmp_path / "digger.toml").unlink()
    assert registry.refresh()
    assert (registry.book, registry.digest) == (shipped(), "")


def test_a_file_that_an_edit_breaks_stays_in_force_as_it_was_and_is_a_fault(tmp_path: Path) -> None:
    registry = RuleRegistry([written(tmp_path, digger=OWN)])
    written(tmp_path, digger=OWN + "[[rule]]\n")
    assert not registry.refresh()
    assert says(registry.book, "digging\n", "digger")[0] == "busy"
    assert {fault.line for fault in registry.faults} == {11}
    written(tmp_path, digger=OWN)
    registry.refresh()
    assert registry.faults == ()


def test_a_folder_that_comes_later_is_seen(tmp_path: Path) -> None:
    registry = RuleRegistry([tmp_path / "rules"])
    written(tmp_path / "rules", digger=OWN)
    assert registry.refresh()
    assert "digger" in registry.book.agents


def test_the_digest_names_what_is_said_not_how(tmp_path: Path) -> None:
    first = load([written(tmp_path, digger=OWN)]).digest
    assert first == load([written(tmp_path, digger="# the same\n" + OWN)]).digest != ""
    assert first != load([written(tmp_path, digger=OWN.replace("digging", "dug"))]).digest


def test_folders_are_named_as_path_names_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert folders_of({"UNDERSTUDY_RULES": "/a:~/b:"}) == (Path("/a"), Path("/home/me/b"))
    assert folders_of({}) == folders_of({"UNDERSTUDY_RULES": ""}) == ()


@given(
    st.text(alphabet="[]rule=\n 'a", max_size=200),
    st.lists(st.one_of(st.sampled_from(["rule", "composer", "any", "agent"]), st.integers(0, 3)), max_size=4),
)
def test_a_line_is_looked_for_in_any_text_without_failing(text: str, place: list[str | int]) -> None:
    line = line_of(text, place, "a")
    assert line is None or 1 <= line <= text.count("\n") + 1
