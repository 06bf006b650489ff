"""Windows killed and opened, and a message looked for by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actuator_bench import ActuatorBench

from tmuxio.acting.actuator import TokenPlace, Veto
from tmuxio.acting.tokens import find
from understudy.intents import Key

if TYPE_CHECKING:
    from private_tmux import TmuxServer


@pytest.fixture
def bench(tmux_server: TmuxServer) -> ActuatorBench:
    return ActuatorBench(tmux_server)


def test_a_window_is_killed_with_the_pane_that_was_meant(bench: ActuatorBench) -> None:
    other = bench.server.new_window("exec sleep 600")

    assert bench.actuator.kill_window(bench.pane, bench.pid + 1).why.startswith("another process")
    assert bench.actuator.kill_window(bench.pane, bench.pid).done
    assert bench.server.run("list-panes", "-a", "-F", "#{pane_id}") == other


def test_a_window_with_a_shell_in_front_can_be_killed_if_the_guard_lets_it(bench: ActuatorBench) -> None:
    pane = bench.server.new_window("exec bash --norc")
    bench.server.wait_for(pane, "$")
    pid = int(bench.server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))

    assert bench.actuator.kill_window(pane, pid, guard=lambda _shot, _frame: Veto("alive")).why == "alive"
    assert bench.actuator.kill_window(pane, pid).done


@pytest.mark.parametrize("session", ["main", "$5", "a:b #{pid}"])
def test_a_window_is_opened_where_it_was_wanted_and_runs_the_command(bench: ActuatorBench, session: str) -> None:
    if session != "main":
        bench.server.run("rename-session", "-t", "=main", "--", session)
    session = bench.server.run("display-message", "-p", "-t", bench.pane, "#{session_name}")

    opened = bench.actuator.spawn(
        session, 7, "Claude-pm #{pid}", f"exec python3 {bench.server.folder}/agent.py /dev/null"
    )

    assert opened.done
    assert opened.pane is not None
    bench.server.wait_for(opened.pane, "ready")
    seen = bench.server.run("display-message", "-p", "-t", opened.pane, "#{window_index} #{pane_pid} #{window_active}")
    assert seen == f"7 {opened.pid} 0"
    assert bench.server.run("display-message", "-p", "-t", opened.pane, "#{window_name}") == "Claude-pm #{pid}"


def test_a_shell_stays_when_the_spawned_command_ends(bench: ActuatorBench) -> None:
    opened = bench.actuator.spawn("main", None, "pm", "echo over")

    assert opened.pane is not None
    bench.server.wait_for(opened.pane, "\nover")
    assert bench.server.run("display-message", "-p", "-t", opened.pane, "#{pane_dead}") == "0"


@pytest.mark.parametrize(
    ("session", "index", "command", "why"),
    [("main", 0, "true", "index"), ("nobody", 1, "true", "no session 'nobody'"), ("main", 1, " ", "no command")],
)
def test_a_window_that_cannot_be_opened_says_why(
    bench: ActuatorBench, session: str, index: int, command: str, why: str
) -> None:
    opened = bench.actuator.spawn(session, index, "pm", command)

    assert not opened.done
    assert why in opened.why
    assert bench.server.run("list-windows", "-a", "-F", "x") == "x"


def test_a_token_is_found_in_the_composer_above_it_or_nowhere(bench: ActuatorBench) -> None:
    actuator, pane, pid = bench.actuator, bench.pane, bench.pid

    assert actuator.find_token(pane, pid, "[u-7f3a]") is TokenPlace.NOWHERE
    bench.vetoes = [None, Veto("wait")]
    actuator.type_line(pane, pid, "[u-7f3a] the tests are red")
    assert actuator.find_token(pane, pid, "[u-7f3a]") is TokenPlace.COMPOSER
    assert actuator.press(pane, pid, [Key.ENTER]).done
    bench.server.wait_for(pane, "red\n>")
    assert actuator.find_token(pane, pid, "[u-7f3a]") is TokenPlace.ABOVE
    assert actuator.find_token(pane, pid + 1, "[u-7f3a]") is TokenPlace.NOWHERE
    assert actuator.find_token("%99", pid, "[u-7f3a]") is TokenPlace.NOWHERE


def test_what_is_no_pane_never_reaches_tmux(bench: ActuatorBench) -> None:
    evil = f"{bench.pane} ; kill-server"

    with pytest.raises(ValueError, match="no tmux pane id"):
        bench.actuator.find_token(evil, bench.pid, "x")
    assert bench.actuator.press(evil, bench.pid, [Key.ENTER]).why == "the pane is gone"
    assert bench.actuator.kill_window(evil, bench.pid).why == "the pane is gone"
    assert bench.server.is_up()


def test_a_token_is_found_in_the_scrollback(bench: ActuatorBench) -> None:
    pane = bench.server.new_window("printf '[u-1]\\n'; seq 60; printf '> '; exec sleep 600")
    bench.server.wait_for(pane, "60\n>")
    pid = int(bench.server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))

    assert bench.actuator.find_token(pane, pid, "[u-1]") is TokenPlace.ABOVE


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
        (BOX.format(above="[u-1] hello", draft="", more=""), TokenPlace.ABOVE),
        (BOX.format(above="hi", draft="[u-1] hello", more=""), TokenPlace.COMPOSER),
        (BOX.format(above="hi", draft="a draft [u", more="-1] hello"), TokenPlace.COMPOSER),
        (BOX.format(above="[u-1] hello", draft="[u-1] hello", more=""), TokenPlace.COMPOSER),
        (BOX.format(above="hi", draft="", more=""), TokenPlace.NOWHERE),
        ("[u-1] sent\nworking\nworking\nworking\n", TokenPlace.ABOVE),
        ("working\nworking\nworking\n[u-1] typed\n\n", TokenPlace.COMPOSER),
        ("", TokenPlace.NOWHERE),
    ],
)
def test_the_composer_is_told_from_what_stands_above_it(screen: str, place: TokenPlace) -> None:
    assert find(screen, "[u-1]") is place


def test_looking_and_touching_leave_no_client_behind(bench: ActuatorBench) -> None:
    bench.actuator.type_line(bench.pane, bench.pid, "hello")

    assert bench.server.run("list-clients") == ""
    assert len(bench.server._processes()) == 1
