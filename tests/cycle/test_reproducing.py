"""Every move of the judge comes out the same when it is judged again from the ledger alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from crash_driver import PLAN

from rollout.judgement.enums import Stage, Verdict
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.daemon import StopSignal, loop
from rollout.loop.reproducing import Reproduction, reproduced
from rollout.store.ledger import Ledger
from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from rollout.loop.cycle_result import CycleResult

pytestmark = pytest.mark.timeout(300)  # two stages of a real loop


def test_what_was_promoted_is_promoted_again_and_what_was_edited_is_seen(
    tmux_server: TmuxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for window in ("pm", "idle-1", "idle-2"):
        tmux_server.new_window("sleep 1000", session="team", name=window)
    names, state, stop = ("clockwork:First", "clockwork:Second"), StateFolder(tmp_path / "state"), StopSignal()

    def watch(cycle_result: CycleResult) -> None:
        if cycle_result.rollout_status.stage is Stage.BETA:
            stop()

    with open_runtime(Blueprint(tmux_server.address, state, *names, PLAN, act=True, gap_s=0.01)) as runtime:
        loop(runtime, interval_s=0.05, cycles=1500, stop=stop, watch=watch)
        path = runtime.ledger.path
    again = judged_again(path)
    assert [(one.move.from_, one.verdict, one.differs) for one in again] == [
        (Stage.SHADOW, Verdict.PROMOTABLE, ()),
        (Stage.CANARY, Verdict.PROMOTABLE, ()),
    ]
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM evidence WHERE n = (SELECT min(n) FROM evidence WHERE guardrail = 'failure')")
    connection.close()
    assert judged_again(path)[0].differs == ("failure",)


def judged_again(path: Path) -> tuple[Reproduction, ...]:
    ledger = Ledger(path)
    try:
        return tuple(reproduced(ledger))
    finally:
        ledger.close()
