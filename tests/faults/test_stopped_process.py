"""Fault: the process in front is stopped. It gets no notice and no draft is sent, until it goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fault_stage import FaultAgent, actuator, runs, seconds, until

from understudy.intents import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

# a pane's own process is let go on by tmux itself
STARTS = {"below a shell": "{} {} {}; exit", "below script": "script -qc '{} {} {}' /dev/null"}


def child_of(pid: int, name: str = "claude") -> int:
    """The process of that name below a pane's own, or that itself."""
    below = [pid]
    for one in below:
        if (Path("/proc") / str(one) / "comm").read_text().strip() == name:
            return one
        below += map(int, (Path("/proc") / str(one) / "task" / str(one) / "children").read_text().split())
    pytest.fail(f"no {name} runs below {pid}")


@pytest.fixture
def stopping() -> Iterator[list[int]]:
    """Processes that go on at the end, so that they can be ended."""
    stopped: list[int] = []
    yield stopped
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("start", STARTS)
@seconds(4.0, 2)
def test_a_stopped_agent_takes_no_notice_and_no_draft(tmux_server: TmuxServer, stopping: list[int], start: str) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm").start(command=STARTS[start])
    program = child_of(agent.pid)
    touching = actuator(tmux_server)
    stopping.append(program)
    for number in runs(2):
        os.kill(program, signal.SIGSTOP)
        assert until(lambda: " T " in (Path("/proc") / str(program) / "stat").read_text())
        for told in (
            touching.type_line(agent.pane, agent.pid, "[u-1] hello"),
            touching.press(agent.pane, agent.pid, [Key.ENTER]),
        ):
            assert (told.done, told.why) == (False, "the process in front is stopped"), f"run {number}"
        os.kill(program, signal.SIGCONT)
    assert until(lambda: " T " not in (Path("/proc") / str(program) / "stat").read_text())
    assert agent.heard == ""
    assert touching.type_line(agent.pane, agent.pid, "[u-1] hello").done
    assert until(lambda: agent.sent == ["[u-1] hello"])
