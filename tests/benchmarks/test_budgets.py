"""What a whole live cycle may cost, next to what one look by libtmux and tmux itself cost on the same server just then.

Ratios are the gate: each compares what was done in turn in one run. `UNDERSTUDY_BENCH_LARGE=1` (as `make bench` sets
it) holds the engine to the very figures, prints what was measured, and adds the servers of 500 and 1000 agents. Without
it, among other tests on a machine that is busy with them, a quarter more is allowed: a cycle is so short that finding
the caches cold is a good part of what it costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import insists
import libtmux
import pytest
from costs import Meter, cycles, terminals, told
from crowd import assemble
from private_tmux import private_server

from tmuxio.floor import Floor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from private_tmux import TmuxServer

EXACT = insists.on(insists.LARGE)
LARGE = pytest.mark.skipif(not EXACT, reason="UNDERSTUDY_BENCH_LARGE is not set")
ALLOWED = 1.0 if EXACT else 1.25
GROWTH = 25
"""How much more a cycle of 1000 agents may cost than one of 50."""

pytestmark = pytest.mark.timeout(1500)  # a look by libtmux at 1000 panes is ten seconds, on a busy machine a minute


class Budget(NamedTuple):
    """How many looks by libtmux a cycle at 10 % active is worth, and how many floors one at 100 % may cost."""

    agents: int
    looks: float
    floors: float
    rounds: int
    turns: int
    """How often looks and cycles take turns: what is short is disturbed more often, and measured more often."""


BUDGETS = [
    pytest.param(Budget(50, 40, 3, 480, 12)),
    pytest.param(Budget(500, 80, 3.5, 12, 4), marks=LARGE),
    pytest.param(Budget(1000, 120, 3, 8, 4), marks=LARGE),
]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line where figures are wanted."""

    def said(text: str) -> None:
        if EXACT:
            with capsys.disabled():
                print(f"\n{text}")  # noqa: T201 - what `make bench` is for

    return said


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: f"{budget.agents}")
def test_a_cycle_at_10_percent_active_is_worth_a_small_part_of_one_look_by_libtmux(
    tmux_server: TmuxServer, tmp_path: Path, budget: Budget, say: Callable[[str], None]
) -> None:
    assemble(tmux_server, tmp_path, budget.agents)
    tmux, meter = libtmux.Server(socket_path=str(tmux_server.socket_path)), Meter(tmux_server)
    printing = terminals(tmux_server)[1 : 1 + budget.agents // 10]
    ours: list[float] = []
    looks: list[float] = []
    with cycles(tmux_server) as engine:
        for _ in range(budget.turns):
            looks.append(meter.cost_s(lambda: [pane.capture_pane() for pane in tmux.panes]))
            ours += [engine.cost_s(printing) for _ in range(budget.rounds // budget.turns)]
    ratio = min(looks) / min(ours)
    text = (
        f"{budget.agents} agents, 10 % active: {told(ours)}; one look by libtmux {told(looks)}, {ratio:.1f} times that"
    )
    say(text)
    assert ratio * ALLOWED >= budget.looks, text


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: f"{budget.agents}")
def test_a_cycle_with_everybody_active_stays_near_the_floor(
    tmux_server: TmuxServer, tmp_path: Path, budget: Budget, say: Callable[[str], None]
) -> None:
    assemble(tmux_server, tmp_path, budget.agents)
    floor, meter, everybody = Floor(tmux_server.address), Meter(tmux_server), terminals(tmux_server)
    ours: list[float] = []
    floors: list[float] = []
    with cycles(tmux_server) as engine:
        floor.seconds()
        for _ in range(min(120, budget.rounds)):
            ours.append(engine.cost_s(everybody))
            engine.stir(everybody)  # tmux has as much to draw, and remembers as little of it, as in a cycle
            floors.append(meter.cost_s(floor.seconds))
    floor.close()
    ratio = min(ours) / min(floors)
    text = (
        f"{budget.agents} agents, 100 % active: {told(ours)}, {ratio:.2f} times what tmux alone takes, {told(floors)}"
    )
    say(text)
    assert ratio <= budget.floors * ALLOWED, text


@LARGE
def test_a_cycle_of_1000_agents_costs_at_most_25_times_one_of_50(tmp_path: Path, say: Callable[[str], None]) -> None:
    few_folder, many_folder = tmp_path / "few", tmp_path / "many"
    few_folder.mkdir()
    many_folder.mkdir()
    with private_server() as small, private_server() as large:
        assemble(small, few_folder, 50)
        assemble(large, many_folder, 1000)
        some, hundred = terminals(small)[1:6], terminals(large)[1:101]
        few: list[float] = []
        many: list[float] = []
        with cycles(small) as of_few, cycles(large) as of_many:
            for _ in range(16):
                few.append(of_few.cost_s(some))
                many.append(of_many.cost_s(hundred))
    ratio = min(many) / min(few)
    text = f"10 % active: 1000 agents {told(many)}, {ratio:.1f} times what 50 take, {told(few)}"
    say(text)
    assert ratio <= GROWTH, text
