"""How a delivery outlives what fails around it: a ledger that cannot be written, and an error in the middle of a job.

A claimed row stays claimed: after an error it is looked for by its token, or a person is asked; it is never typed anew.
"""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock
from typing import Final

import structlog

log = structlog.get_logger(__name__)

TRIES: Final = 8
"""So often a job is taken up again after an error, with doubling pauses; then its row is given up with a reason."""
LONGEST_PAUSE_S: Final = 30.0
_LOOK_S: Final = 0.2
"""Between two looks whether the harness is about to end."""


def say_once(said: set[str], event: str, error: Exception, **more: object) -> None:
    """Log an error unless one of its kind was logged; a log that cannot be written is no reason to stop."""
    kind = f"{event} {type(error).__name__}"
    if kind in said:
        return
    said.add(kind)
    with suppress(OSError, ValueError):
        log.warning(event, why=f"{type(error).__name__}: {error}", **more)


class LedgerWrites:
    """Writes to the ledger for many lanes, one at a time: together they would use up its connections.

    A write that fails is tried again until it succeeds or the harness ends: nothing goes on without it.
    """

    def __init__(self, closing: Event, first_pause_s: float) -> None:
        self._closing = closing
        self._first_pause_s = first_pause_s
        self._alone = Lock()
        self._said: set[str] = set()

    def __call__(self, write: Callable[[], bool]) -> bool:
        """Return what `write` returns; False where the harness ends before it succeeded."""
        failed = 0
        while True:
            while not self._alone.acquire(timeout=_LOOK_S):
                if self._closing.is_set():
                    return False
            try:
                done = write()
            except Exception as error:  # noqa: BLE001 - locked, full, out of files or connections: all of it may pass
                say_once(self._said, "delivery.ledger", error, meaning="it is tried again until it succeeds")
                failed += 1
            else:
                self._said.clear()
                return done
            finally:
                self._alone.release()
            if self._closing.wait(pause_s(failed, self._first_pause_s)):
                return False


class Survivor:
    """Does one job, and takes it up again after an error."""

    def __init__(self, closing: Event, first_pause_s: float) -> None:
        self._closing = closing
        self._first_pause_s = first_pause_s
        self._said: set[str] = set()

    def __call__(
        self, job: Callable[[], None], take_up: Callable[[], None], give_up: Callable[[str], None], subject: str
    ) -> None:
        """Do `job`; after an error call `take_up`, which reads from the ledger how far it came, then `give_up`."""
        attempt = job
        for failed in range(1, TRIES + 1):
            try:
                attempt()
            except Exception as error:  # noqa: BLE001 - a lane that dies takes every later delivery of its pane with it
                say_once(self._said, "delivery.failed", error, subject=subject)
                why = f"{type(error).__name__}: {error}"
            else:
                return
            if self._closing.wait(pause_s(failed, self._first_pause_s)):
                return  # the row stays as it is, and the next start takes it up
            attempt = take_up
        give_up(why)


def pause_s(failed: int, first_s: float) -> float:
    """Seconds to wait after so many failures in a row: they double, up to `LONGEST_PAUSE_S`."""
    return float(min(LONGEST_PAUSE_S, first_s * 2 ** min(failed - 1, 16)))
