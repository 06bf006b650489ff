"""Fault: a candidate answers with more than any reply may hold. It fails, and the incumbent's cycles stay on time."""

from __future__ import annotations

import itertools
import shlex
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.judgement.plans import DEMO_PLAN
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle_result import CycleResult
from rollout.loop.daemon import StopSignal, loop
from rollout.loop.monitor_role import MonitorRole
from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from fault_runs import FaultTable
    from private_tmux import TmuxServer


pytestmark = [pytest.mark.timeout(0), pytest.mark.usefixtures("own_runtime_folder")]
PROGRAM = Path(__file__).with_name("hostile_monitor.py")
INTERVAL_S = 0.5
GOOD, BAD = 4, 4
"""Cycles with a good candidate, and then with a bad one, in one run."""
DEADLINE_S = 1.0
EXTRA_S = 2.0
"""The time that a bad candidate may add to the longest cycle: its deadline, its start, and a busy machine."""
REFUSED = (
    "memory 1.5 MB",
    "20,000 verdicts",
    "20,000 intents",
    "nested 100,000 deep",
    "a text of 50 MB",
    "100,000 wrong verdicts",
    "endless output without a line's end",
    "a byte now and then",
    "an instant beyond every calendar",
)
ALLOWED = (
    "memory at the limit",
    "memory of many texts",
    "verdicts at the limit",
    "intents at the limit",
    "texts at the limit",
    "another one each time",
)


@pytest.mark.parametrize("way", [*REFUSED, *ALLOWED])
def test_a_hostile_reply_costs_the_incumbent_no_cycle(
    tmux_server: TmuxServer, tmp_path: Path, way: str, fault_table: FaultTable
) -> None:
    for number in range(4):
        tmux_server.new_window("exec sleep 600", name=f"idle-{number}")
    turned = tmp_path / "turned"
    candidate = "cmd:" + shlex.join([sys.executable, str(PROGRAM), way, str(turned)])
    blueprint = Blueprint(
        tmux_server.address,
        StateFolder(tmp_path / "state"),
        "eager:Eager",
        candidate,
        DEMO_PLAN,
        gap_s=0.01,
        deadline_s=DEADLINE_S,
    )
    good, bad, ends = list[CycleResult](), list[CycleResult](), list[float]()
    stop = StopSignal()

    def watch(cycle_result: CycleResult) -> None:
        (bad if turned.exists() else good).append(cycle_result)
        ends.append(time.monotonic())
        if len(good) == GOOD:
            turned.touch()
        if len(bad) == BAD:
            stop()

    with open_runtime(blueprint) as runtime:
        watchdog = threading.Timer(120.0, stop)
        watchdog.start()
        loop(runtime, interval_s=INTERVAL_S, cycles=None, stop=stop, watch=watch)
        watchdog.cancel()
        assert len(bad) == BAD, f"{len(bad)} cycles in two minutes"
    spans = [after - before for before, after in itertools.pairwise(ends)]
    usual, worst = max(spans[: GOOD - 1]), max(spans[GOOD - 1 :])
    assert worst <= usual + EXTRA_S, f"a cycle every {usual:.2f} s before, and then one in {worst:.2f} s"
    assert all(MonitorRole.INCUMBENT in cycle_result.reports for cycle_result in bad)
    answered = [cycle_result for cycle_result in bad[1:] if MonitorRole.CANDIDATE in cycle_result.reports]
    assert len(answered) == (0 if way in REFUSED else BAD - 1)
    fault_table.add(f"candidate: {way}", len(bad), f"every cycle of the incumbent; the longest +{worst - usual:.1f} s")
