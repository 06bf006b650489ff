"""What is answered under `/metrics`, `/livez` and `/readyz`, whoever serves it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Final

from prometheus_client.exposition import choose_encoder

from rollout.faces.cli.reading import ServerData
from rollout.faces.metrics.health import Check, alive, ready, told
from rollout.faces.metrics.taking import MetricsCollector
from rollout.store.ledger import LedgerUnusable
from understudy.ports import Clock

_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a content type and a body."""

    status: HTTPStatus
    content_type: str
    body: bytes


class MetricsPages:
    """Answers requests about one server's rollout; `read` opens its ledger anew for each. Safe for threads."""

    def __init__(
        self, read: Callable[[], AbstractContextManager[ServerData]], socket: Path, clock: Clock, stale_s: float
    ) -> None:
        """After `stale_s` seconds without a cycle nobody watches any more."""
        self._read = read
        self._socket = socket
        self._clock = clock
        self._stale_s = stale_s
        self._taking = MetricsCollector()
        self._lock = Lock()

    def to(self, path: str, *, accept: str = "", verbose: bool = False) -> Answer | None:
        """Answer a request for a path; None for one that is not among the three (`/healthz` is `/livez`)."""
        match path:
            case "/metrics":
                return self.metrics(accept)
            case "/livez" | "/healthz":
                return self._checked(lambda found: [alive(found, self._clock.now(), self._stale_s)], verbose=verbose)
            case "/readyz":
                return self._checked(
                    lambda found: list(ready(found, self._clock.now(), self._stale_s, self._socket)), verbose=verbose
                )
        return None

    def metrics(self, accept: str = "") -> Answer:
        """Every metric, as text or as OpenMetrics, whichever is accepted."""
        encode, content_type = choose_encoder(accept)
        try:
            with self._lock, self._read() as found:
                self._taking.take(found)
                return Answer(HTTPStatus.OK, content_type, encode(self._taking.instruments.registry))
        except LedgerUnusable as unusable:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{unusable}\n".encode())

    def _checked(self, checks: Callable[[ServerData], list[Check]], *, verbose: bool) -> Answer:
        try:
            with self._read() as found:
                made = checks(found)
        except LedgerUnusable as unusable:
            made = [Check("ledger", well=False, says=str(unusable))]
        status = HTTPStatus.OK if all(check.well for check in made) else HTTPStatus.SERVICE_UNAVAILABLE
        return Answer(status, _TEXT, told(made, verbose=verbose).encode())
