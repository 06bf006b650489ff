"""The time of `classify --jsonl` for a thousand screens, next to the time of its start."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path

from modular.corpus import read_corpus

CASES = [case for case in read_corpus(Path(__file__).parent / "corpus").cases if len(case.screens) == 1]
PROGRAM = Path(sys.executable).with_name("understudy")
STARTS = 4.0
"""So many starts may a thousand screens cost, one included; an idle machine starts the program in a quarter second."""


def cpu_s(lines: list[str]) -> float:
    """CPU seconds of one call of the program; its waiting for a busy machine does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [PROGRAM, "classify", "--jsonl"], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(done.stdout.splitlines()) == len(lines)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def asked(screens: int) -> list[str]:
    """Ask about so many screens, no two of them alike: what was read before is not read again."""
    cases = islice(cycle(case.question() for case in CASES), screens)
    return [
        json.dumps({**case, "id": number, "screen_ansi": f"{number}\n{case['screen_ansi']}"})
        for number, case in enumerate(cases)
    ]


def ratio(screens: int, rounds: int = 3) -> float:
    """The cheapest of some calls with so many screens, in starts; both are called in turn."""
    pairs = [(cpu_s(asked(1)), cpu_s(asked(screens))) for _ in range(rounds)]
    return min(many for _, many in pairs) / min(one for one, _ in pairs)


def test_a_thousand_screens_cost_a_few_starts_of_the_program() -> None:
    assert ratio(1000) < STARTS


def test_the_gate_would_see_a_classifier_that_is_much_slower() -> None:
    assert ratio(8000, rounds=1) > STARTS
