"""Tapes of schema 1 that were written under earlier names are read, with their outcomes and memories."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from rollout.loop.replaying import _outcomes
from tmuxio.tapes.tapefile import StoredPackedTape, read_packed
from understudy.tapes import PackedTape

if TYPE_CHECKING:
    from collections.abc import Mapping

TAPES = sorted((Path(__file__).parents[1] / "data" / "fleet-trial" / "tapes").glob("*.tape.gz"))
OUTCOME = {"wish": "notify_manager:idle", "pane": "%1", "session": "s", "ordinal": 1, "result": "tied", "at": 1.0}


@pytest.fixture(scope="module")
def trial() -> list[StoredPackedTape]:
    """Return every tape of the recorded trial."""
    return [read_packed(path) for path in TAPES]


def stored_outcomes(kept: StoredPackedTape) -> list[Mapping[str, Any]]:
    by_role = kept.meta["outcomes"]
    assert isinstance(by_role, dict)
    return [row for rows in by_role.values() for row in rows]


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


def test_the_recorded_trial_is_of_schema_1_and_bears_the_earlier_names(trial: list[StoredPackedTape]) -> None:
    schemas = {json.loads(gzip.decompress(path.read_bytes()).split(b"\n", 1)[0])["schema"] for path in TAPES}
    results = {row["result"] for kept in trial for row in stored_outcomes(kept) if "wish" in row}
    assert (len(TAPES), schemas, results) == (549, {1}, {"tied", "shadowed"})


def test_every_outcome_of_the_recorded_trial_is_read_under_its_new_names(trial: list[StoredPackedTape]) -> None:
    for kept in trial:
        rows = stored_outcomes(kept)
        read = _outcomes(kept, rows)
        assert [outcome.intent_key for outcome in read] == [row["wish"] for row in rows]
        assert {str(outcome.result) for outcome in read} <= {"watch_only", "shadowed"}


def test_every_memory_of_the_incumbent_in_the_recorded_trial_is_recalled(trial: list[StoredPackedTape]) -> None:
    monitor, recalled = LegacyMonitor(), 0
    for kept in trial:
        memory = kept.memories.get("incumbent")
        if isinstance(memory, dict):
            monitor.recall(memory)
            assert monitor.memory()["intents"] == memory["wishes"]
            recalled += bool(memory["wishes"])
    assert recalled > 400


def test_every_memory_of_the_candidate_in_the_recorded_trial_is_recalled(trial: list[StoredPackedTape]) -> None:
    monitor = MonitorService()
    for kept in trial:
        memory = kept.memories.get("candidate")
        if isinstance(memory, dict):
            monitor.recall(None)
            monitor.recall(memory)
            recalled = monitor.memory()
            assert isinstance(recalled, dict)
            assert recalled["agents"].keys() == memory["agents"].keys()
