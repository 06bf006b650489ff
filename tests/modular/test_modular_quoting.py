"""An answer that quotes a status row is no work; a status row below an answer that announces work is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modular.classify import classify_question

if TYPE_CHECKING:
    from collections.abc import Callable

SIGN, CODEX_SIGN = "\u276f", "\u203a"
ROWS = {
    "claude": "✻ Thinking… (esc to interrupt)",
    "claude with a timer": "✽ Cogitating… (12s · ↓ 1.2k tokens · esc to interrupt)",
    "codex": "• Working (12s • esc to interrupt)",
    "gemini": "⠋ Pondering (esc to cancel, 12s)",
    "dots": "⠙ Running tests…",
    "half circle": "◐ Compacting…",
}
Draw = "Callable[[int, list[str]], tuple[str, tuple[str, ...], str]]"


def claude(width: int, body: list[str]) -> tuple[str, tuple[str, ...], str]:
    rule = "─" * width
    rows = [f"{SIGN} how does it look?", "", *body, "", rule, f"{SIGN} ", rule, "  ? for shortcuts"]
    return "\n".join(rows), ("bash", "claude"), "✳ Claude Code"


def codex(width: int, body: list[str]) -> tuple[str, tuple[str, ...], str]:
    del width
    foot = [f"{CODEX_SIGN} Ask Codex to do anything", "", "  gpt-9 medium · ~/p", "  ? for shortcuts"]
    return "\n".join([f"{CODEX_SIGN} how does it look?", "", *body, "", *foot]), ("bash", "node", "codex"), ""


def gemini(width: int, body: list[str]) -> tuple[str, tuple[str, ...], str]:
    foot = ["▄" * width, " >   Type your message or @path/to/file", "▀" * width, " ~/p    main"]
    return "\n".join(["> how does it look?", *body, "", *foot]), ("bash", "node"), "◇  Ready (p)"


def opencode(width: int, body: list[str]) -> tuple[str, tuple[str, ...], str]:
    rows = [f"     {row}" for row in body]
    foot = ["     ▣  Build · Model · 1.0s", "", "  ┃", "  ┃", "  ┃  Build · Model", f"  ╹{'▀' * (width - 3)}", "   ~/p"]
    return "\n".join(["  ┃  how does it look?", "", *rows, "", *foot]), ("bash", "opencode"), ""


CLIS = {"claude": (claude, "●"), "codex": (codex, "•"), "gemini": (gemini, "✦"), "opencode": (opencode, "")}


def state(drawn: tuple[str, tuple[str, ...], str], *, still: bool) -> str:
    screen, processes, title = drawn
    question = {"id": 1, "screen": screen, "processes": processes, "pane_title": title}
    return str(classify_question(question | ({"frames": [screen] * 4} if still else {}))["state"])


def announced(mark: str, row: str) -> list[str]:
    return [f"{mark} The row reads:".strip(), "", f"{'    ' if mark else ''}{row}"]


def in_a_block(mark: str, row: str) -> list[str]:
    indent = "  " if mark else ""
    return [f"{mark} It is".strip(), f"{indent}```", f"{indent}{row}", f"{indent}```", f"{indent}while it works."]


def indented(mark: str, row: str) -> list[str]:
    return [f"{mark} It shows what it does:".strip(), "", f"{'  ' if mark else ''}{row}"]


@pytest.mark.parametrize("still", [False, True], ids=["one frame", "four frames"])
@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("body", [announced, in_a_block, indented])
@pytest.mark.parametrize("cli", CLIS)
def test_a_status_row_inside_an_answer_is_idle(
    cli: str, body: Callable[[str, str], list[str]], row: str, width: int, *, still: bool
) -> None:
    draw, mark = CLIS[cli]
    assert state(draw(width, body(mark, row)), still=still) == "idle"


@pytest.mark.parametrize("before", ["● Let me run it:", "● See:\n  ```\n  ls\n  ```", "● Done.", "  Next:"])
@pytest.mark.parametrize("row", ["✻ Brewing… (12s · esc to interrupt)", "✢ Pouncing…"])
def test_the_own_status_row_of_a_cli_is_work_whatever_its_answer_ends_with(before: str, row: str) -> None:
    drawn = claude(80, [*before.split("\n"), "", row])
    assert {state(drawn, still=still) for still in (False, True)} == {"busy"}


def test_a_status_row_below_one_that_is_quoted_is_work() -> None:
    body = [*announced("•", ROWS["codex"]), "", "• Working (3s • esc to interrupt)"]
    assert state(codex(80, body), still=False) == "busy"


def test_a_status_row_above_the_end_of_its_turn_is_an_old_one() -> None:
    assert state(claude(80, ["✻ Brewing… (12s · esc to interrupt)", "✻ Brewed for 13s"]), still=True) == "idle"


def test_a_sentence_that_is_queued_below_a_status_row_does_not_make_it_a_quoted_one() -> None:
    body = ["✻ Brewing… (12s · esc to interrupt)", "  and when that is done", "  please look at the parser."]
    assert {state(claude(80, body), still=still) for still in (False, True)} == {"busy"}
