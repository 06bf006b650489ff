"""A candidate that is slow may not keep the incumbent from its next cycle."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rollout.loop.hosting.host import HostAnswer, HostRequest
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import LEAST_S, PATIENCE_S, MonitorMemory, Observer
from understudy import Frame, PaneShot, Tape, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Sequence


class Host:
    """Answers at once, and writes down how long it might have taken."""

    def __init__(self) -> None:
        self.deadlines: list[float | None] = []

    def request(self, host_request: HostRequest, deadline_s: float | None = None) -> Future[HostAnswer]:
        self.deadlines.append(deadline_s)
        answer = Future[HostAnswer]()
        answer.set_result(HostAnswer(None, host_request.memory))
        return answer


class Server:
    """Shows so many panes, to a camera and to a reader."""

    def __init__(self, panes: int) -> None:
        shots: Sequence[PaneShot] = [
            PaneShot(
                pane=f"%{n}",
                pid=1,
                session="s",
                session_id="$1",
                session_created=0,
                window_id="@1",
                window_index=0,
                window="w",
            )
            for n in range(panes)
        ]
        self.shown = Frame(at=0.0, panes=tuple(shots))
        self.address = type("Address", (), {"socket_path": Path("/s")})

    def shoot(self, **_: Any) -> Tape:
        return Tape(id="t", frames=(self.shown,))

    def typed(self, _since: float) -> frozenset[str]:
        return frozenset()

    def frame(self) -> Frame:
        return self.shown


@pytest.mark.parametrize(
    ("panes", "next_in_s", "on_tape", "live"),
    [
        (1, 0.1, LEAST_S, LEAST_S),
        (1, 15.0, 15.0, 15.0),
        (12, 10.0, 10.0, 12 * PATIENCE_S),
        (200, 10.0, 10.0, 30.0),
        (1, float("inf"), 30.0, 30.0),
    ],
)
def test_a_candidate_has_until_the_next_cycle_is_due_and_the_incumbent_its_whole_deadline(
    panes: int, next_in_s: float, on_tape: float, live: float
) -> None:
    hosts, server = {part: Host() for part in MonitorRole}, Server(panes)
    observer = Observer(hosts, server, server, VirtualClock(0.0), deadline_s=30.0)  # type: ignore[arg-type]
    observer.shadow("c", dict.fromkeys(MonitorRole, MonitorMemory()), next_in_s)
    assert hosts[MonitorRole.INCUMBENT].deadlines == [30.0]
    assert hosts[MonitorRole.CANDIDATE].deadlines == [on_tape, live]
