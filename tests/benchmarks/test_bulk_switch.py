"""From how many screens on a client of its own reads them cheaper than the one that stays: measured once for all.

It is not measured at each start. What decides is how often tmux walks all its panes while it writes, which is the same
on every machine; and to measure it takes a server that is full.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import insists
import pytest
from costs import Meter, told
from crowd import assemble

from tmuxio.reading.control_reader import ControlReader

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer

pytestmark = [
    pytest.mark.skipif(not insists.on(insists.LARGE), reason="UNDERSTUDY_BENCH_LARGE is not set"),
    pytest.mark.timeout(600),
]
AGENTS = 500
ROUNDS = 6
DEARER = 1.25
"""So much more than the other way the way that is chosen may cost: near the switch they cost the same."""


@pytest.mark.parametrize("screens", [50, 250, 500])
def test_screens_are_read_the_cheaper_way(
    tmux_server: TmuxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screens: int
) -> None:
    assemble(tmux_server, tmp_path, AGENTS)
    meter, watch = Meter(tmux_server), ControlReader(tmux_server.address)
    for _ in range(4):
        watch.frame()

    def cost_s(bulk: float | None) -> float:
        again = list(watch._seen)[:screens]
        watch._seen |= {pane: watch._seen[pane]._replace(moved=True) for pane in again}
        with monkeypatch.context() as patched:
            if bulk is not None:
                patched.setattr("tmuxio.reading.control_reader._BULK", bulk)
            return meter.cost_s(watch.frame)

    rounds = [(cost_s(None), cost_s(math.inf), cost_s(0)) for _ in range(ROUNDS)]
    watch.close()
    chosen, staying, own = zip(*rounds, strict=True)
    ways = f"by the client that stays {told(staying)}, by one of its own {told(own)}"
    assert min(chosen) <= DEARER * min(*staying, *own), f"{screens} of {AGENTS} screens: {told(chosen)}; {ways}"
