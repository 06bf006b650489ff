"""Situations from public reports, rebuilt: the state of each is right, or what is said instead is argued for."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from modular.classify import classify_question

DATA = Path(__file__).resolve().parents[1] / "data"
CASES = [json.loads(line) for line in (DATA / "reported-cases.jsonl").read_text(encoding="utf-8").splitlines()]
ARGUED = tomllib.loads((DATA / "reported-cases-argued.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_reported_situation_is_read_right_or_argued(case: dict[str, Any]) -> None:
    answer = classify_question({"id": case["id"], **case["input"]})
    argued = ARGUED.get(case["id"])
    assert answer["state"] == (case["right"] if argued is None else argued["says"]), answer["rule"]


def test_only_known_situations_are_argued_and_with_a_reason() -> None:
    assert set(ARGUED) <= {case["id"] for case in CASES}
    assert all(argued["because"].strip() for argued in ARGUED.values())


def test_no_waiting_agent_and_no_working_one_is_argued_away_but_where_nothing_shows() -> None:
    """A person who is waited for is the costliest to miss; work may only be missed where no frame shows any."""
    rights = {case["id"]: case["right"] for case in CASES}
    assert [name for name in ARGUED if rights[name] == "waiting_approval"] == []
    assert [name for name in ARGUED if rights[name] == "busy"] == ["cx-sentences-still"]
