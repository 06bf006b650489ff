"""The budget of a live cycle, next to the cost of a look by libtmux and of tmux itself on the same server just then.

Ratios are the gate: each compares what was done in turn in one run. `UNDERSTUDY_BENCH_LARGE=1` (as `make budgets`
sets it) prints what was measured, and adds the servers of 500 and 1000 agents, which take two minutes and a half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import insists
import pytest
from comparisons import against_fewer, against_looks, against_tmux, alone
from costs import told
from crowd import assemble
from private_tmux import private_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from private_tmux import TmuxServer

LONG = insists.on(insists.LARGE)
LARGE = pytest.mark.skipif(not LONG, reason="UNDERSTUDY_BENCH_LARGE is not set")
GROWTH = 25
"""The largest cost of a cycle of 1000 agents, as a multiple of one of 50."""

pytestmark = pytest.mark.timeout(1500)  # a look by libtmux at 1000 panes is ten seconds, on a busy machine a minute


class Budget(NamedTuple):
    """The most looks by libtmux that a cycle at 10 % active may cost, and of tmux's own cost one at 100 %."""

    agents: int
    looks: float
    baselines: float
    cycles: int
    turns: int
    """The number of turns of looks and those cycles."""
    pairs: int
    """Of a cycle and a floor."""


BUDGETS = [
    pytest.param(Budget(50, 40, 3, 480, 12, 240)),
    pytest.param(Budget(500, 80, 3.5, 24, 4, 24), marks=LARGE),
    pytest.param(Budget(1000, 120, 3, 16, 4, 16), marks=LARGE),
]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line where figures are wanted."""

    def said(text: str) -> None:
        if LONG:
            with capsys.disabled():
                print(f"\n{text}")  # noqa: T201 - what `make budgets` is for

    return said


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: f"{budget.agents}")
def test_a_cycle_at_10_percent_active_is_worth_a_small_part_of_one_look_by_libtmux(
    tmux_server: TmuxServer, tmp_path: Path, budget: Budget, say: Callable[[str], None]
) -> None:
    assemble(tmux_server, tmp_path, budget.agents)
    cost = alone(against_looks, tmux_server, budget.cycles, budget.turns)
    one_look = f"one look by libtmux {told(cost.other)}, {1 / cost.least:.1f} times that"
    text = f"{budget.agents} agents, 10 % active: {told(cost.ours)}; {one_look}"
    say(text)
    assert cost.least <= 1 / budget.looks, text


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: f"{budget.agents}")
def test_a_cycle_with_all_agents_active_stays_near_tmuxs_own_cost(
    tmux_server: TmuxServer, tmp_path: Path, budget: Budget, say: Callable[[str], None]
) -> None:
    assemble(tmux_server, tmp_path, budget.agents)
    cost = alone(against_tmux, tmux_server, budget.pairs)
    tmux = f"{cost.in_turn:.2f} times what tmux alone takes, {told(cost.other)}"
    text = f"{budget.agents} agents, 100 % active: {told(cost.ours)}, {tmux}"
    say(text)
    assert cost.in_turn <= budget.baselines, text


@LARGE
def test_a_cycle_of_1000_agents_costs_at_most_25_times_one_of_50(tmp_path: Path, say: Callable[[str], None]) -> None:
    few_folder, many_folder = tmp_path / "few", tmp_path / "many"
    few_folder.mkdir()
    many_folder.mkdir()
    with private_server() as small, private_server() as large:
        assemble(small, few_folder, 50)
        assemble(large, many_folder, 1000)
        cost = alone(against_fewer, large, small, 16)
    text = f"10 % active: 1000 agents {told(cost.ours)}, {cost.least:.1f} times what 50 take, {told(cost.other)}"
    say(text)
    assert cost.least <= GROWTH, text
