"""The golden cases: a folder each, drawn by hand, with what it shows, what is known besides, and what it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modular.classify import classify_question
from modular.rulebook import shipped

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder.parent for folder in CASES.glob("*/*/expected.json"))


def question(folder: Path) -> dict[str, Any]:
    """The case as a line of `classify --jsonl`."""
    asked = {"id": folder.name, **json.loads((folder / "question.json").read_text())}
    if (folder / "frames.json").exists():
        return asked | {"frames": json.loads((folder / "frames.json").read_text())}
    return asked | {"screen_ansi": (folder / "screen.ansi").read_text()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_the_case_means_what_it_says(folder: Path) -> None:
    answer = classify_question(question(folder))
    wanted = json.loads((folder / "expected.json").read_text())
    assert {key: answer[key] for key in wanted} == wanted


def test_every_file_of_rules_has_cases() -> None:
    assert set(shipped().agents) <= {folder.parent.name for folder in FOLDERS}


def test_every_state_has_cases() -> None:
    shown = {json.loads((folder / "expected.json").read_text())["state"] for folder in FOLDERS}
    assert len(shown) == 9
