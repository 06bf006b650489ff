"""The executor outlives the errors of its jobs, and a machine that has no thread left."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from rollout.loop.acting.keyed_executor import KeyedExecutor

if TYPE_CHECKING:
    import pytest


def settle(executor: KeyedExecutor) -> None:
    until = time.monotonic() + 5
    while not executor.idle():
        assert time.monotonic() < until, "the executor never came to rest"
        time.sleep(0.001)


def failing() -> None:
    raise OSError(24, "Too many open files")


def test_the_jobs_behind_one_that_raises_are_done() -> None:
    executor, done = KeyedExecutor(), list[int]()
    with capture_logs() as logs:
        executor.put("%1", failing)
        executor.put("%1", lambda: done.append(1))
        settle(executor)
    assert done == [1]
    assert [line["event"] for line in logs] == ["delivery_queue.job_failed"]


def test_a_queue_without_a_thread_is_kept_until_one_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    executor, done = KeyedExecutor(), list[str]()

    def starved(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with capture_logs() as logs, monkeypatch.context() as short:
        short.setattr(threading.Thread, "start", starved)
        executor.put("%1", lambda: done.append("first"))
        executor.put("%1", lambda: done.append("second"))
        executor.put("%2", lambda: done.append("other"))
        assert not executor.idle()
    assert [line["event"] for line in logs] == ["delivery_queue.not_started"]
    executor.revive()
    settle(executor)
    assert sorted(done) == ["first", "other", "second"]
    assert done.index("first") < done.index("second")
