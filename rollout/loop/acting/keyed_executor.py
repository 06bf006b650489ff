"""A keyed executor: jobs of one key run one after the other, those of different keys beside each other."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

import structlog

log = structlog.get_logger(__name__)


class KeyedExecutor:
    """Queues by key, each with a thread for as long as it holds anything.

    A job that raises ends alone. Where no thread can be started the queue waits for the next `put` or `revive`.
    """

    def __init__(self) -> None:
        self.closing = Event()
        """Set once `close` was called: a job that waits should end."""
        self._alone = Lock()
        self._queues: dict[str, deque[Callable[[], None]]] = {}
        self._threads: dict[str, Thread] = {}
        self._starved = False

    def put(self, key: str, job: Callable[[], None]) -> None:
        """Queue a job behind those of the same key; returns at once."""
        with self._alone:
            self._queues.setdefault(key, deque()).append(job)
        self.revive()

    def revive(self) -> None:
        """Start the threads of queues that have none; call it now and then."""
        with self._alone:
            for key in self._queues.keys() - self._threads.keys():
                if not self._started(key):
                    return

    def idle(self) -> bool:
        """Whether nothing is queued or running."""
        with self._alone:
            return not self._queues

    def close(self, wait_s: float) -> None:
        """Let running jobs finish, each for so long, and forget those that are only queued."""
        self.closing.set()
        with self._alone:
            threads = tuple(self._threads.values())
        for thread in threads:
            thread.join(wait_s)

    def _started(self, key: str) -> bool:
        thread = Thread(target=self._run, args=(key,), name=f"lane-{key}", daemon=True)
        try:
            thread.start()
        except (RuntimeError, MemoryError) as error:  # the process may have no more threads for now
            if not self._starved:
                _say("lane.not_started", error, meaning="it is tried again with every cycle")
            self._starved = True
            return False
        self._threads[key] = thread
        self._starved = False
        return True

    def _run(self, key: str) -> None:
        while True:
            with self._alone:
                queue = self._queues[key]
                if not queue or self.closing.is_set():
                    del self._queues[key], self._threads[key]
                    return
                job = queue.popleft()
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the jobs behind it are not to blame
                _say("lane.job_failed", error, lane=key)


def _say(event: str, error: BaseException, **more: str) -> None:
    with suppress(OSError, ValueError):  # a log that cannot be written
        log.error(event, why=f"{type(error).__name__}: {error}", **more)
