# ruff: noqa: RUF001
"""The last check is made by tmux itself, in the command that carries the key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from actuator_bench import ActuatorBench
from hypothesis import given
from hypothesis import strategies as st

from tmuxio.acting import last_check
from understudy.intents import Key

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from tmuxio.acting.actuator import Veto
    from understudy.screens import Frame, PaneShot

DIALOGS = (
    "Do you want to make this edit?",
    "❯ 1. Yes",
    "  Esc to cancel",
    "Allow this action? [y/n/t]:",
    "Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]:",
    "Press Enter to continue",
    "Would you like to run the following command?",
    "● Yes, allow once",
    "Password:",
)


@pytest.fixture
def bench(tmux_server: TmuxServer) -> ActuatorBench:
    return ActuatorBench(tmux_server)


@pytest.mark.parametrize("dialog", DIALOGS)
def test_a_sign_of_a_dialog_that_came_up_behind_the_guards_back_keeps_the_key_away(
    bench: ActuatorBench, dialog: str
) -> None:
    """The cursor and the composer's row stay as they were."""
    tty = bench.server.run("display-message", "-p", "-t", bench.pane, "#{pane_tty}")
    seen: list[PaneShot] = []

    def guard(shot: PaneShot, _frame: Frame) -> Veto | None:
        seen.append(shot)
        if len(seen) > 1:
            from tmuxio.acting.actuator import Veto

            return Veto("a dialog is open")
        with open(tty, "w") as screen:  # noqa: PTH123 - a terminal
            screen.write(f"\x1b7\x1b[6;1H{dialog}\x1b8")
        bench.server.wait_for(bench.pane, dialog)
        return None

    told = bench.actuator.press(bench.pane, bench.pid, [Key.ENTER], guard=guard)
    assert (told.done, told.why) == (False, "a dialog is open")
    assert bench.bytes() == b""


def test_a_sign_that_stood_there_when_the_guard_said_yes_keeps_nothing_away(bench: ActuatorBench) -> None:
    bench.server.run("send-keys", "-t", bench.pane, "-l", "do you want this? ")
    bench.server.wait_for(bench.pane, "do you want this?")
    assert bench.actuator.press(bench.pane, bench.pid, [Key.ENTER]).done


def test_a_cursor_that_moved_behind_the_guards_back_keeps_the_key_away(bench: ActuatorBench) -> None:
    def guard(_shot: PaneShot, _frame: Frame) -> Veto | None:
        moved.append(bench.server.run("send-keys", "-t", bench.pane, "-l", " "))
        assert bench.hears(b" " * len(moved))
        return None

    moved: list[str] = []
    told = bench.actuator.press(bench.pane, bench.pid, [Key.ENTER], guard=guard)
    assert not told.done
    assert "changed at the last moment" in told.why
    assert b"\r" not in bench.bytes()


def test_an_agent_at_work_that_leaves_its_cursor_where_it_drew_last_is_told(bench: ActuatorBench) -> None:
    tty = bench.server.run("display-message", "-p", "-t", bench.pane, "#{pane_tty}")

    def draws(_shot: PaneShot | None = None, _frame: Frame | None = None) -> None:
        drawn.append("x")
        with open(tty, "w") as screen:  # noqa: PTH123 - a terminal
            screen.write(f"\x1b[6;1H\x1b[2Kworking {''.join(drawn)}")
        bench.server.wait_for(bench.pane, f"working {''.join(drawn)}")

    drawn: list[str] = []
    draws()
    assert bench.actuator.press(bench.pane, bench.pid, [Key.ENTER], guard=draws).done
    assert len(drawn) == 2


def test_a_screen_that_moves_once_is_looked_at_again_at_once(bench: ActuatorBench) -> None:
    def guard(_shot: PaneShot, _frame: Frame) -> Veto | None:
        if not moved:
            moved.append(bench.server.run("send-keys", "-t", bench.pane, "-l", "x"))
            assert bench.hears(b"x")
        return None

    moved: list[str] = []
    assert bench.actuator.press(bench.pane, bench.pid, [Key.ENTER], guard=guard).done
    assert bench.hears(b"x\r")


ROWS = (
    "> ",
    "❯\xa0[u-7f3a] it's 100% {done}, #1 of $2 (a|b) *x* ^y^ \\z [k] ~ ?",
    "│ > said: 你好 🦀 ünï                                   │",
    "╭─────╮ ─ ═ ▀▄",
    'a;b & c = "d" <e> @f %g `h` !i',
)


@pytest.mark.parametrize("row", ROWS)
def test_tmux_finds_a_row_again_by_its_pattern(tmux_server: TmuxServer, row: str) -> None:
    (tmux_server.folder / "screen").write_text(f"first\n\n{row}\n")
    pane = tmux_server.new_window(f"cat {tmux_server.folder}/screen; exec sleep 600")
    tmux_server.wait_for(pane, row.rstrip())
    found = f"#{{C/r:{last_check.row_pattern(row)}}}"
    assert tmux_server.run("display-message", "-p", "-t", pane, found) == "3"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=60))
def test_a_rows_pattern_holds_no_sign_of_tmuxs_formats_and_finds_the_row(row: str) -> None:
    pattern = last_check.row_pattern(row)
    assert not set(pattern) & set("#{},'\\")
    assert re.search(pattern, row)
    assert not re.search(pattern, f"{row}x")


def test_the_signs_of_dialogs_hold_no_sign_of_tmuxs_formats() -> None:
    assert not set("".join(last_check.DIALOG_SIGNS)) & set("#{},'")
