"""The cost of lists and reports over a ledger of 300,000 bouts, beside counting the same rows in the same run."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import insists
import large_ledger
import pytest

from rollout.store.state_folder import ServerFolder, StateFolder

if TYPE_CHECKING:
    from pathlib import Path

LONG = insists.on(insists.LARGE)
TIMES = 20
"""How often the rows may be counted in the time that an answer takes beyond a start of the program."""
MOST_MB = 150
"""Of memory beyond a start of the program."""
COUNT = (
    "SELECT cluster, count(*), min(began), max(seen_until), count(DISTINCT subject), sum(epoch = 1) "
    "FROM bouts GROUP BY cluster"
)
"""The same rows, grouped as a list of clusters is."""
_MEASURED = (
    "import sys; from rollout.faces.cli import main\n"
    "try: main()\n"
    "finally: print(*(row for row in open('/proc/self/status') if row.startswith('VmHWM')), file=sys.stderr)"
)
"""The peak of the program alone: what `getrusage` says begins with the peak of the process that started it."""

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not LONG, reason="UNDERSTUDY_BENCH_LARGE is not set"),
]


class Large:
    """The ledger, the seconds of one count, and the cost of a start of the program."""

    def __init__(self, root: Path) -> None:
        self.root, self.socket = root, root / "socket"
        self.folder: ServerFolder = StateFolder(root).prepare(self.socket)
        large_ledger.write(self.folder, bouts=300_000, cycles=10_000)
        self.start_s, self.start_mb = min(self.run("--help", server=False) for _ in range(3))

    def count_s(self) -> float:
        with closing(sqlite3.connect(self.folder.ledger)) as connection:
            began = time.perf_counter()
            connection.execute(COUNT).fetchall()
            return time.perf_counter() - began

    def run(self, *asked: str, server: bool = True) -> tuple[float, float]:
        """Return the seconds and the megabytes of one call."""
        address = ("-S", str(self.socket)) if server else ()
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, *asked, *address],
            env={**os.environ, "UNDERSTUDY_STATE_DIR": str(self.root)},
            capture_output=True,
            text=True,
            check=True,
        )
        peak = re.search(r"^VmHWM:\s+(\d+) kB$", done.stderr, re.MULTILINE)
        assert peak is not None, done.stderr
        return time.perf_counter() - began, int(peak[1]) / 1024


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Large:
    return Large(tmp_path_factory.mktemp("large"))


@pytest.mark.parametrize(
    "asked",
    [
        ("status",),
        ("diffs", "list"),
        ("diffs", "list", "--json"),
        ("diffs", "show", "b-0000000000001234"),
        ("report",),
        ("report", "--format", "json"),
    ],
    ids=" ".join,
)
def test_an_answer_costs_at_most_twenty_counts_of_the_same_rows(
    large: Large, asked: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    counts, answers = zip(*((large.count_s(), large.run(*asked)) for _ in range(3)), strict=True)
    seconds, megabytes = min(answers)
    ratio, more_mb = (seconds - large.start_s) / min(counts), megabytes - large.start_mb
    with capsys.disabled():
        print(f"\n{' '.join(asked):40} {seconds:.2f} s, {ratio:.1f} counts, {more_mb:.0f} MB more")  # noqa: T201
    assert ratio <= TIMES
    assert more_mb <= MOST_MB
