"""Tapes that were written under earlier names are read, with their outcomes and memories."""

from __future__ import annotations

from pathlib import Path

import pytest

from legacy.monitor import LegacyMonitor
from rollout.loop.replaying import _outcomes
from tmuxio.tapes.tapefile import StoredPackedTape, read_packed
from understudy.tapes import PackedTape

TRIAL = Path(__file__).parents[1] / "data" / "fleet-trial" / "tapes"
OUTCOME = {"wish": "notify_manager:idle", "pane": "%1", "session": "s", "ordinal": 1, "result": "tied", "at": 1.0}


def test_an_outcome_under_its_earlier_names_is_read() -> None:
    kept = StoredPackedTape(PackedTape(id="t", frames=(), screens={}), {}, {})
    (outcome,) = _outcomes(kept, [OUTCOME | {"done": False}])
    assert (outcome.intent_key, outcome.result) == ("notify_manager:idle", "watch_only")


def test_the_incumbents_memory_under_its_earlier_names_is_recalled() -> None:
    monitor = LegacyMonitor()
    earlier = monitor.memory()
    earlier["wishes"] = earlier.pop("intents") | {"key": {"kind": "escalate"}}
    monitor.recall(earlier)
    assert "key" in monitor.memory()["intents"]


@pytest.mark.skipif(not TRIAL.is_dir(), reason="the recorded trial is not in this checkout")
def test_every_tape_of_the_recorded_trial_is_read_with_its_outcomes() -> None:
    paths = sorted(TRIAL.glob("*.tape.gz"))
    assert paths
    for path in paths:
        kept = read_packed(path)
        told = kept.meta.get("outcomes", {})
        for one in told.values() if isinstance(told, dict) else ():
            assert len(_outcomes(kept, one)) == len(one)
