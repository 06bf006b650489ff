"""What `understudy gate` judges this project by: the candidate's cycle, the incumbent's and tmux's own, in turn.

All three are timed in every round, one right after the other, so that what disturbs one disturbs them all. The seconds
that a monitor sleeps on purpose between two frames are left out of both.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from crowd import assemble, at_work
from cycles import Hurried, legacy_cycle, modular_cycle

from tmuxio.reading.tmux_baseline import TmuxBaseline

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

ROUNDS = 48
SMALL = 25
"""Up to so many agents the incumbent is timed as well: it takes a tenth of a second an agent."""

pytestmark = pytest.mark.timeout(300)


@pytest.mark.benchmark(group="cycle")
@pytest.mark.parametrize("agents", [10, 25, 50, 100])
def test_the_candidates_cycle_after_a_tenth_of_the_agents_printed(
    benchmark: Any, tmux_server: TmuxServer, tmp_path: Path, agents: int
) -> None:
    if benchmark.disabled and agents > SMALL:
        pytest.skip("only timed: with --benchmark-enable")
    assemble(tmux_server, tmp_path, agents)
    ttys = tmux_server.run("list-panes", "-a", "-F", "#{pane_tty}").split()[1 : 1 + agents // 10]
    tmux, printed = TmuxBaseline(tmux_server.address), 0
    with (
        modular_cycle(tmux_server, Hurried()) as candidate,
        legacy_cycle(tmux_server) if agents <= SMALL else nullcontext() as incumbent,
    ):
        paired: dict[str, list[float]] = {"tmux": []} | ({"incumbent": []} if incumbent else {})

        def others_in_turn() -> None:
            nonlocal printed
            if incumbent:
                paired["incumbent"].append(_timed(incumbent))
                candidate()  # so that what comes next does not pay for the hundreds of processes that it started
            paired["tmux"].append(_timed(tmux.seconds))
            printed += 1
            for tty in ttys:
                Path(tty).write_bytes(at_work(printed))
            time.sleep(0.02)  # tmux draws what was printed

        candidate()
        benchmark.pedantic(candidate, setup=others_in_turn, rounds=ROUNDS)
    tmux.close()
    benchmark.extra_info.update(series="candidate", agents=agents, paired=paired)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
