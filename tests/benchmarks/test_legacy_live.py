"""The monolith on a real server with actors: what a cycle of ten agents takes, and how much of it is sleep."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING, Any

from legacy.monitor import LegacyMonitor
from rollout.faces.demo.process_names import actor_command, named_environment
from tmuxio.sources import LibtmuxSource
from understudy import EVERYTHING, SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from private_tmux import TmuxServer

AGENTS = 10
SAMPLING_S = 0.9
"""Three naps of 0.3 s between the four looks at an agent."""


def test_a_cycle_of_ten_agents_takes_the_originals_naps_and_its_captures(
    benchmark: Any, tmux_server: TmuxServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmux_server.environment = named_environment(tmp_path)
    for number in range(AGENTS):
        words = shlex.join(actor_command("idle" if number else "manager", number, stays=True, phase_s=0.0))
        tmux_server.new_window(f"exec {words}", session="team", name=f"claude-{number}" if number else "claude-pm")
    for pane in tmux_server.run("list-panes", "-a", "-F", "#{pane_id}").splitlines():
        tmux_server.wait_for(pane, "? for shortcuts")
    source, clock = LibtmuxSource(tmux_server.address, SystemClock()), SystemClock()
    began = time.monotonic()
    report = benchmark.pedantic(lambda: LegacyMonitor().cycle("c-1", source, clock, EVERYTHING, ()), rounds=1)
    wall_s = time.monotonic() - began
    share = source.waited_s / wall_s
    benchmark.extra_info.update(slept_s=source.waited_s, slept_share=share)
    if benchmark.enabled:
        with capsys.disabled():
            print(  # noqa: T201 - the table below has no column for it
                f"\none cycle of {AGENTS} agents by the monolith: {wall_s:.2f} s, "
                f"{source.waited_s:.2f} s ({share:.0%}) of it sleep"
            )
    assert len(report.verdicts) == AGENTS
    assert AGENTS * SAMPLING_S <= source.waited_s < AGENTS * (SAMPLING_S + 0.1)
    assert share > 0.5, f"{source.waited_s:.2f} s of {wall_s:.2f} s were sleep"
