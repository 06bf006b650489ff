"""Many agents on one server, cheap enough for a small machine: a drawn screen, and a process called `claude`."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer

SCREEN = """\\033[2m ● Read(shop/basket.py)\\033[0m
   ⎿  Read 84 lines

 ● The basket keeps its order now, and a reload gives back what was put in.

╭──────────────────────────────────────────────────────────────────────────────╮
│ >                                                                            │
╰──────────────────────────────────────────────────────────────────────────────╯
  ? for shortcuts
"""


def assemble(server: TmuxServer, folder: Path, agents: int, active: int = 0) -> None:
    """Open so many 80x24 windows, the first of them the manager's; `active` of the others print a counter on and on.

    Returns once the rest holds still.
    """
    claude = folder / "claude"
    shutil.copy("/bin/sleep", claude)
    screen = folder / "screen"
    screen.write_text(SCREEN.encode().decode("unicode_escape").encode("latin-1").decode())
    still = f"cat {screen}; exec {claude} 100000"
    moving = f"cat {screen}; n=0; while :; do n=$((n+1)); printf '\\r%s' $n; {claude} 0.2; done"
    server.new_window(still, session="crowd", name="claude-pm")
    for number in range(1, agents):
        server.new_window(moving if number <= active else still, session="crowd", name=f"claude-{number}")
    last = server.run("list-panes", "-a", "-F", "#{pane_id}").splitlines()[-1]
    server.wait_for(last, "? for shortcuts", seconds=60)
    _settle(server, active)


def _settle(server: TmuxServer, active: int) -> None:
    """Wait until nobody but those that go on printing has printed in the last second: until then all are active."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        second = int(time.time())
        times = map(int, server.run("list-panes", "-a", "-F", "#{window_activity}").split())
        if sum(at >= second - 1 for at in times) <= active:
            return
        time.sleep(0.1)
    pytest.fail(f"more than {active} agents went on printing")
