"""On the labelled screens that lie beside the repository: right about every state, and above all never costly wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
SCORER = SHARED / "tools" / "score_screens.py"
FILES = ("screens-dev.jsonl", "screens-dev-live.jsonl")
PROGRAM = Path(sys.executable).with_name("understudy")
MUST_BE_SEEN = ("waiting_approval", "unsubmitted_input", "rate_limited", "crashed")
GOOD, COSTLY = 0.95, 0.02

pytestmark = pytest.mark.skipif(
    not SCORER.is_file(), reason="the labelled screens lie beside the repository, not in it"
)


def figures(*flags: str | Path, command: tuple[str | Path, ...] = (PROGRAM, "classify", "--jsonl")) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-B", SCORER, *flags, "--", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def shortcomings(scored: dict[str, Any]) -> list[str]:
    """Return the scorer's figures that are outside their bounds."""
    labels = scored["labels"]
    found = [f"macro-F1 {scored['macro_f1']}"] if scored["macro_f1"] < GOOD else []
    found += [
        f"recall of {label} {labels[label]['recall']}"
        for label in MUST_BE_SEEN
        if label in labels and labels[label]["recall"] < GOOD
    ]
    for confusion, times in scored["costly"].items():
        if times / labels[confusion.partition("->")[0]]["n"] > COSTLY:
            found.append(f"{confusion} {times} times")
    return found


@pytest.mark.parametrize("frames", [(), ("--frames",)], ids=["one frame", "four frames"])
@pytest.mark.parametrize("names", [FILES, FILES[:1], FILES[1:]], ids=["both files", *FILES])
def test_nothing_is_short_of_what_is_wanted(names: tuple[str, ...], frames: tuple[str, ...]) -> None:
    named = [flag for name in names for flag in ("--screens", SHARED / "data" / name)]
    assert shortcomings(figures(*named, *frames)) == []


def test_the_measure_fails_a_monitor_that_calls_every_agent_idle() -> None:
    program = "import json, sys\nfor q in map(json.loads, sys.stdin): print(json.dumps({**q, 'state': 'idle'}))"
    found = shortcomings(figures(command=(sys.executable, "-c", program)))
    assert found[0].startswith("macro-F1 0.0")
    assert {f"recall of {label} 0.0" for label in MUST_BE_SEEN} <= {*found}
    assert any(shortcoming.startswith("busy->idle") for shortcoming in found)
