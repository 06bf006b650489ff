"""Follow a server: one request a cycle, a short time limit, and a copy that survives a restart."""

import os
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Final

from rollout.store.flags.document import FlagsDocument, parse_flags
from rollout.store.flags.faults import BadFlags
from rollout.store.flags.port import MAX_AGE_S, FlagReading, FlagsUnreachable, last_good
from rollout.store.flags.unleash.daemon_future import daemon_future
from rollout.store.flags.unleash.features import ours
from rollout.store.flags.unleash.transport import HttpReply, UnleashTransport
from tmuxio.atomic_file import replace_file

_FEATURES: Final = "/api/client/features"
PATIENCE_S: Final = 0.25
"""Seconds that a cycle waits for a server, which answers in milliseconds while it is healthy."""
_FRESH_S: Final = 30.0
"""Seconds for which a slow answer is used without a doubt."""
_LEEWAY_S: Final = 0.5


class Follower:
    """The flags of a server as they were last seen to be good. One thread's."""

    def __init__(
        self,
        transport: UnleashTransport,
        environment: str,
        copy: Path,
        *,
        max_age_s: float = MAX_AGE_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Follow one environment; `copy` is where the last good flags are kept, its time being when they were seen."""
        self._transport = transport
        self._environment = environment
        self._copy = copy
        self._max_age_s = max_age_s
        self._patience_s = patience_s
        self._asked: Future[HttpReply] | None = None
        self._asked_at = 0.0
        self._tag = ""
        self._good: FlagsDocument | None = None
        self._confirmed_at: float | None = None
        self._fault = ""

    def follow(self, now: float) -> FlagReading:
        """Ask, and route by the answer; by the last good flags if there is none, or it is not usable.

        A question that was not answered in the cycle that asked it may be answered in the next: what a slow server says
        is a cycle old, and good.
        """
        first = self._confirmed_at is None
        if first:
            self._remember()
        if self._asked is not None and self._asked.done():
            self._collect(self._asked)
        if self._asked is None:
            self._asked, self._asked_at = daemon_future(self._question(self._tag)), now
        # at a start there is nothing better to do than to wait; the door has a deadline of its own
        patience_s = self._transport.deadline_s + _LEEWAY_S if first else self._patience_s
        if wait([self._asked], patience_s).done:
            self._collect(self._asked)
        age_s = max(0.0, now - (self._confirmed_at or 0.0))
        fault = self._fault
        if not fault and age_s > _FRESH_S:
            fault = f"the flags server {self._transport.url} has not answered for a while"
        return last_good(self._good, fault, age_s, self._max_age_s) if fault else FlagReading(self._good, "", age_s)

    def _question(self, tag: str) -> Callable[[], HttpReply]:
        return lambda: self._transport.request("GET", _FEATURES, tag=tag)

    def _collect(self, asked: "Future[HttpReply]") -> None:
        """Take an answer in, or why there is none."""
        self._asked = None
        try:
            self._fault = self._take(asked.result())
        except FlagsUnreachable as fault:
            self._fault = f"the flags server {fault}"
        except Exception as error:  # noqa: BLE001 - whatever a library raises on an answer, looking goes on
            self._fault = f"the flags server {self._transport.url} could not be asked ({type(error).__name__}: {error})"
        if not self._fault:
            self._confirmed_at = self._asked_at
            self._keep(self._asked_at)

    def _take(self, reply: HttpReply) -> str:
        """Return the fault of an answer; None where it has none."""
        if reply.unchanged and self._good is not None:
            return ""
        if not reply.done:
            return f"the flags server {self._transport.url} returns no flags ({reply.says})"
        try:
            self._good = ours(reply.body, self._transport.url, self._environment, self._transport.token)
        except BadFlags as bad:
            self._tag = ""  # or the next answer would be that nothing has changed
            return f"the flags of the server are not valid ({bad.source}: {bad.faults[0]})"
        self._tag = reply.tag
        return ""

    def _remember(self) -> None:
        """Take up what a run before this one saw last."""
        try:
            self._good = parse_flags(self._copy.read_text(encoding="utf-8"), str(self._copy))
            self._confirmed_at = self._copy.stat().st_mtime
        except (OSError, ValueError):  # none, or not readable: the same as a first start
            self._confirmed_at = 0.0

    def _keep(self, now: float) -> None:
        assert self._good is not None
        try:
            if not self._copy.exists() or self._copy.read_text(encoding="utf-8") != self._good.text:
                replace_file(self._copy, self._good.text.encode())
            os.utime(self._copy, (now, now))
        except OSError:  # a full disk costs the next start its memory, not this cycle its flags
            return
