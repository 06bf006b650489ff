"""The shadow's own corpus: what a person settled for the candidate stays so; `diffs settle` adds a folder a case.

`tests/shadow/settled/CLUSTER/` holds `pane.tape.gz` (one pane, a few frames) and `settled.json`: which pane, what both
monitors said of it then, and who was right.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modular.service import MonitorService
from tmuxio.sources import TapeClock, TapeSource
from tmuxio.tapes.tapefile import read_tape
from understudy.outcomes import EVERYTHING

SETTLED = Path(__file__).parent / "settled"
CASES = sorted(folder.parent for folder in SETTLED.glob("*/settled.json"))


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_what_was_settled_for_the_candidate_it_still_says(folder: Path) -> None:
    word = json.loads((folder / "settled.json").read_text())
    tape = read_tape(folder / "pane.tape.gz").tape
    report = MonitorService().cycle("c", TapeSource(tape), TapeClock(tape), EVERYTHING, ())
    assert word["right"] == "candidate"
    assert report.verdicts[word["pane"]].state == word["candidate"]
    assert word["candidate"] != word["incumbent"]
