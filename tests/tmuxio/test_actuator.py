from __future__ import annotations

import os
import pty
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest
from actuator_bench import ActuatorBench

from tmuxio.acting import action
from tmuxio.acting.actuator import ActionResult, Actuator, Veto
from understudy.clock import SystemClock
from understudy.intents import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

    from understudy.screens import Frame, PaneShot


@pytest.fixture
def bench(tmux_server: TmuxServer) -> ActuatorBench:
    return ActuatorBench(tmux_server)


def refused(bench: ActuatorBench, why: str, *, pane: str | None = None, pid: int | None = None) -> bool:
    """Every kind of key is refused for that reason, and nothing arrives."""
    pane, pid = pane or bench.pane, pid or bench.pid
    touches = [bench.actuator.type_line(pane, pid, "hello"), bench.actuator.press(pane, pid, [Key.ENTER])]
    assert [touched.done for touched in touches] == [False, False]
    assert all(why in touched.why for touched in touches), touches
    return bench.bytes() == b""


def test_a_line_is_typed_and_sent_with_an_enter_of_its_own(bench: ActuatorBench) -> None:
    assert bench.actuator.type_line(bench.pane, bench.pid, "the tests are red") == ActionResult(done=True)

    assert bench.hears(b"the tests are red\r")


@pytest.mark.parametrize(
    "text",
    [
        'it\'s "quoted" `x` $HOME ~ \\n %1 #{pid} #(date) {a;b} ; kill-server ;',
        "-l -t %0",
        "Enter",
        "C-c",
        "ünïcödé 你好 🦀",
        ";",
        "'",
        "\\",
        "}",
        "x" * 700,
    ],
)
def test_every_character_arrives_as_it_is(bench: ActuatorBench, text: str) -> None:
    assert bench.actuator.type_line(bench.pane, bench.pid, text) == ActionResult(done=True)

    assert bench.hears(text.encode() + b"\r")


def test_line_ends_and_control_characters_are_folded_into_blanks(bench: ActuatorBench) -> None:
    assert bench.actuator.type_line(bench.pane, bench.pid, "one\r\ntwo\x03\x1b[A\tthree\x7f\u2028four\n").done

    assert bench.hears(b"one two [A three four\r")


def test_nothing_is_typed_where_nothing_is_left(bench: ActuatorBench) -> None:
    assert bench.actuator.type_line(bench.pane, bench.pid, "\x03\n ") == ActionResult(
        done=False, why="there is nothing to type"
    )
    assert bench.bytes() == b""


def test_the_four_named_keys_are_pressed_in_order(bench: ActuatorBench) -> None:
    keys = [Key.END_OF_LINE, Key.CLEAR_LINE, Key.ENTER, Key.ESCAPE]

    assert bench.actuator.press(bench.pane, bench.pid, keys, gap_s=0).done
    assert bench.hears(b"\x05\x15\r\x1b")


def test_no_other_key_can_be_pressed(bench: ActuatorBench) -> None:
    with pytest.raises(ValueError, match="C-c"):
        bench.actuator.press(bench.pane, bench.pid, ["C-c"])  # type: ignore[list-item]
    assert bench.bytes() == b""


def test_the_guard_judges_the_very_frame_before_every_key(bench: ActuatorBench) -> None:
    bench.actuator.type_line(bench.pane, bench.pid, "hello")

    assert len(bench.asked) == 2
    assert bench.asked[0][0].text.startswith("ready")
    assert bench.asked[0][0] == bench.asked[0][1].by_pane[bench.pane]
    assert "> hello" in bench.asked[1][0].text


def test_a_veto_is_a_refusal_with_its_reason(bench: ActuatorBench) -> None:
    bench.vetoes = [Veto("an approval dialog is open")] * 2

    assert refused(bench, "an approval dialog is open")


def test_a_veto_between_the_text_and_enter_leaves_it_unsent(bench: ActuatorBench) -> None:
    bench.vetoes = [None, Veto("a dialog came up")]

    touched = bench.actuator.type_line(bench.pane, bench.pid, "hello")

    assert touched == ActionResult(done=False, why="typed, but not sent: a dialog came up")
    assert bench.hears(b"hello")


