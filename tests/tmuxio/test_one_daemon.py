"""A watch whose server or client is gone, stopped, or not to be had."""

from __future__ import annotations

import os
import signal
import time
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from patient import until

from tmuxio.reading.control_reader import ControlReader
from tmuxio.reading.reader import Reader
from tmuxio.server.control import ControlClient
from tmuxio.server.errors import NoServer, ServerSilent, TmuxRefused

if TYPE_CHECKING:
    from private_tmux import TmuxServer


def test_a_stopped_server_is_silent_and_is_watched_on_afterwards(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("printf hello; exec sleep 600")
    tmux_server.wait_for(pane, "hello")
    watch, pid = ControlReader(tmux_server.address, deadline_s=0.4), tmux_server.pid
    watch.frame()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ServerSilent):
        watch.frame()
    os.kill(pid, signal.SIGCONT)

    until(lambda: _looks(watch, pane))
    watch.close()


def _looks(watch: ControlReader, pane: str) -> bool:
    try:
        return watch.frame().by_pane[pane].text.startswith("hello")
    except ServerSilent:
        return False


def test_no_server_is_no_frame_and_a_new_one_is_seen(tmux_server: TmuxServer, watch: ControlReader) -> None:
    with pytest.raises(NoServer):
        watch.frame()
    pane = tmux_server.new_window("printf hello; exec sleep 600")
    tmux_server.wait_for(pane, "hello")

    assert watch.frame().by_pane[pane].text.startswith("hello")


def test_a_server_without_sessions_is_an_empty_frame(tmux_server: TmuxServer, watch: ControlReader) -> None:
    tmux_server.new_window()
    tmux_server.run("set-option", "-s", "exit-empty", "off")
    watch.frame()
    tmux_server.run("kill-session", "-t", "=main")

    assert watch.frame().panes == ()


def test_where_no_client_may_attach_frames_are_the_same_without_one(
    tmux_server: TmuxServer, watch: ControlReader
) -> None:
    pane = tmux_server.new_window("printf hello; exec sleep 600")
    tmux_server.wait_for(pane, "hello")
    person = ControlClient(tmux_server.address)
    person.request(["display-message -p x"], 5)
    tmux_server.run("set-option", "-g", "destroy-unattached", "on")

    frames = [watch.frame(), watch.frame()]
    assert len(tmux_server.run("list-clients").splitlines()) == 1
    tmux_server.run("set-option", "-g", "destroy-unattached", "off")
    watch._not_before = 0.0
    frames.append(watch.frame())
    assert len(tmux_server.run("list-clients").splitlines()) == 2
    person.close()

    assert all(frame.panes == Reader(tmux_server.address).frame().panes for frame in frames)
    assert frames[-1].by_pane[pane].command == "sleep"


def test_a_client_that_cannot_be_had_is_asked_for_less_and_less_often(
    tmux_server: TmuxServer, watch: ControlReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmux_server.new_window("exec sleep 600")
    began = time.monotonic()
    now, tried = [began], list[float]()
    monkeypatch.setattr("tmuxio.reading.control_reader.time", SimpleNamespace(time=time.time, monotonic=lambda: now[0]))

    def refused(*_: object) -> None:
        tried.append(now[0] - began)
        raise TmuxRefused(tmux_server.socket_path, "no")

    monkeypatch.setattr(watch._control, "request", refused)
    for _ in range(400):
        assert watch.frame().panes
        now[0] += 0.25

    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30], abs=0.26)  # a quarter of a second from frame to frame


def test_it_has_one_client_at_most(tmux_server: TmuxServer, watch: ControlReader) -> None:
    tmux_server.new_window("exec sleep 600")
    for _ in range(3):
        watch.frame()

    assert len(tmux_server.run("list-clients").splitlines()) == 1
    watch.close()
    assert tmux_server.run("list-clients") == ""
    assert ControlClient(tmux_server.address).pid is None
