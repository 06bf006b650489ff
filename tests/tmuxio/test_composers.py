# ruff: noqa: RUF001
"""What stands in a composer, whether it is a line of ours alone, and what of it may be taken away again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmuxio.acting.composer import ComposerText, cells, holds, may_still_come, read_prompt
from tmuxio.acting.erasing import erasable, in_front
from understudy.screens import PaneShot

LINE = "[u-7f3a] idle: dev-1 waits | since 14:02; dev-2"


def shot(screen: str, *, x: int = 0, y: int = 0, width: int = 80, ansi: str = "") -> PaneShot:
    rows = screen.split("\n")
    return PaneShot(
        pane="%1",
        pid=7,
        session="main",
        session_id="$0",
        session_created=0,
        window_id="@1",
        window_index=0,
        window="claude",
        width=width,
        height=max(24, len(rows)),
        cursor_x=x,
        cursor_y=y,
        ansi=ansi or screen,
    )


BOX = "● done\n╭──────────────╮\n│ > {} │\n│   {} │\n╰──────────────╯\n  ? for shortcuts\n\n"


@pytest.mark.parametrize(
    ("screen", "text"),
    [
        ("hello\n> ", ""),
        ("hello\n>", ""),
        ("hello\n> a draft", "a draft"),
        ("> said\nworking\n❯\xa0", ""),
        ("> said\nworking\n❯\xa0do NOT", "do NOT"),
        ("gemini> ", ""),
        ("ask> what is this?", "what is this?"),
        (">>> 1 + 1", "1 + 1"),
        ("[profile] > ", ""),
        (BOX.format("          ", "          "), ""),
        (BOX.format("a draft   ", "          "), "a draft"),
        (BOX.format("          ", "a draft   "), "a draft"),
    ],
)
def test_what_stands_behind_the_last_prompt_sign_is_read(screen: str, text: str) -> None:
    seen = read_prompt(shot(screen))
    assert seen is not None
    assert seen.text.strip() == text


@pytest.mark.parametrize("screen", ["", "working", "fix this: ", "$ ", "a>b", "  x > y", "Continue? (y/n)"])
def test_without_a_prompt_sign_no_composer_is_known_to_be_empty(screen: str) -> None:
    assert read_prompt(shot(screen)) is None


def test_a_draft_over_several_rows_is_read_down_to_the_cursor() -> None:
    seen = read_prompt(shot("> \nsecond\nthird", x=5, y=2))
    assert seen == ComposerText("second\nthird", 0, 2)


def test_a_draft_that_the_terminal_wrapped_is_read_to_its_end() -> None:
    row = "> " + "x" * 38
    seen = read_prompt(shot(f"said\n{row}\nyy\n", width=40))
    assert seen == ComposerText("x" * 38 + "\nyy", 1, 2)


def test_a_footer_below_an_empty_composer_is_no_draft() -> None:
    assert read_prompt(shot("> \n  ? for shortcuts", x=2, y=0)) == ComposerText("", 0, 0)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1), st.integers(1, 30))
def test_a_line_is_held_however_it_is_wrapped(line: str, width: int) -> None:
    wrapped = "\n".join(line[at : at + width] for at in range(0, len(line), width))
    assert holds(wrapped, line)
    assert may_still_come(wrapped[: len(wrapped) // 2], line)


@pytest.mark.parametrize("before", ["no", "but do NOT ", "[u-1111] x", "z"])
@pytest.mark.parametrize("behind", ["no", " wait", "[u-1111] x", "z"])
def test_a_line_with_anything_before_or_behind_it_is_not_held(before: str, behind: str) -> None:
    assert not holds(f"{before}{LINE}", LINE)
    assert not holds(f"{LINE}{behind}", LINE)
    assert not holds(f"{before}{LINE}{behind}", LINE)
    assert not may_still_come(f"{LINE}{behind}", LINE)


def test_the_mark_of_a_long_paste_stands_for_a_line_of_its_length_alone() -> None:
    line = "x" * 1200
    assert holds("[Pasted Content 1200 chars]", line)
    assert not holds("[Pasted Content 1300 chars]", line)
    assert not holds("[Pasted Content 1200 chars] no", line)
    assert holds("[Pasted text #1]", line)


def test_a_composer_that_shows_the_end_of_a_long_line_holds_it() -> None:
    line = f"{LINE} {'and so on, ' * 30}"
    assert holds(f"{line[-90:-40]}\n{line[-40:]}", line)
    assert not holds(f"{line[-90:-40]}\n{line[-40:]} no", line)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        (LINE, ""),
        (f"but do NOT {LINE}", "butdoNOT"),
        (f"but do NOT {LINE[:20]}", "butdoNOT"),
        (f"{LINE} wait", None),
        (f"{LINE}{LINE}", None),
        ("but do NOT", None),
        ("", None),
    ],
)
def test_what_stands_before_a_line_of_ours_is_told(text: str, before: str | None) -> None:
    assert in_front(text, LINE) == before


def test_only_a_line_that_ends_at_the_cursor_is_erased() -> None:
    row = f"> but do NOT {LINE}"
    composer = ComposerText(row[2:], 0, 0)
    assert erasable(shot(row, x=cells(row)), composer, LINE) == len(LINE)
    assert erasable(shot(row, x=5), composer, LINE) == 0
    assert erasable(shot(row, x=0, y=9), composer, LINE) == 0
    assert erasable(shot(f"{row} x", x=cells(row)), ComposerText(f"{row[2:]} x", 0, 0), LINE) == 0


def test_a_cursor_that_the_program_draws_behind_the_line_is_one() -> None:
    row = f"> no {LINE}"
    composer = ComposerText(row[2:], 0, 0)
    assert erasable(shot(row, y=9, ansi=f"{row}\x1b[7m \x1b[0m"), composer, LINE) == len(LINE)
    assert erasable(shot(row, y=9, ansi=f"\x1b[7m \x1b[0m{row}"), composer, LINE) == 0


def test_letters_of_several_code_points_are_erased_one_by_one() -> None:
    line = "[u-7f3a] the tests pass 👍🏽"
    row = f"> no {line}"
    assert erasable(shot(row, x=cells(row)), ComposerText(row[2:], 0, 0), line) == 1


@given(st.integers(9, len(LINE)))
def test_what_is_left_of_a_line_never_takes_more_backspaces_than_letters(left: int) -> None:
    row = f"> no {LINE[:left]}".rstrip()
    count = erasable(shot(row, x=cells(row)), ComposerText(row[2:], 0, 0), LINE, "no")
    assert 0 <= count <= left