def test_a_veto_between_two_keys_says_which_were_pressed(bench: ActuatorBench) -> None:
    bench.vetoes = [None, Veto("stop")]

    assert bench.actuator.press(bench.pane, bench.pid, [Key.END_OF_LINE, Key.ENTER]).why == "after C-e: stop"
    assert bench.hears(b"\x05")


def test_a_guard_that_fails_has_not_said_yes(bench: ActuatorBench) -> None:
    def broken(_shot: PaneShot, _frame: Frame) -> Veto | None:
        raise RuntimeError("no host")

    touched = bench.actuator.press(bench.pane, bench.pid, [Key.ENTER], guard=broken)

    assert touched == ActionResult(done=False, why="the guard failed: RuntimeError: no host")
    assert bench.bytes() == b""


def test_a_guard_of_its_own_is_asked_in_place_of_the_usual_one(bench: ActuatorBench) -> None:
    touched = bench.actuator.press(bench.pane, bench.pid, [Key.ENTER], guard=lambda _shot, _frame: Veto("mine"))

    assert (touched.why, bench.asked) == ("mine", [])


def test_a_pane_that_is_gone_is_refused(bench: ActuatorBench) -> None:
    bench.server.new_window("exec sleep 600")
    bench.server.run("kill-pane", "-t", bench.pane)

    assert refused(bench, "the pane is gone")


def test_another_process_in_the_pane_is_refused(bench: ActuatorBench) -> None:
    bench.server.run("respawn-pane", "-k", "-t", bench.pane, bench.command)
    bench.server.wait_for(bench.pane, "ready")

    assert refused(bench, "another process runs in the pane")


def test_a_shell_in_front_is_refused(bench: ActuatorBench) -> None:
    pane = bench.server.new_window("exec bash --norc")
    bench.server.wait_for(pane, "$")
    pid = int(bench.server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))

    assert refused(bench, "no agent is in front: bash", pane=pane, pid=pid)
    assert bench.asked == []


def test_a_dead_pane_is_refused(bench: ActuatorBench) -> None:
    bench.server.run("set-option", "-g", "remain-on-exit", "on")
    bench.dies()

    assert refused(bench, "ended")


def test_copy_mode_is_refused(bench: ActuatorBench) -> None:
    bench.server.run("copy-mode", "-t", bench.pane)

    assert refused(bench, "copy mode")


@pytest.mark.parametrize("option", ["synchronize-panes", "input-off"])
def test_keys_that_would_reach_other_panes_or_none_are_refused(bench: ActuatorBench, option: str) -> None:
    bench.server.run("split-window", "-t", bench.pane, "exec cat")
    if option == "input-off":
        bench.server.run("select-pane", "-d", "-t", bench.pane)
    else:
        bench.server.run("set-option", "-w", "-t", bench.pane, "synchronize-panes", "on")

    assert refused(bench, "changed at the last moment")


@pytest.mark.parametrize("change", ["copy-mode", "respawn", "kill", "exit"])
def test_what_changes_while_the_guard_thinks_is_seen_by_the_last_check(bench: ActuatorBench, change: str) -> None:
    server = bench.server
    server.new_window("exec sleep 600")
    server.run("set-option", "-g", "remain-on-exit", "on")

    def slow(shot: PaneShot, _frame: Frame) -> Veto | None:
        if change == "copy-mode":
            server.run("copy-mode", "-t", shot.pane)
        elif change == "respawn":
            server.run("respawn-pane", "-k", "-t", shot.pane, bench.command)
            server.wait_for(shot.pane, "ready")
        elif change == "kill":
            server.run("kill-pane", "-t", shot.pane)
        else:
            bench.dies()
        return None

    for touched in (
        bench.actuator.press(bench.pane, bench.pid, [Key.ENTER], guard=slow),
        bench.actuator.type_line(bench.pane, bench.pid, "x", guard=slow)
        if change == "copy-mode"
        else ActionResult(done=False),
    ):
        assert not touched.done
    assert bench.bytes() == b""


