"""Whose keys went where: a person's terminal shows in the frame, a program's control client does not."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tmuxio.reading.control_reader import ControlReader
from tmuxio.reading.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

    from understudy import Frame

SOURCES = {"reader": lambda server: Reader(server.address), "watch": lambda server: ControlReader(server.address)}


@pytest.mark.parametrize("source", SOURCES)
def test_a_pane_before_which_a_person_sits_says_when_they_last_pressed_a_key(
    tmux_server: TmuxServer, source: str
) -> None:
    seen = tmux_server.new_window("exec cat", session="team", name="seen")
    hidden = tmux_server.new_window("exec cat", session="other", name="hidden")
    reader = SOURCES[source](tmux_server)
    assert [shot.typed_at for shot in reader.frame().panes if shot.pane in {seen, hidden}] == [None, None]
    tmux_server.run("select-window", "-t", seen)
    master, slave = pty.openpty()
    argv = ["tmux", "-u", "-S", str(tmux_server.socket_path), "attach-session", "-t", "=team"]
    began = int(time.time())
    with subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=os.environ | {"TERM": "xterm"}) as person:
        frame = until(reader.frame, lambda frame: frame.by_pane[seen].typed_at is not None)
        person.terminate()
    os.close(master)
    os.close(slave)
    assert frame.by_pane[seen].typed_at >= began
    assert frame.by_pane[hidden].typed_at is None
    until(reader.frame, lambda frame: frame.by_pane[seen].typed_at is None)
    if isinstance(reader, ControlReader):
        reader.close()


def until(frame: Callable[[], Frame], holds: Callable[[Frame], bool]) -> Frame:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        seen = frame()
        if holds(seen):
            return seen
        time.sleep(0.02)
    pytest.fail("it never came to be so")
