"""Windows killed and opened, and a message looked for by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hands_desk import Desk

from tmuxio.touching.hands import Place, Veto
from tmuxio.touching.tokens import find
from understudy.intents import Key

if TYPE_CHECKING:
    from private_tmux import TmuxServer


@pytest.fixture
def desk(tmux_server: TmuxServer) -> Desk:
    return Desk(tmux_server)


def test_a_window_is_killed_with_the_pane_that_was_meant(desk: Desk) -> None:
    other = desk.server.new_window("exec sleep 600")

    assert desk.hands.kill_window(desk.pane, desk.pid + 1).why.startswith("another process")
    assert desk.hands.kill_window(desk.pane, desk.pid).done
    assert desk.server.run("list-panes", "-a", "-F", "#{pane_id}") == other


def test_a_window_with_a_shell_in_front_can_be_killed_if_the_guard_lets_it(desk: Desk) -> None:
    pane = desk.server.new_window("exec bash --norc")
    desk.server.wait_for(pane, "$")
    pid = int(desk.server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))

    assert desk.hands.kill_window(pane, pid, guard=lambda _shot, _frame: Veto("alive")).why == "alive"
    assert desk.hands.kill_window(pane, pid).done


@pytest.mark.parametrize("session", ["main", "$5", "a:b #{pid}"])
def test_a_window_is_opened_where_it_was_wanted_and_runs_the_command(desk: Desk, session: str) -> None:
    if session != "main":
        desk.server.run("rename-session", "-t", "=main", "--", session)
    session = desk.server.run("display-message", "-p", "-t", desk.pane, "#{session_name}")

    opened = desk.hands.spawn(session, 7, "Claude-pm #{pid}", f"exec python3 {desk.server.folder}/agent.py /dev/null")

    assert opened.done
    assert opened.pane is not None
    desk.server.wait_for(opened.pane, "ready")
    seen = desk.server.run("display-message", "-p", "-t", opened.pane, "#{window_index} #{pane_pid} #{window_active}")
    assert seen == f"7 {opened.pid} 0"
    assert desk.server.run("display-message", "-p", "-t", opened.pane, "#{window_name}") == "Claude-pm #{pid}"


def test_a_shell_stays_when_the_spawned_command_ends(desk: Desk) -> None:
    opened = desk.hands.spawn("main", None, "pm", "echo over")

    assert opened.pane is not None
    desk.server.wait_for(opened.pane, "\nover")
    assert desk.server.run("display-message", "-p", "-t", opened.pane, "#{pane_dead}") == "0"


@pytest.mark.parametrize(
    ("session", "index", "command", "why"),
    [("main", 0, "true", "index"), ("nobody", 1, "true", "no session 'nobody'"), ("main", 1, " ", "no command")],
)
def test_a_window_that_cannot_be_opened_says_why(desk: Desk, session: str, index: int, command: str, why: str) -> None:
    opened = desk.hands.spawn(session, index, "pm", command)

    assert not opened.done
    assert why in opened.why
    assert desk.server.run("list-windows", "-a", "-F", "x") == "x"


def test_a_token_is_found_in_the_composer_above_it_or_nowhere(desk: Desk) -> None:
    hands, pane, pid = desk.hands, desk.pane, desk.pid

    assert hands.find_token(pane, pid, "[u-7f3a]") is Place.NOWHERE
    desk.vetoes = [None, Veto("wait")]
    hands.type_line(pane, pid, "[u-7f3a] the tests are red")
    assert hands.find_token(pane, pid, "[u-7f3a]") is Place.COMPOSER
    assert hands.press(pane, pid, [Key.ENTER]).done
    desk.server.wait_for(pane, "red\n>")
    assert hands.find_token(pane, pid, "[u-7f3a]") is Place.ABOVE
    assert hands.find_token(pane, pid + 1, "[u-7f3a]") is Place.NOWHERE
    assert hands.find_token("%99", pid, "[u-7f3a]") is Place.NOWHERE


def test_what_is_no_pane_never_reaches_tmux(desk: Desk) -> None:
    evil = f"{desk.pane} ; kill-server"

    with pytest.raises(ValueError, match="no tmux pane id"):
        desk.hands.find_token(evil, desk.pid, "x")
    assert desk.hands.press(evil, desk.pid, [Key.ENTER]).why == "the pane is gone"
    assert desk.hands.kill_window(evil, desk.pid).why == "the pane is gone"
    assert desk.server.is_up()


def test_a_token_is_found_in_the_scrollback(desk: Desk) -> None:
    pane = desk.server.new_window("printf '[u-1]\\n'; seq 60; printf '> '; exec sleep 600")
    desk.server.wait_for(pane, "60\n>")
    pid = int(desk.server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))

    assert desk.hands.find_token(pane, pid, "[u-1]") is Place.ABOVE


BOX = """● done
> {above}
● reading
╭────────────╮
│ > {draft}  │
│   {more}   │
╰────────────╯
  ? for shortcuts

"""


@pytest.mark.parametrize(
    ("screen", "place"),
    [
        (BOX.format(above="[u-1] hello", draft="", more=""), Place.ABOVE),
        (BOX.format(above="hi", draft="[u-1] hello", more=""), Place.COMPOSER),
        (BOX.format(above="hi", draft="a draft [u", more="-1] hello"), Place.COMPOSER),
        (BOX.format(above="[u-1] hello", draft="[u-1] hello", more=""), Place.COMPOSER),
        (BOX.format(above="hi", draft="", more=""), Place.NOWHERE),
        ("[u-1] sent\nworking\nworking\nworking\n", Place.ABOVE),
        ("working\nworking\nworking\n[u-1] typed\n\n", Place.COMPOSER),
        ("", Place.NOWHERE),
    ],
)
def test_the_composer_is_told_from_what_stands_above_it(screen: str, place: Place) -> None:
    assert find(screen, "[u-1]") is place


def test_looking_and_touching_leave_no_client_behind(desk: Desk) -> None:
    desk.hands.type_line(desk.pane, desk.pid, "hello")

    assert desk.server.run("list-clients") == ""
    assert len(desk.server._processes()) == 1
