"""Both shipped monitors in processes of their own, at a real server and on a tape of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rollout.loop.hosting.host import EncodedSight, HostRequest, MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from tmuxio.reading.reader import Reader
from tmuxio.tapes.recorder import Recorder
from understudy import ProblemKind, SystemClock
from understudy.tapes import pack
from understudy.wire import Live, OnTape

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer


@pytest.mark.parametrize("name", ["legacy", "modular"])
def test_each_looks_live_and_on_a_tape_and_goes_on_from_its_memory(
    name: str, tmux_server: TmuxServer, tmp_path: Path
) -> None:
    pane = tmux_server.new_window("printf 'human@host:~$ '; exec sleep 60", session="team", name="claude-dev")
    tmux_server.wait_for(pane, "human")
    clock = SystemClock()
    tape = Recorder(Reader(tmux_server.address), clock).shoot(gap_s=0.01)
    live = EncodedSight.of(Live(socket_path=str(tmux_server.socket_path)))
    with MonitorHost(monitor_spec(name), tmp_path / "log") as host:
        first = host.look(HostRequest("c1", live))
        second = host.look(HostRequest("c2", EncodedSight.of(OnTape(tape=pack(tape))), first.memory))
        third = host.look(HostRequest("c3", live, second.memory))
    for answer in (first, second, third):
        assert answer.text == ""
        assert answer.report is not None
        assert set(answer.report.verdicts) == {pane}
        assert answer.report.problems == ()
    assert third.memory is not None


def test_a_server_that_is_not_there_is_a_problem_and_not_an_empty_fleet(
    tmux_server: TmuxServer, tmp_path: Path
) -> None:
    live = EncodedSight.of(Live(socket_path=str(tmux_server.socket_path)))
    with MonitorHost(monitor_spec("modular"), tmp_path / "log") as host:
        answer = host.look(HostRequest("c1", live, {"kept": True}))
    assert answer.report is not None
    assert [problem.kind for problem in answer.report.problems] == [ProblemKind.NO_SERVER]
    assert answer.memory == {"kept": True}
