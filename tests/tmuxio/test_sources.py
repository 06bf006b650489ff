from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import NoServer
from tmuxio.sources import LibtmuxSource, ServerSource, TapeClock, TapeSource
from tmuxio.tapes.recorder import Recorder
from understudy.clock import VirtualClock
from understudy.report import ProblemKind
from understudy.screens import Frame, PaneShot, Tape

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer


def shot(
    pane: str, index: int = 0, *, session: str = "team", window: str = "w", ansi: str = "", **more: Any
) -> PaneShot:
    return PaneShot(
        pane=pane, pid=int(pane[1:]) + 100, session=session, session_id="$0", session_created=7, window_id="@0",
        window_index=index, window=window, ansi=ansi, **more,
    )  # fmt: skip


TAPE = Tape(
    id="t",
    frames=tuple(
        Frame(
            at=100 + tick,
            panes=(
                shot("%2", 1, window="claude:dev", ansi=f"\x1b[31mtick {tick}\x1b[0m  \n\n\n"),
                shot("%1", 0, ansi="still"),
                shot("%3", 1, active=False, ansi="the other half"),
                shot("%4", 0, session="a", ansi="elsewhere"),
            ),
        )
        for tick in range(4)
    ),
)


def test_a_tape_shows_its_last_frames_and_what_it_has_where_more_are_wanted() -> None:
    source = TapeSource(TAPE)

    assert [frame.at for frame in source.look()] == [103]
    assert [frame.at for frame in source.look(3)] == [101, 102, 103]
    assert [frame.at for frame in source.look(9)] == [100, 101, 102, 103]


def test_a_tape_answers_the_monolith_in_its_own_words() -> None:
    source = TapeSource(TAPE)

    assert [seen.name for seen in source.sessions()] == ["a", "team"]
    assert [(w.index, w.name, w.pane, w.pid) for w in source.windows("team")] == [
        ("0", "w", "%1", 101),
        ("1", "claude", "%2", 102),
    ]
    assert source.windows("nobody") == []
    assert list(source.capture("team:1", looks=4)) == ["tick 0", "tick 1", "tick 2", "tick 3"]
    assert list(source.capture("team:1")) == ["tick 3"]
    assert list(source.capture("team:9", looks=2)) == ["", ""]


def test_time_on_a_tape_is_its_last_instant_and_sleeping_moves_it() -> None:
    clock = TapeClock(TAPE)

    assert clock.now() == 103
    clock.sleep(2)
    assert clock.now() == 105


def test_the_monoliths_eyes_see_the_same_on_a_tape_and_on_the_server(tmux_server: TmuxServer) -> None:
    panes = [
        tmux_server.new_window("printf 'one  \\n\\n\\033[32mtwo\\n\\n'; exec sleep 600", session="a.b $5", name="pm:x"),
        tmux_server.new_window("printf two; exec sleep 600", session="$5", name="claude-dev"),
    ]
    for pane in panes:
        tmux_server.wait_for(pane, "two")
    split = tmux_server.run("split-window", "-P", "-F", "#{pane_id}", "-t", panes[1], "printf two; exec sleep 600")
    tmux_server.wait_for(split, "two")
    clock = VirtualClock(5)
    tape = Recorder(Reader(tmux_server.address), clock).shoot(frames=1)
    on_tape, live = TapeSource(tape), LibtmuxSource(tmux_server.address, clock)

    assert on_tape.sessions() == live.sessions()
    for session in live.sessions():
        on_server = live.windows(session.name)
        assert [(w.index, w.name, w.pane, w.pid) for w in on_tape.windows(session.name)] == [
            (w.index, w.name, w.pane, w.pid) for w in on_server
        ]
        for window in on_server:
            target = f"{session.name}:{window.index}"
            assert on_tape.capture(target) == live.capture(target) != [""]
    assert live.problems == []


def test_looks_of_the_monoliths_eyes_are_a_gap_apart_on_the_clock_they_were_given(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("printf hello; exec sleep 600")
    tmux_server.wait_for(pane, "hello")
    clock = VirtualClock(0)

    assert list(LibtmuxSource(tmux_server.address, clock).capture("main:0", looks=4, gap_s=0.3)) == ["hello"] * 4
    assert clock.now() == pytest.approx(0.9)


def test_the_monolith_sees_nothing_where_tmux_fails_and_the_eyes_say_why(tmp_path: Path) -> None:
    source = LibtmuxSource(ServerAddress(tmp_path / "none"), VirtualClock())

    assert (source.sessions(), source.windows("team"), source.capture("team:0", looks=2)) == ([], [], ["", ""])
    assert [problem.kind for problem in source.problems] == [ProblemKind.NO_SERVER] * 4


def test_a_session_that_is_gone_is_a_problem_of_that_session(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    source = LibtmuxSource(tmux_server.address, VirtualClock())

    assert source.windows("gone") == []
    assert [(problem.kind, problem.subject) for problem in source.problems] == [
        (ProblemKind.SESSION_UNREADABLE, "gone")
    ]


def test_a_stopped_server_does_not_hang_libtmux_and_leaves_no_client(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    os.kill(tmux_server.pid, signal.SIGSTOP)
    source = LibtmuxSource(tmux_server.address, VirtualClock(), deadline_s=0.3)

    assert source.sessions() == []
    assert [problem.kind for problem in source.problems] == [ProblemKind.SERVER_SILENT]
    assert len(tmux_server._processes()) == 1


def test_live_eyes_shoot_frames_a_gap_apart(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("printf hello; exec sleep 600")
    tmux_server.wait_for(pane, "hello")
    clock = VirtualClock(10)
    source = ServerSource(Reader(tmux_server.address, clock=clock), clock)

    frames = source.look(frames=3, gap_s=0.3)

    assert [frame.at for frame in frames] == [10, 10.3, 10.6]
    assert all(frame.by_pane[pane].text.startswith("hello") for frame in frames)
    assert source.waited_s < 0.1


def test_live_eyes_never_take_no_server_for_no_agents(tmp_path: Path) -> None:
    with pytest.raises(NoServer):
        ServerSource(Reader(ServerAddress(tmp_path / "none")), VirtualClock()).look()
