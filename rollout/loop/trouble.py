"""What keeps a cycle from coming to its end: said once, and how long to wait before the next try."""

import re
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb
from typing import Final

import structlog

from rollout.store.ledger import LedgerUnusable
from understudy.failures import SourceFailed

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S: Final = 60.0
_FORGOTTEN_AFTER: Final = 20
"""Good cycles in a row after which a trouble that comes back is said again."""
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")


class Trouble:
    """Says each kind of trouble once, and that it is over. Logging that fails is no trouble of its own."""

    def __init__(self) -> None:
        self.in_a_row = 0
        """Cycles that failed, up to the last one."""
        self._good = 0
        self._said: set[str] = set()

    def happened(self, error: Exception, interval_s: float) -> float:
        """Enter an error of a cycle; return the seconds from the start of that cycle to the next try."""
        self.in_a_row += 1
        self._good = 0
        if isinstance(error, SourceFailed | LedgerUnusable):
            self._say("cycle.blind", error, why=str(error))
            return interval_s
        pause = max(interval_s, min(LONGEST_PAUSE_S, interval_s * 2.0 ** min(self.in_a_row, 16)))
        why = f"{type(error).__name__}: {error}".strip()
        self._say("cycle.failed", error, why=why, where=_where(error), next_try_s=round(pause, 3))
        return pause

    def over(self) -> None:
        """Enter a good cycle."""
        if self.in_a_row:
            with suppress(OSError, ValueError):
                log.warning("cycle.well_again", failed=self.in_a_row)
        self.in_a_row = 0
        self._good += 1
        if self._good >= _FORGOTTEN_AFTER:
            self._said.clear()

    def not_shown(self, error: Exception) -> None:
        """Enter that a cycle could not be printed."""
        self._say("cycle.not_shown", error, why=f"{type(error).__name__}: {error}")

    def _say(self, event: str, error: Exception, **more: object) -> None:
        kind = f"{event} {type(error).__name__} {_NUMBER.sub('#', str(error))}"
        if kind not in self._said:
            self._said.add(kind)
            with suppress(OSError, ValueError):  # the log is on a full disk, or closed
                log.warning(event, **more)


def _where(error: Exception) -> str:
    """The place in the program, for a report: a traceback is nothing for operators."""
    frames = extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
