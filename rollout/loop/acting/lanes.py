"""Lanes: jobs of one key run one after the other, those of different keys beside each other."""

from collections import deque
from collections.abc import Callable
from threading import Event, Lock, Thread


class Lanes:
    """Queues by key, each with a thread for as long as it holds anything. A job must not raise."""

    def __init__(self) -> None:
        self.closing = Event()
        """Set once `close` was called: a job that waits should end."""
        self._alone = Lock()
        self._queues: dict[str, deque[Callable[[], None]]] = {}
        self._threads: dict[str, Thread] = {}

    def put(self, key: str, job: Callable[[], None]) -> None:
        """Queue a job behind those of the same key; returns at once."""
        with self._alone:
            if (queue := self._queues.get(key)) is not None:
                queue.append(job)
                return
            self._queues[key] = deque([job])
            thread = self._threads[key] = Thread(target=self._run, args=(key,), name=f"lane-{key}", daemon=True)
            thread.start()

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

    def _run(self, key: str) -> None:
        while True:
            with self._alone:
                queue = self._queues[key]
                if not queue or self.closing.is_set():
                    del self._queues[key], self._threads[key]
                    return
                job = queue.popleft()
            job()
