"""The kernel's word on a pane: who is stopped in front, and what its program has not read yet."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tmuxio.processes.front import stopped_in_front, unread

if TYPE_CHECKING:
    from private_tmux import TmuxServer


def about(server: TmuxServer, pane: str) -> tuple[int, str]:
    pid, tty = server.run("display-message", "-p", "-t", pane, "#{pane_pid} #{pane_tty}").split()
    return int(pid), tty


def until(holds: object) -> bool:
    deadline = time.monotonic() + 5
    while not holds():  # type: ignore[operator]
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_bytes_that_a_program_has_not_read_are_counted(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("stty raw -echo; echo ready; exec sleep 600")
    tmux_server.wait_for(pane, "ready")
    pid, tty = about(tmux_server, pane)
    assert unread(tty, pid) == 0
    tmux_server.run("send-keys", "-t", pane, "-l", "hello")
    assert until(lambda: unread(tty, pid) == 5)


def test_a_device_that_is_not_the_panes_terminal_is_not_asked(tmux_server: TmuxServer) -> None:
    pane, other = tmux_server.new_window("exec cat"), tmux_server.new_window("exec cat")
    pid, _ = about(tmux_server, pane)
    _, tty = about(tmux_server, other)
    assert unread(tty, pid) is None
    assert unread("/dev/null", pid) is None
    assert unread("", pid) is None
    assert unread("/dev/pts/does-not-exist", pid) is None


def test_a_process_that_is_stopped_below_a_pane_is_told(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("sleep 600; true")
    pid, _ = about(tmux_server, pane)
    children = Path(f"/proc/{pid}/task/{pid}/children")
    assert until(lambda: children.read_text().strip())
    child = int(children.read_text())
    assert not stopped_in_front(pid)
    os.kill(child, signal.SIGSTOP)
    try:
        assert until(lambda: stopped_in_front(pid))
    finally:
        os.kill(child, signal.SIGCONT)
    assert until(lambda: not stopped_in_front(pid))


@pytest.mark.parametrize(
    ("stat", "stopped"),
    [
        ("2 (claude) T 1 2 1 34817 2 0", True),
        ("2 (claude) t 1 2 1 34817 2 0", True),
        ("2 (a ) T 9) S 1 2 1 34817 2 0", False),
        ("2 (job) T 1 2 1 34817 1 0", False),
        ("2 (alone) T 9 2 1 34817 2 0", False),
    ],
    ids=["stopped", "traced", "odd name", "in the background", "elsewhere"],
)
def test_only_who_is_in_front_counts_as_stopped(tmp_path: Path, stat: str, *, stopped: bool) -> None:
    for pid, line in ((1, "1 (sh) S 0 1 1 34817 2 0"), (2, stat)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "stat").write_text(line)
    assert stopped_in_front(1, tmp_path) is stopped
