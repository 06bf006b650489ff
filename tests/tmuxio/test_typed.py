"""Whose keys went into which pane: what hindsight must know to abstain."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import TmuxServer


@pytest.fixture
def keys(tmux_server: TmuxServer) -> Iterator[int]:
    """A terminal in which a person looks at a window; yields the handle that keys go into."""
    tmux_server.new_window("exec cat", session="watched")
    master, slave = pty.openpty()
    argv = ["tmux", "-u", "-S", str(tmux_server.socket_path), "attach-session", "-t", "=watched"]
    client = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=tmux_server.environment)
    os.close(slave)
    deadline = time.monotonic() + 10
    while not tmux_server.run("list-clients") and time.monotonic() < deadline:
        time.sleep(0.02)
    yield master
    client.kill()
    client.wait()
    os.close(master)


def test_a_pane_that_a_person_looks_at_and_types_into_is_named_and_no_other(tmux_server: TmuxServer, keys: int) -> None:
    other = tmux_server.new_window("exec cat", session="other")
    reader = Reader(ServerAddress(tmux_server.socket_path))
    pane = tmux_server.run("list-panes", "-t", "=watched:", "-F", "#{pane_id}").strip()
    since = time.time()
    os.write(keys, b"hello\r")
    tmux_server.wait_for(pane, "hello")
    assert reader.typed(since) == {pane}
    assert other not in reader.typed(0.0)
    assert reader.typed(time.time() + 2) == frozenset()


def test_without_an_attached_terminal_no_person_types(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec cat")
    assert Reader(ServerAddress(tmux_server.socket_path)).typed(0.0) == frozenset()
