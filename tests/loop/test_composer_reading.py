# ruff: noqa: RUF001
"""The composers of different CLIs: empty, or with the text that was typed."""

from __future__ import annotations

import pytest

from rollout.loop.acting.composer_reading import read_composer
from understudy import PaneShot

RULE = "─" * 78
DIM, GREY, END = "\x1b[2m", "\x1b[38;5;240m", "\x1b[0m"
FORMS = {
    "claude": ("claude", f"● Done.\n\n{RULE}\n❯\xa0{{}}\n{RULE}\n  ? for shortcuts"),
    "claude, boxed": ("claude", "● Done.\n╭" + "─" * 40 + "╮\n│ > {:<36} │\n╰" + "─" * 40 + "╯\n  ? for shortcuts"),
    "codex": ("codex", "• Done.\n\n› {}\n\n  gpt-5.1-codex high · 100% context left"),
    "gemini": ("gemini", "✦ Done.\n" + "▄" * 60 + "\n > {}\n" + "▀" * 60 + "\n ~/project  gemini-2.5-pro"),
    "aider": ("aider", f"Applied edit to a.py\n{RULE}\na.py\n> {{}}"),
    "a plain REPL": ("myagent", "hello\nready\n> {}"),
    "a named prompt": ("myagent", "hello\nready\nagent> {}"),
}


def shot(form: str, typed: str, *, y: int = 40) -> PaneShot:
    process, screen = FORMS[form]
    about = {"pane": "%0", "pid": 1, "session": "team", "session_id": "$0", "session_created": 0}
    window = {"window_id": "@0", "window_index": 0, "window": "pm", "processes": ("bash", process)}
    ansi = screen.format(typed) + "\n" * 4
    row = next(number for number, line in enumerate(ansi.split("\n")) if typed and typed in line) if typed else y
    return PaneShot(**about, **window, ansi=ansi, cursor_y=row)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_composer_is_empty(form: str) -> None:
    seen = read_composer(shot(form, ""))
    assert seen is not None
    assert seen.text == ""


@pytest.mark.parametrize("draft", ["please review the auth module, but do NOT", "a", "[u-7f3a] dev is idle", "1", "?"])
@pytest.mark.parametrize("form", FORMS)
def test_a_draft_is_what_was_typed(form: str, draft: str) -> None:
    seen = read_composer(shot(form, draft))
    assert seen is not None
    assert seen.text == draft


@pytest.mark.parametrize("colour", [DIM, GREY])
@pytest.mark.parametrize("form", [form for form in FORMS if "boxed" not in form])
def test_a_muted_text_is_nothing_typed(form: str, colour: str) -> None:
    seen = read_composer(shot(form, f"{colour}refactor the parser next{END}"))
    assert seen is not None
    assert seen.text == ""


@pytest.mark.parametrize("form", [form for form in FORMS if "boxed" not in form])
def test_what_an_agent_suggests_behind_a_draft_is_no_part_of_it(form: str) -> None:
    seen = read_composer(shot(form, f"run the{DIM} tests again{END}"))
    assert seen is not None
    assert seen.text.strip() == "run the"


@pytest.mark.parametrize("screen", ["working on it", "● Done.", "Do you trust this folder? (y/n)", ""])
def test_where_no_composer_is_recognised_none_is_called_empty(screen: str) -> None:
    about = {"pane": "%0", "pid": 1, "session": "team", "session_id": "$0", "session_created": 0}
    window = {"window_id": "@0", "window_index": 0, "window": "pm", "processes": ("bash", "myagent")}
    assert read_composer(PaneShot(**about, **window, ansi=screen)) is None  # type: ignore[arg-type]
