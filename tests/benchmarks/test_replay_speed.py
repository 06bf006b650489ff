"""The speed of a replay by both monitors, beside that of the monitors alone."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from tmuxio.sources import TapeClock, TapeSource
from tmuxio.tapes.tapefile import read_tape, write_tape
from understudy.outcomes import EVERYTHING

sys.path.insert(0, str(Path(__file__).parents[1] / "shadow"))
from played_fleet import play

GOAL = 2000
"""Agent-frames a second on two cores."""


@pytest.mark.timeout(300)
def test_a_replay_costs_little_more_than_its_monitors(tmp_path: Path) -> None:
    """In CPU seconds, which a loaded machine does not change: reading, sending, comparing and hindsight on top."""
    for number, seen in enumerate(play(agents=50, seconds=600)):
        write_tape(tmp_path / f"t-{number:03}.tape.gz", seen.tape)
    alone, before = _alone_s(tmp_path), _children_s()
    command = Path(sys.executable).with_name("understudy")
    asked = (command, "replay", tmp_path, "--monitor", "legacy", "--monitor", "modular", "--json")
    environment = os.environ | {"UNDERSTUDY_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=environment)
    said, cpu = json.loads(done.stdout), _children_s() - before
    print(  # noqa: T201 - the figure is what this is for
        f"{said['frames']:,} agent-frames in {said['seconds']:.1f} s: {said['frames_per_second']:,.0f} a second "
        f"(goal {GOAL:,} on two free cores); {cpu:.1f} s of CPU, {2 * said['frames'] / cpu:,.0f} on two cores; "
        f"the monitors alone {alone:.1f} s"
    )
    assert said["frames"] == 60 * 50 * 4
    assert cpu < 10 * alone  # three processes have to start, too


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _alone_s(folder: Path) -> float:
    tapes = [read_tape(path).tape for path in sorted(folder.glob("*.tape.gz"))]
    began = process_time()
    for monitor in (LegacyMonitor(), MonitorService()):
        for tape in tapes:
            monitor.cycle("c-1", TapeSource(tape), TapeClock(tape), EVERYTHING, ())
    return process_time() - began
