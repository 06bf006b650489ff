"""Work that a cycle begins and collects later: one thread for each key, and never two jobs of one key."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

KeyT = TypeVar("KeyT")
ResultT = TypeVar("ResultT")


class SideJobs(Generic[KeyT, ResultT]):
    """Runs jobs beside the cycle. A job that is late or fails loses its result, not the cycle; logged once."""

    def __init__(self, keys: Iterable[KeyT]) -> None:
        """Start a thread for each key: later there may be none left for it."""
        self._workers = {key: ThreadPoolExecutor(1, thread_name_prefix=f"beside-{key}") for key in keys}
        self._running: dict[KeyT, Future[ResultT]] = {}
        self._left_out: set[KeyT] = set()
        self._failing: set[KeyT] = set()
        for worker in self._workers.values():
            worker.submit(int)

    def begin(self, key: KeyT, job: Callable[[], ResultT]) -> None:
        """Begin a job; where the one before it still runs, this one is left out and has no result."""
        before = self._running.get(key)
        self._left_out.discard(key)
        if before is not None and not before.done():
            self._left_out.add(key)
            return
        self._running[key] = self._workers[key].submit(job)

    def take(self, key: KeyT, wait_s: float) -> ResultT | None:
        """Return the result of the last job, after at most so many seconds; None where there is none."""
        job = self._running.get(key)
        if job is None or key in self._left_out:
            return None
        try:
            result = job.result(wait_s)
        except Late:
            self._say(key, f"it took longer than {wait_s:g} s")
            return None
        except Exception as error:  # noqa: BLE001 - whatever a monitor's words make of a job, the cycle goes on
            self._say(key, f"{type(error).__name__}: {error}")
            return None
        self._failing.discard(key)
        del self._running[key]
        return result

    def close(self) -> None:
        """Drop running jobs: their threads end with the process."""
        for worker in self._workers.values():
            worker.shutdown(wait=False, cancel_futures=True)

    def _say(self, key: KeyT, why: str) -> None:
        if key not in self._failing:
            self._failing.add(key)
            log.warning("answer.not_kept", role=str(key), why=why)
