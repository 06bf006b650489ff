"""Many agents on one server, cheap enough for a small machine: a drawn screen, and a process called `claude`."""

from __future__ import annotations

import shlex
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
WORKING = "\\033[5;1H✻ Kneading… (%ss · esc to interrupt)\\033[K"
"""The output of an agent at work, in the words of printf: into the row above its composer, the seconds that it took."""


_AT_ONCE = 50
"""Windows that one command opens: it has a few seconds for them."""


def at_work(seconds: int) -> bytes:
    """The output of an agent at work."""
    return (WORKING.replace("\\033", "\033") % seconds).encode()


def assemble(server: TmuxServer, folder: Path, agents: int, active: int = 0) -> None:
    """Open so many 80x24 windows, the first of them the manager's; `active` of the others are at work on and on.

    Returns once the rest holds still.
    """
    claude = folder / "claude"
    shutil.copy("/bin/sleep", claude)
    screen = folder / "screen"
    screen.write_text(SCREEN.encode().decode("unicode_escape").encode("latin-1").decode())
    still = f"cat {screen}; exec {claude} 100000"
    moving = f"cat {screen}; n=0; while :; do n=$((n+1)); printf '{WORKING}' $n; {claude} 0.2; done"
    server.new_window(still, session="crowd", name="claude-pm")
    windows = [
        f"new-window -d -t =crowd: -n claude-{number} {shlex.quote(moving if number <= active else still)}"
        for number in range(1, agents)
    ]
    script = folder / "windows.conf"
    for some in range(0, len(windows), _AT_ONCE):
        script.write_text("\n".join(windows[some : some + _AT_ONCE]))
        server.run("source-file", str(script))
    last = server.run("list-panes", "-a", "-F", "#{pane_id}").splitlines()[-1]
    server.wait_for(last, "? for shortcuts", seconds=60)
    _settle(server, active)


def _settle(server: TmuxServer, active: int) -> None:
    """Wait until only the terminals that go on printing have printed in the last second; until then all are active."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        second = int(time.time())
        times = map(int, server.run("list-panes", "-a", "-F", "#{window_activity}").split())
        if sum(at >= second - 1 for at in times) <= active:
            return
        time.sleep(0.1)
    pytest.fail(f"more than {active} agents went on printing")
