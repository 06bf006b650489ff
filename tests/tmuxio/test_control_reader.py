from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patient import until

from tmuxio.reading.control_reader import ControlReader
from tmuxio.reading.listing import Lasting
from tmuxio.reading.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

    from tmuxio.server.transport import Answers
    from understudy.screens import Frame


def settled(watch: ControlReader) -> Frame:
    """Watch until a frame needs no screen at all."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        before = watch.captures
        frame = watch.frame()
        if watch.captures == before:
            return frame
        time.sleep(0.1)
    pytest.fail("the panes never held still")


def same(one: Frame, other: Frame) -> bool:
    return one.panes == other.panes


def test_a_frame_is_what_a_whole_reading_shows(tmux_server: TmuxServer, watch: ControlReader) -> None:
    pane = tmux_server.new_window(
        r"printf '\033[31mred \\ \033(0lqk\033(B\t\344\275\240\n%%end 1 2 1\nready'; exec sleep 600"
    )
    tmux_server.new_window("exec sleep 600", session="$5", name="#{pid} 'x' \"y\"")
    tmux_server.wait_for(pane, "ready")
    reader = Reader(tmux_server.address)

    assert same(watch.frame(), reader.frame())
    assert same(settled(watch), reader.frame())


def test_panes_that_hold_still_are_not_read_again_and_keep_their_records(
    tmux_server: TmuxServer, watch: ControlReader
) -> None:
    for number in range(5):
        tmux_server.new_window(f"printf {number}; exec sleep 600")
    first = settled(watch)
    before = watch.captures, watch.spared

    second = watch.frame()

    assert (watch.captures, watch.spared) == (before[0], before[1] + 5)
    assert all(one is other for one, other in zip(first.panes, second.panes, strict=True))


def test_every_kind_of_change_is_noticed_in_the_next_frame(tmux_server: TmuxServer, watch: ControlReader) -> None:
    def shell(script: str) -> str:
        return tmux_server.new_window(f"printf start; stty -echo; read x; {script}; exec sleep 600")

    tmux_server.new_window("exec sleep 600")
    tmux_server.run("set-option", "-g", "remain-on-exit", "on")
    enter = {
        "append": shell("printf more"),
        "in place": shell("printf '\\rSTART'"),
        "alternate screen": shell("printf '\\033[?1049h\\033[Hfull'"),
        "colour alone": shell("printf '\\r\\033[31mstart\\033[0m\\0337\\0338'"),
    }
    echo = tmux_server.new_window("printf start; exec sleep 600")
    dies, respawned, resized, cleared, moded = (
        tmux_server.new_window(f"seq 40; printf {word}; exec sleep 600", name=word)
        for word in ("dies", "respawned", "resized", "cleared", "moded")
    )
    reader = Reader(tmux_server.address)
    until(lambda: all("40" in shot.text or "start" in shot.text for shot in reader.frame().panes[1:]))
    pid = int(tmux_server.run("display-message", "-p", "-t", dies, "#{pane_pid}"))
    before = settled(watch).by_pane

    for pane in enter.values():
        tmux_server.run("send-keys", "-t", pane, "Enter")
    tmux_server.run("send-keys", "-t", echo, "-l", "typed")
    os.kill(pid, signal.SIGKILL)
    tmux_server.run("respawn-pane", "-k", "-t", respawned, "printf again; exec sleep 600")
    tmux_server.run("resize-window", "-t", resized, "-x", "60", "-y", "20")
    tmux_server.run("clear-history", "-t", cleared)
    tmux_server.run("copy-mode", "-t", moded)
    changed = {*enter.values(), echo, dies, respawned, resized, cleared, moded}
    until(lambda: all(reader.frame().by_pane[pane] != before[pane] for pane in changed))

    now, truth = watch.frame().by_pane, reader.frame().by_pane

    assert {pane for pane in changed if now[pane] != truth[pane]} == set()


def test_an_agent_that_dies_without_a_trace_is_noticed(tmux_server: TmuxServer, watch: ControlReader) -> None:
    gate = tmux_server.folder / "gate"
    os.mkfifo(gate)
    pane = tmux_server.new_window(f"printf start; cat {gate}; exec sleep 600")
    tmux_server.wait_for(pane, "start")
    assert settled(watch).by_pane[pane].processes == ("sh", "cat")

    gate.write_text("")
    until(lambda: watch.frame().by_pane[pane].processes == ("sleep",))

    assert watch.frame().by_pane[pane].command == "sleep"


def test_a_panes_terminal_is_known_from_its_first_frame_on(tmux_server: TmuxServer, watch: ControlReader) -> None:
    first = tmux_server.new_window("sleep 600")
    watch.frame()
    later = tmux_server.new_window("sleep 600")
    for _ in range(2):
        frame = watch.frame()
        for pane in (first, later):
            assert frame.by_pane[pane].tty == tmux_server.run("display-message", "-p", "-t", pane, "#{pane_tty}")


def test_a_command_that_tmux_did_not_know_yet_is_asked_for_once_more(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("printf start; exec sleep 600")
    tmux_server.wait_for(pane, "start")
    now = [("sh",)]
    watch = ControlReader(tmux_server.address, processes=lambda pids, _=None: dict.fromkeys(pids, now[0]))
    settled(watch)
    watch._lasting[pane] = Lasting("", "half-known")
    now[0] = ("sleep",)
    watch.frame()
    watch._lasting[pane] = Lasting("", "half-known")

    frame = watch.frame()
    watch.close()

    assert frame.by_pane[pane].command == "sleep"


def test_a_pane_that_was_not_asked_for_stays_due_until_it_is(tmux_server: TmuxServer, watch: ControlReader) -> None:
    first = tmux_server.new_window("stty -echo; printf start; read x; printf more; exec sleep 600")
    other = tmux_server.new_window("printf other; exec sleep 600")
    tmux_server.wait_for(first, "start")
    settled(watch)
    tmux_server.run("send-keys", "-t", first, "Enter")
    tmux_server.wait_for(first, "more")
    time.sleep(1.1)

    assert "more" not in watch.frame([other]).by_pane[first].text
    assert "more" in watch.frame([first]).by_pane[first].text


def test_many_changes_at_once_take_the_bulk_road_and_show_the_same(
    tmux_server: TmuxServer, watch: ControlReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmuxio.reading.control_reader._BULK", 0)
    for number in range(20):
        tmux_server.new_window(f"printf {number}; exec sleep 600")

    assert same(watch.frame(), Reader(tmux_server.address).frame())


def test_what_is_surely_due_comes_with_the_list_in_one_trip(
    tmux_server: TmuxServer, watch: ControlReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = tmux_server.new_window("printf still; exec sleep 600")
    moving = tmux_server.new_window("n=0; while :; do n=$((n+1)); printf '\\r%s' $n; done")
    tmux_server.wait_for(still, "still")
    until(lambda: _captured(watch) == 1)
    watch._frames = 1  # far from the next look at everything
    trips: list[list[str]] = []
    ask = watch._control.request

    def counted(questions: list[str], within_s: float, meanwhile: Callable[[], object] | None = None) -> Answers:
        trips.append(questions)
        return ask(questions, within_s, meanwhile)

    monkeypatch.setattr(watch._control, "request", counted)

    shown: list[str] = []

    def moved() -> bool:
        shown.append(watch.frame().by_pane[moving].text)
        return len(shown) >= 20 and len(set(shown)) > 1

    until(moved)
    assert len(trips) == len(shown)
    assert not any(f"-t {still}" in question for questions in trips for question in questions)


def _captured(watch: ControlReader) -> int:
    before = watch.captures
    watch.frame()
    return watch.captures - before


def test_panes_come_and_go_between_frames(tmux_server: TmuxServer, watch: ControlReader) -> None:
    tmux_server.new_window("exec sleep 600")
    goes = tmux_server.new_window("exec sleep 600")
    watch.frame()
    tmux_server.run("kill-pane", "-t", goes)
    comes = tmux_server.new_window("printf new; exec sleep 600")
    tmux_server.wait_for(comes, "new")

    frame = watch.frame()

    assert goes not in frame.by_pane
    assert frame.by_pane[comes].text.startswith("new")


def test_a_pane_that_goes_between_the_list_and_its_screen_is_marked(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600")
    goes = tmux_server.new_window("exec sleep 600")

    def kill(pids: object, _: object = None) -> dict[int, tuple[str, ...]]:
        assert isinstance(pids, set)
        tmux_server.run("kill-pane", "-t", goes)
        return dict.fromkeys(pids, ())

    watch = ControlReader(tmux_server.address, processes=kill)
    frame = watch.frame()
    watch.close()

    assert frame.by_pane[goes].vanished
    assert frame.by_pane[goes].ansi == ""


def test_a_pane_that_is_resized_between_the_list_and_its_screen_is_shown_in_one_size(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("seq 30; exec sleep 600")
    tmux_server.wait_for(pane, "30")

    def resize(pids: object, _: object = None) -> dict[int, tuple[str, ...]]:
        assert isinstance(pids, set)
        tmux_server.run("resize-window", "-t", pane, "-x", "60", "-y", "10")
        return dict.fromkeys(pids, ())

    watch = ControlReader(tmux_server.address, processes=resize)
    shot = watch.frame().by_pane[pane]
    watch.close()

    assert (shot.width, shot.height, len(shot.ansi.split("\n"))) == (60, 10, 10)
    assert not shot.vanished


def test_names_that_forge_the_end_of_an_answer_hide_no_pane(tmux_server: TmuxServer, watch: ControlReader) -> None:
    script = "exec -a 'a\n%end 1 2 1\n%exit' sleep 600"
    for _ in range(3):
        tmux_server.new_window(f'exec bash -c "{script}"')
    until(lambda: all(shot.processes == ("sleep",) for shot in Reader(tmux_server.address).frame().panes))

    assert len(watch.frame().panes) == 3
    assert len(watch.frame().panes) == 3


def test_reading_for_long_leaks_nothing_in_the_server(tmux_server: TmuxServer, watch: ControlReader) -> None:
    for _ in range(10):
        tmux_server.new_window("head -c 1800 /dev/zero | tr '\\0' x; exec sleep 600")
    settled(watch)
    server = tmux_server.pid

    def grown(frames: int) -> int:
        before = _resident(server)
        for _ in range(frames):
            watch._seen = {pane: seen._replace(moved=True) for pane, seen in watch._seen.items()}
            watch.frame()
        return _resident(server) - before

    grown(20)
    assert grown(150) < 400_000  # 1500 screens: printed to a control client they would have cost 2.8 MB for good


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
