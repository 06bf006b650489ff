"""Work beside the cycle: what is late or fails costs its result, and never the cycle."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from rollout.loop.side_jobs import SideJobs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def jobs() -> Iterator[SideJobs[str, int]]:
    made = SideJobs[str, int](("one", "other"))
    yield made
    made.close()


def test_a_result_is_taken_once(jobs: SideJobs[str, int]) -> None:
    jobs.begin("one", lambda: 7)
    assert jobs.take("one", 5.0) == 7
    assert jobs.take("one", 5.0) is None


def test_a_late_job_is_waited_for_once_and_those_behind_it_are_left_out(jobs: SideJobs[str, int]) -> None:
    goes_on = threading.Event()
    with capture_logs() as logs:
        jobs.begin("one", lambda: goes_on.wait(10) and 1)
        assert jobs.take("one", 0.01) is None
        jobs.begin("one", lambda: 2)
        began = time.monotonic()
        assert jobs.take("one", 10.0) is None
        assert time.monotonic() - began < 5.0
        jobs.begin("other", lambda: 3)
        assert jobs.take("other", 5.0) == 3, "another key has a thread of its own"
    assert len(logs) == 1
    goes_on.set()
    jobs._workers["one"].submit(int).result()
    jobs.begin("one", lambda: 4)
    assert jobs.take("one", 5.0) == 4


def test_a_job_that_fails_is_said_once(jobs: SideJobs[str, int]) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            jobs.begin("one", lambda: 1 // 0)
            assert jobs.take("one", 5.0) is None
    assert [line["event"] for line in logs] == ["answer.not_kept"]
