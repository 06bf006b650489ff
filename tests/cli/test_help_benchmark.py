"""The time of --help, next to an interpreter that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]

STARTS = 12
"""200 ms is the promise; an interpreter's own start is 12-20 ms wherever this was tried."""


def test_help_takes_only_so_many_times_as_long_as_an_interpreter_that_does_nothing(understudy: Shell) -> None:
    def seconds(*command: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], env=understudy.env, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - began

    # One after the other, so that a busy machine slows both; the quickest of each is what it costs.
    pairs = [(seconds("-m", "rollout", "--help"), seconds("-c", "pass")) for _ in range(8)]
    assert min(took for took, _ in pairs) < STARTS * min(nothing for _, nothing in pairs)