@pytest.fixture
def person(bench: ActuatorBench) -> Iterator[int]:
    """A terminal in which somebody is attached; yields the handle that their keys go into."""
    master, slave = pty.openpty()
    argv = ["tmux", "-u", "-S", str(bench.server.socket_path), "attach-session", "-t", "=main"]
    client = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=bench.server.environment)
    drain = threading.Thread(target=_drain, args=(master,), daemon=True)
    drain.start()
    deadline = time.monotonic() + 10
    while not bench.server.run("list-clients") and time.monotonic() < deadline:
        time.sleep(0.02)
    yield master
    client.kill()
    client.wait()
    os.close(slave)
    drain.join(5)
    os.close(master)


def _drain(master: int) -> None:
    try:
        while os.read(master, 65536):
            pass
    except OSError:  # the terminal was closed
        return


def test_a_pane_in_which_somebody_types_is_refused(bench: ActuatorBench, person: int) -> None:
    os.write(person, b"a")
    assert bench.hears(b"a")

    touched = bench.actuator.type_line(bench.pane, bench.pid, "hello")

    assert touched == ActionResult(done=False, why="somebody typed in it within the last 5 s")
    assert not bench.actuator.kill_window(bench.pane, bench.pid).done
    assert bench.bytes() == b"a"


def test_somebody_who_types_elsewhere_does_not_disturb(bench: ActuatorBench, person: int) -> None:
    bench.server.new_window("exec cat", name="other")
    bench.server.run("select-window", "-t", "=main:1")
    os.write(person, b"a")

    assert bench.actuator.type_line(bench.pane, bench.pid, "hello").done


def test_somebody_typed_until_five_seconds_ago_however_tmux_cuts_its_seconds() -> None:
    assert action.typing("100 %1\n", "%1", 105.9, 5)
    assert not action.typing("100 %1\n", "%1", 106.0, 5)
    assert not action.typing("100 %1\n", "%2", 100.5, 5)
    assert not action.typing("", "%1", 100.5, 5)


def test_a_stopped_server_refuses_and_nothing_is_pressed_when_it_goes_on(bench: ActuatorBench) -> None:
    actuator = Actuator(bench.server.address, bench.guard, SystemClock(), deadline_s=0.3)
    server_pid = bench.server.pid

    def stop(_shot: PaneShot, _frame: Frame) -> Veto | None:
        threading.Timer(0.0, os.kill, (server_pid, signal.SIGSTOP)).run()
        return None

    touched = actuator.type_line(bench.pane, bench.pid, "hello", guard=stop)
    assert not touched.done
    assert "did not answer" in touched.why
    os.kill(server_pid, signal.SIGCONT)

    bench.server.wait_for(bench.pane, "ready")
    assert bench.actuator.press(bench.pane, bench.pid, [Key.ENTER]).done
    assert bench.hears(b"\r")


def test_an_act_that_was_given_up_on_a_stopped_server_never_happens(bench: ActuatorBench) -> None:
    actuator = Actuator(bench.server.address, bench.guard, SystemClock(), deadline_s=0.3)
    server_pid = bench.server.pid
    shot = actuator._frame().by_pane[bench.pane]
    os.kill(server_pid, signal.SIGSTOP)

    touched = actuator._act(action.if_unchanged(shot, action.send_text(bench.pane, "ghost")))
    os.kill(server_pid, signal.SIGCONT)

    assert (touched.done, touched.certain) == (False, False)
    assert bench.actuator.press(bench.pane, bench.pid, [Key.ENTER]).done
    assert bench.hears(b"\r")


def test_no_server_is_a_refusal(bench: ActuatorBench) -> None:
    os.kill(bench.server.pid, signal.SIGKILL)

    assert "tmux server" in bench.actuator.press(bench.pane, bench.pid, [Key.ENTER]).why
    assert "tmux server" in bench.actuator.kill_window(bench.pane, bench.pid).why
    assert "tmux server" in bench.actuator.spawn("main", None, "x", "true").why


def test_a_text_that_never_shows_is_not_sent(bench: ActuatorBench) -> None:
    pane = bench.server.new_window(f"stty -echo; echo ready; printf '> '; cat >> {bench.heard}; true")
    bench.server.wait_for(pane, "ready")
    pid = int(bench.server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))

    touched = bench.actuator.type_line(pane, pid, "hello")

    assert touched == ActionResult(done=False, why="typed, but not sent: the text did not show within 1 s")
