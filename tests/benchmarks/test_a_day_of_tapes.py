"""The disk space of a day of tapes: 50 agents at 10 s, one cycle in fifty differs. Played faster than it passes."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from rollout.loop.tape_retention import Interest, Retention
from rollout.loop.tape_store import TapeStore, listed
from tmuxio.sources import TapeClock, TapeSource
from understudy.outcomes import EVERYTHING

sys.path.insert(0, str(Path(__file__).parents[1] / "shadow"))
from played_fleet import T0, Agent, shoot

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

AGENTS, EVERY_S, DAY_S, DIFFERS = 50, 10.0, 86_400.0, 0.02
ROOM = 200_000_000
"""Bytes that a day may take."""


@pytest.mark.parametrize("share_of_a_day", [0.02])
def test_a_day_of_fifty_agents_fits(benchmark: BenchmarkFixture, tmp_path: Path, share_of_a_day: float) -> None:
    """Play a share of the day as it is, and reckon from what a tape takes then; later ones share more screens."""
    cycles = int(DAY_S * share_of_a_day / EVERY_S)
    kept = benchmark.pedantic(_play, (tmp_path, cycles), rounds=1)  # type: ignore[no-untyped-call]
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    rules = Retention()
    a_day = DAY_S / EVERY_S * (DIFFERS + (1 - DIFFERS) * rules.sample) + rules.newest
    day = size / kept * a_day
    print(  # noqa: T201 - the figure is what this is for
        f"{cycles:,} cycles of {AGENTS} agents: {kept} tapes, {size / 1e6:.1f} MB; "
        f"a day keeps {a_day:.0f} tapes, {day / 1e6:.0f} MB"
    )
    assert day <= ROOM


def _play(folder: Path, cycles: int) -> int:
    chance = Random(1)  # noqa: S311 - the same day in every run
    fleet = [Agent(number) for number in range(1, AGENTS + 1)]
    monitors = {"incumbent": LegacyMonitor(), "candidate": MonitorService()}
    now = T0
    tape_store = TapeStore(folder, now=lambda: now)
    for number in range(cycles):
        now = T0 + number * EVERY_S
        tape = shoot(fleet, number, now)
        memories = {role: monitor.memory() for role, monitor in monitors.items()}
        for monitor in monitors.values():
            monitor.cycle(f"c-{number}", TapeSource(tape), TapeClock(tape), EVERYTHING, ())
        interest = Interest.DIFFERS if chance.random() < DIFFERS else Interest.AGREES
        tape_store.keep(f"c-{number:06}", tape, memories, {"cycle": number}, interest=interest)
    tape_store.close()
    return len([*listed(folder)])
