"""The conversation with a monitor's process: numbered requests, and replies within the limits of what was shown."""

from collections.abc import Callable
from functools import partial

from rollout.loop.hosting.asking import HostRequest, cycle_line, hello_line, read_reply
from rollout.loop.hosting.process import Failure, MonitorFailed, MonitorProcess
from rollout.loop.hosting.reply_limits import ReplyLimits
from understudy.wire import Introduction, Reply


class Conversation:
    """Asks one monitor, whatever process it runs in; one thread uses it."""

    def __init__(self) -> None:
        self._last_id = 0
        self._panes: int | None = 0
        """The most panes that a request showed: so many are allowed for in a reply."""

    def hello(self, process: MonitorProcess, deadline_s: float) -> Introduction:
        """Let it introduce itself; raises `MonitorFailed` with the reason in words."""
        reply = self._exchange(process, hello_line, deadline_s, ReplyLimits.of(0))
        if reply.introduction is None:
            raise MonitorFailed(Failure.SCHEMA, "it answered `hello` with something other than an introduction")
        return reply.introduction

    def cycle(self, process: MonitorProcess, host_request: HostRequest, deadline_s: float) -> Reply:
        """Ask for one cycle; raises `MonitorFailed` with the reason in words."""
        limits = self._reply_limits(host_request.sight.panes)
        return self._exchange(process, partial(cycle_line, host_request), deadline_s, limits)

    def _reply_limits(self, shown: int | None) -> ReplyLimits:
        """The limits by the most panes that were ever shown: what a memory holds of those goes slowly."""
        self._panes = None if shown is None or self._panes is None else max(self._panes, shown)
        return ReplyLimits.of(self._panes)

    def _exchange(
        self, process: MonitorProcess, line: Callable[[int], bytes], deadline_s: float, limits: ReplyLimits
    ) -> Reply:
        self._last_id = number = self._last_id + 1

        def accept(said: bytes) -> Reply | None:
            return read_reply(said, number, limits) if said.strip() else None

        return process.exchange(line(number), accept, deadline_s, limits.reply_bytes)
