"""The corpus's files: what is written is read back to the byte, and every fault is a sentence with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modular.classify import classify_question
from modular.corpus import BadCase, Case, CaseExists, add_case, read_cli, read_corpus
from modular.corpus.cases_file import format_case, parse_cases
from modular.corpus.screens_file import format_screen, parse_screens
from understudy import AgentState, IdleDetail

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_]{0,20}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
ROWS = st.one_of(TEXTS, st.sampled_from([":::: idle ::::", "\\:::: a ::", "\x1b[0m:::: b ::::", "::::", "", "\r"]))
SCREENS = st.lists(ROWS, max_size=6).map("\n".join)
FRAMES = st.lists(SCREENS, min_size=1, max_size=4).map(tuple)
CELLS = st.tuples(st.integers(1, 500), st.integers(1, 200))
CASES = st.builds(
    Case,
    cli=st.just("digger"),
    name=NAMES,
    screens=st.just(()),
    state=st.sampled_from(AgentState),
    says_detail=st.just(True),
    detail=st.none() | st.sampled_from(IdleDetail),
    rule=st.none() | TEXTS.filter(bool),
    processes=st.lists(TEXTS, max_size=3).map(tuple),
    title=TEXTS,
    command=TEXTS,
    window=TEXTS,
    agent=st.none() | TEXTS.filter(bool),
    size=st.none() | CELLS,
    cursor=st.none() | CELLS,
    why=TEXTS,
    xfail=st.none() | TEXTS.filter(bool),
)
IDLE = Case(cli="digger", name="idle", screens=("Digger v2\ndig> \n",), state=AgentState.IDLE, processes=("digger",))
BUSY = IDLE.model_copy(update={"name": "busy", "screens": ("shovelling\n",), "state": AgentState.BUSY})


def faults(corpus: Path, cases: str, **screens: str) -> tuple[str, ...]:
    """The faults of a CLI `digger` of these files."""
    folder = corpus / "digger"
    folder.mkdir(exist_ok=True)
    (folder / "cases.toml").write_text(cases)
    for name, text in screens.items():
        (folder / f"{name}.ansi").write_text(text)
    return read_corpus(corpus).faults


# --- round trips ------------------------------------------------------------------------------------------------------


@given(st.dictionaries(NAMES, FRAMES, max_size=4))
def test_screens_are_read_back_to_the_byte(screens: dict[str, tuple[str, ...]]) -> None:
    written = "".join(format_screen(name, frames) for name, frames in screens.items())
    assert parse_screens(written) == (screens, ())


@given(CASES)
def test_a_table_is_read_back_as_the_case_that_it_was(case: Case) -> None:
    ((table,), _, none) = parse_cases("digger", format_case(case))
    assert (table.case, table.screen, none) == (case, None, ())


@given(st.text(max_size=200))
def test_no_text_of_screens_raises(text: str) -> None:
    parse_screens(text)


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers() | TEXTS, max_size=3), max_size=3))
def test_no_document_of_cases_raises(document: dict[str, dict[str, int | str]]) -> None:
    rows = [
        f"[{name}]\n" + "\n".join(f"{key} = {value!r}" for key, value in body.items())
        for name, body in document.items()
    ]
    parse_cases("digger", "\n".join(rows))


def test_a_case_that_is_added_is_read_back_with_its_screen(tmp_path: Path) -> None:
    for case in (IDLE, BUSY):
        assert add_case(tmp_path, case) == tmp_path / "digger" / "cases.toml"
    assert read_corpus(tmp_path) == ((IDLE, BUSY), ())


def test_a_screen_that_the_cli_has_is_not_written_again(tmp_path: Path) -> None:
    crashed = IDLE.model_copy(update={"name": "left", "state": AgentState.CRASHED, "processes": ("bash",)})
    add_case(tmp_path, IDLE)
    add_case(tmp_path, crashed)
    assert [path.name for path in (tmp_path / "digger").glob("*.ansi")] == ["idle.ansi"]
    assert read_cli(tmp_path, "digger").cases == (IDLE, crashed)


def test_what_a_person_wrote_into_the_file_stays(tmp_path: Path) -> None:
    path = add_case(tmp_path, IDLE)
    path.write_text("# ours\n" + path.read_text())
    add_case(tmp_path, BUSY)
    assert path.read_text().startswith("# ours\n[idle]\n")


def test_a_screen_written_by_hand_without_colours_is_read(tmp_path: Path) -> None:
    assert faults(tmp_path, '[rests]\nstate = "idle"\n', idle=":::: rests ::::\ndig> \n") == ()
    (case,) = read_cli(tmp_path, "digger").cases
    assert case.screens == ("dig> ",)


def test_a_screen_may_be_that_of_another_cli(tmp_path: Path) -> None:
    add_case(tmp_path, IDLE)
    (tmp_path / "mole").mkdir()
    (tmp_path / "mole" / "cases.toml").write_text('[rests]\nstate = "idle"\nscreen = "digger/idle"\n')
    (case,) = read_cli(tmp_path, "mole").cases
    assert case.screens == IDLE.screens


# --- questions --------------------------------------------------------------------------------------------------------


def test_frames_with_colours_are_asked_about_with_colours() -> None:
    dim = "\x1b[2mtry this\x1b[0m"
    asked = IDLE.with_screens((f"working\n> {dim}", f"> {dim}")).question()
    assert (asked["frames"], asked["screen_ansi"]) == ([f"working\n> {dim}", f"> {dim}"], f"> {dim}")


def test_frames_without_colours_are_asked_about_as_plain_text() -> None:
    assert "screen_ansi" not in IDLE.with_screens(("a", "b")).question()


def test_the_size_of_the_pane_is_part_of_the_question() -> None:
    asked = IDLE.model_copy(update={"size": (60, 20)}).question()
    assert (asked["width"], asked["height"]) == (60, 20)
    assert classify_question(asked)["id"] == "idle"


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("[a", "digger/cases.toml: this is not TOML"),
        ('state = "idle"', "[state]: this stands outside every case: put it below the case's [name]"),
        ("[a]", "[a]: `state` is missing: there are busy, idle"),
        ('["A b"]\nstate = "idle"', "[A b]: this is no name for a case: take lower-case letters"),
        ('[a]\nstate = "bored"', "[a]: `state` cannot be 'bored': there are busy, idle"),
        ('[a]\nstate = "idle"\ndetail = "old"', "[a]: `detail` cannot be 'old': there are none, fresh"),
        ('[a]\nstate = "idle"\ntitel = "x"', "[a]: `titel` means nothing here: did you mean `title`?"),
        ('[a]\nstate = "idle"\nprocesses = "sh"', "[a]: `processes` cannot be 'sh': Input should be"),
        ('[a]\nstate = "idle"\nscreen = 3', "[a]: `screen` cannot be 3: write the name of the case"),
        ('[a]\nstate = "idle"\nxfail = ""', "[a]: `xfail` has no reason: say why"),
        ('[a]\nstate = "idle"', "[a]: it has no screen: add it to idle.ansi below a line `:::: a ::::`"),
        ('[a]\nstate = "idle"\nscreen = "b"', "[a]: there is no screen `b`: name a case that has one"),
    ],
)
def test_a_fault_of_a_case_is_a_sentence(tmp_path: Path, table: str, says: str) -> None:
    (said,) = faults(tmp_path, table)
    assert said.startswith("digger/cases.toml: ")
    assert says in said


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("idle", ":::: b ::::\nx\n", "digger/idle.ansi: the screen `b` belongs to no case: add [b] to cases.toml"),
        ("busy", ":::: a ::::\nx\n", "digger/busy.ansi: the screen `a` shows the state idle: move it to idle.ansi"),
        ("idle", "x\n:::: a ::::\n", "line 1 stands above the first screen: begin with `:::: its_name ::::`"),
        ("idle", ":::: a ::::\n:::: a ::::\n", "line 2: the screen `a` is there twice"),
        ("idle", ":::: a #2 ::::\n", "line 1: the screen `a` is there twice, or its frames are not #1, #2, ..."),
        ("idle", ":::: a ::::\n:::: B ::::\n", "line 2 is not the name of a screen: write `:::: its_name ::::`"),
    ],
)
def test_a_fault_of_a_screen_is_a_sentence(tmp_path: Path, file: str, text: str, says: str) -> None:
    said = faults(tmp_path, '[a]\nstate = "idle"\n', **{file: text})
    assert any(says in fault for fault in said)


def test_a_screen_that_is_there_twice_under_two_names_is_a_fault(tmp_path: Path) -> None:
    tables = '[a]\nstate = "idle"\n[b]\nstate = "idle"\n'
    (said,) = faults(tmp_path, tables, idle=":::: a ::::\nx\n:::: b ::::\nx\n")
    assert said == 'digger/idle.ansi: `b` is the screen `a`: write screen = "a" instead'


def test_a_name_that_stands_in_two_files_is_a_fault(tmp_path: Path) -> None:
    said = faults(tmp_path, '[a]\nstate = "idle"\n', busy=":::: a ::::\nx\n", idle=":::: a ::::\ny\n")
    assert "digger/idle.ansi: the screen `a` stands in busy.ansi too: take one out" in said


def test_a_faulty_table_does_not_accuse_its_screen_besides(tmp_path: Path) -> None:
    assert len(faults(tmp_path, '[a]\nstate = "bored"\n', idle=":::: a ::::\nx\n")) == 1


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    add_case(tmp_path, IDLE)
    with pytest.raises(CaseExists, match="there is a case digger/idle already: choose another name"):
        add_case(tmp_path, BUSY.model_copy(update={"name": "idle"}))


def test_a_case_that_shows_the_same_is_refused(tmp_path: Path) -> None:
    add_case(tmp_path, IDLE)
    with pytest.raises(CaseExists, match="digger/idle shows the same, and is idle: one case of it is enough"):
        add_case(tmp_path, IDLE.model_copy(update={"name": "again"}))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "A b"}, "`A b` is no name for a case"),
        ({"cli": "../x"}, "`../x` is no name of a CLI"),
        ({"screens": ()}, "digger/idle has no screen"),
    ],
)
def test_a_case_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    with pytest.raises(BadCase) as raised:
        add_case(tmp_path, IDLE.model_copy(update=change))
    assert says in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_added_to_files_that_are_faulty(tmp_path: Path) -> None:
    faults(tmp_path, "[a]\n")
    with pytest.raises(BadCase, match="`state` is missing"):
        add_case(tmp_path, IDLE)
