"""Output, spinners and timers count as motion; repaints, clocks and removed rows do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modular.classify import classify_question
from modular.reading.motion import Motion, at_work, motions

NONE, CHANGED, WORK = Motion.NONE, Motion.CHANGED, Motion.AT_WORK
TALK = ["> sum the rows", "", "● The rows are added up in one place.", "  Nothing else does."]
LOGOS = (["▗▟▛███▛█▄  Claude Code v2", " ▜██████▘  Opus"], [" ▐▛███▛█   Claude Code v2", "▝▜██████▀  Opus"])
DOTS = [["  ⣀⣤⣶⣿ ", " ⢀⣴⣿⣿⠟ ", "⢠⣿⣿⡿⠁"], [" ⠙⠿⣿⣶⣤", "  ⠈⠻⣿⣿⣦", "    ⠙⢿⣿"]]


def seen(*frames: list[str], lines: int | None = 12) -> list[Motion]:
    return motions(frames, lines)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param(["a word"], ["a word", "and the next"], id="a row is printed"),
        pytest.param(["a word"], ["a word that goes on"], id="a row goes on"),
        pytest.param(["a long wor"], ["a long", "word and on"], id="a word is wrapped into the next row"),
        pytest.param(["one", "two", "three"], ["two", "three", "four"], id="the screen scrolls"),
        pytest.param([*TALK, "⠋ Thinking"], [*TALK, "⠙ Thinking"], id="a spinner turns"),
        pytest.param([*TALK, "⠋"], [*TALK, "⠙"], id="a spinner turns alone"),
        pytest.param([*TALK, "⬝⬝■■⬝⬝ on it"], [*TALK, "⬝⬝⬝■■⬝ on it"], id="a scanner runs"),
        pytest.param([*TALK, "Working (3s)"], [*TALK, "Working (4s)"], id="a timer runs"),
        pytest.param([*TALK, "Working 1m 59s"], [*TALK, "Working 2m 0s"], id="a timer runs over a minute"),
        pytest.param([*TALK, "↓ 1.2k tokens"], [*TALK, "↓ 1.3k tokens"], id="tokens are counted"),
        pytest.param([*TALK, "Thinking."], [*TALK, "Thinking.."], id="dots grow"),
        pytest.param([*TALK, "✶ Brewing… (3s)"], [*TALK, "✻ Brewing… (4s)"], id="spinner and timer"),
        pytest.param(
            ["out", "* Brewing… (0s)"], ["out", "more", "* Brewing… (0s)"], id="output above a row that stands"
        ),
    ],
)
def test_it_is_work(older: list[str], newer: list[str]) -> None:
    assert seen(older, newer) == [WORK]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param(TALK, TALK, id="nothing moved"),
        pytest.param(*LOGOS, id="a logo of blocks winks"),
        pytest.param([*DOTS[0], "Codex"], [*DOTS[1], "Codex"], id="a logo of dots turns"),
        pytest.param([f"{row:60}█" for row in TALK], TALK, id="a scroll bar goes"),
        pytest.param(TALK, [f"{row:60}{bar}" for row, bar in zip(TALK, "││██", strict=True)], id="a scroll bar comes"),
        pytest.param(["one two three four"], ["one two", "three four"], id="a resize wraps rows anew"),
        pytest.param(TALK, TALK[1:], id="the view got lower"),
        pytest.param(TALK[2:], TALK, id="the view got higher"),
        pytest.param([*TALK, "⠋ Thinking (3s)"], TALK, id="a status row is taken away"),
        pytest.param([*TALK, "⠋ Thinking (3s)"], [*TALK, "✻ Brewed for 3s"], id="the turn is said to be over"),
        pytest.param([*TALK, "▣ Build · Model"], [*TALK, "▣ Build · Model · 8.5s"], id="its time is written behind it"),
        pytest.param([*TALK, "12:00:59 main"], [*TALK, "12:01:00 main"], id="a clock goes"),
    ],
)
def test_it_is_no_work(older: list[str], newer: list[str]) -> None:
    assert [motion for motion in seen(older, newer) if motion is WORK] == []
    assert not at_work(seen(older, newer, newer, newer))


def test_a_header_far_above_the_composer_is_not_looked_at() -> None:
    body = [f"row {number}" for number in range(20)]
    assert seen(["⠋ header", *body], ["⠙ header", *body]) == [NONE]
    assert seen(["⠋ header", *body], ["⠙ header", *body], lines=None) == [WORK]


def test_one_tip_that_gives_way_to_another_says_nothing_and_rows_that_keep_changing_do() -> None:
    tips = [[*TALK, f"Tip: {tip}"] for tip in ("press tab", "try /help", "drop a file here", "ask twice")]
    assert not at_work(seen(tips[0], tips[0], tips[1], tips[1]))
    assert at_work(seen(*tips))


def test_what_was_printed_last_two_frames_ago_is_printed_no_more() -> None:
    more = [*TALK, "  And one more."]
    assert not at_work(seen(TALK, more, more, more))
    assert at_work(seen(TALK, TALK, more, more))


@given(st.lists(st.text("ab ●⠋3s│█", max_size=12), max_size=12))
def test_a_screen_that_stands_still_never_moves(rows: list[str]) -> None:
    assert not at_work(seen(rows, rows, rows, rows))


@given(st.lists(st.text("abc", min_size=1, max_size=8), max_size=8), st.text("xyz", min_size=3, max_size=8))
def test_a_row_that_is_printed_below_all_others_is_work(rows: list[str], new: str) -> None:
    assert seen(rows or ["a"], [*(rows or ["a"]), new]) == [WORK]


# --- on whole screens -------------------------------------------------------------------------------------------------


def boxed(width: int, above: list[str], footer: str = "  ? for help") -> str:
    """The screen of a CLI with a composer in a box."""
    box = [f"╭{'─' * (width - 2)}╮", f"│ > {'':{width - 5}}│", f"╰{'─' * (width - 2)}╯"]
    return "\n".join([*above, "", *box, footer, ""])


def state(*frames: str, processes: tuple[str, ...] = ("bash", "node", "newcli")) -> str:
    return str(classify_question({"id": 1, "frames": list(frames), "processes": processes})["state"])


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_a_screen_that_is_drawn_anew_once_is_idle_and_one_that_streams_is_busy(width: int) -> None:
    old, new = boxed(width, [f"{row[: width - 2]:{width - 1}}█" for row in TALK]), boxed(width, TALK)
    assert state(old, new, new, new) == "idle"
    streams = [boxed(width, [*TALK, *(f"  line {row}" for row in range(number))]) for number in range(4)]
    assert state(*streams) == "busy"


def test_a_clock_below_the_composer_is_no_work() -> None:
    assert state(*(boxed(80, TALK, f"  main  12:00:0{second}") for second in range(4))) == "idle"


def test_frames_of_another_size_or_without_a_composer_are_not_compared() -> None:
    assert state("starting up\n", "starting up\n", boxed(80, TALK), boxed(80, TALK)) == "idle"


def test_rows_that_are_added_to_a_fresh_start_are_no_work() -> None:
    start = ["╭─── Claude Code v2.1.0 ───╮", "│ Welcome back!            │", "╰──────────────────────────╯"]
    rule = "─" * 80
    frames = [
        "\n".join([*start, *["a new version is there"] * many, rule, "\u276f ", rule, ""]) for many in (0, 0, 1, 2)
    ]
    assert state(*frames, processes=("bash", "claude")) == "idle"
