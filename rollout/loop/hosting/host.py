"""The host of one monitor: calls its process, and returns an answer for any behaviour of that process.

A monitor may raise, hang, flood, die, or talk rubbish: the host always answers in time, with what went wrong in words
and the memory as it was. Restarts cost nothing but time, because memory lies with the harness.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from os import getpid
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Self

from rollout.loop.hosting.asking import (
    EncodedSight,
    HostAnswer,
    HostRequest,
    as_failure,
    report_of,
)
from rollout.loop.hosting.conversation import Conversation
from rollout.loop.hosting.monitors import MonitorSpec, UnknownMonitor
from rollout.loop.hosting.process import Failure, MonitorFailed, MonitorProcess, ProcessUsage
from rollout.loop.hosting.report_redaction import redact_report
from rollout.loop.hosting.restarts import RestartPolicy, Restarts
from tmuxio.redaction.documents import Redact
from tmuxio.redaction.quoting import quotable
from tmuxio.redaction.redactor import redact as shipped
from understudy.clock import SystemClock
from understudy.ports import Clock
from understudy.report import CycleReport
from understudy.wire import Introduction

__all__ = ["EncodedSight", "HostAnswer", "HostLimits", "HostRequest", "MonitorHost"]


@dataclass(frozen=True, slots=True)
class HostLimits:
    """The limits of a monitor's replies. Seconds and bytes."""

    deadline_s: float = 30.0
    start_s: float = 15.0
    """For its process to start and introduce itself: imports take their time on a loaded machine."""
    reply_bytes: int = 64 << 20
    restarts: RestartPolicy = field(default_factory=RestartPolicy)


class MonitorHost:
    """Runs one monitor in a process of its own. Safe for threads; it is asked one thing after the other."""

    def __init__(
        self,
        spec: MonitorSpec,
        log_path: Path,
        *,
        limits: HostLimits | None = None,
        clock: Clock | None = None,
        surroundings: Mapping[str, str] | None = None,
        redact: Redact = shipped,
    ) -> None:
        """`surroundings` are variables that its process finds in its environment, over those of the harness."""
        self.spec = spec
        self._surroundings = dict(surroundings or {})
        self._log_path = log_path
        self._redact = redact
        self._limits = limits or HostLimits()
        self._clock = clock or SystemClock()
        self._restarts = Restarts(self._limits.restarts)
        self._why_down: MonitorFailed | None = None
        self._process: MonitorProcess | None = None
        self._introduction: Introduction | None = None
        self._conversation = Conversation()
        self._closed = False
        self._guards_process = Lock()
        # one thread for life: the kernel ends a monitor's process with the *thread* that started it
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=f"host-{spec.name}")
        self._worker.submit(int)  # it starts the thread: later there may be none left for it

    @property
    def introduction(self) -> Introduction | None:
        """The monitor's introduction at its last start; None before that."""
        return self._introduction

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        process = self._process
        return process.pid if process else None

    @property
    def crash_loop(self) -> bool:
        """Whether it ended so often lately that it is in a crash loop."""
        return self._restarts.looping(self._clock.now())

    def hello(self) -> Introduction:
        """Start it if need be and let it introduce itself; raises `MonitorFailed` with the reason in words."""
        return self._worker.submit(self._hello).result()

    def exists(self) -> None:
        """Start it; raises `UnknownMonitor` where there is none. One that fails otherwise may yet come up."""
        try:
            self.hello()
        except MonitorFailed as failed:
            if failed.no_such_monitor:
                raise UnknownMonitor(f"{self.spec.name}: {failed.no_such_monitor}") from failed

    def answers(self) -> bool:
        """Whether it is up, or can be started and introduces itself."""
        try:
            self.hello()
        except MonitorFailed:
            return False
        return True

    def request(self, host_request: HostRequest, deadline_s: float | None = None) -> Future[HostAnswer]:
        """Queue a request for one cycle, behind earlier requests."""
        try:
            return self._worker.submit(
                self._look, host_request, self._limits.deadline_s if deadline_s is None else deadline_s
            )
        except RuntimeError:  # the executor raises it once it was shut down
            closed = Future[HostAnswer]()
            closed.set_result(HostAnswer(None, host_request.memory, Failure.CRASH, "its host is closed"))
            return closed

    def look(self, host_request: HostRequest, deadline_s: float | None = None) -> HostAnswer:
        """Ask for one cycle and wait for the answer."""
        return self.request(host_request, deadline_s).result()

    def rest(self) -> None:
        """End the process; the next request starts it again."""
        with suppress(RuntimeError):  # its host is closed: nothing runs
            self._worker.submit(self._end).result()

    def close(self) -> None:
        """End the process and its thread; the request in progress is answered as a crash."""
        with self._guards_process:
            self._closed = True
            if self._process:
                self._process.kill()
        with suppress(RuntimeError):  # closed twice
            self._worker.submit(self._end)
        self._worker.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hello(self) -> Introduction:
        try:
            self._running()
        except Exception as error:  # as in `_look`
            failed = as_failure(error)
            self._after(failed)
            raise failed from error
        assert self._introduction is not None
        return self._introduction

    def _look(self, host_request: HostRequest, deadline_s: float) -> HostAnswer:
        now = self._clock.now()
        if self._process is None and self._why_down is not None and now < self._restarts.due_at:
            pause = f"it is started again in {self._restarts.due_at - now:.1f} s ({self._why_down})"
            return HostAnswer(
                None, host_request.memory, self._why_down.failure, pause, backing_off=True, crash_loop=self.crash_loop
            )
        began, before, process = monotonic(), ProcessUsage(), None
        try:
            process = self._running()
            began, before = monotonic(), process.usage()
            reply = self._conversation.cycle(process, host_request, deadline_s)
            seconds, used = monotonic() - began, process.usage()
            assert self._introduction is not None  # `_running` saw to it
            said, memory = report_of(reply, host_request, self._introduction)
            report = redact_report(said, self._redact)
        except Exception as error:  # noqa: BLE001 - also what the harness is short of, such as files: it tries again later
            failed = as_failure(error)
            used = process.usage() if process else before
            self._after(failed)
            return HostAnswer(
                None,
                host_request.memory,
                failed.failure,
                quotable(str(failed), self._redact),
                seconds=monotonic() - began,
                cpu_s=max(0.0, used.cpu_s - before.cpu_s),
                rss_bytes=used.rss_bytes,
                crash_loop=self.crash_loop,
            )
        self._restarts = self._restarts.answered()
        return HostAnswer(
            report if self.spec.program is None else _measured(report, seconds, used.cpu_s - before.cpu_s),
            memory,
            seconds=seconds,
            cpu_s=max(0.0, used.cpu_s - before.cpu_s),
            rss_bytes=used.rss_bytes,
            crash_loop=self.crash_loop,
        )

    def _running(self) -> MonitorProcess:
        """The process, started and introduced."""
        if self._process is not None:
            return self._process
        with self._guards_process:
            if self._closed:
                raise MonitorFailed(Failure.CRASH, "its host is closed")
            command = (*self.spec.command[:-1], "--parent", str(getpid()), self.spec.command[-1])
            self._process = MonitorProcess(
                command, self._log_path, self._limits.reply_bytes, self._surroundings, self._redact
            )
        self._introduction = self._conversation.hello(self._process, self._limits.start_s)
        return self._process

    def _after(self, failed: MonitorFailed) -> None:
        if not failed.fatal:
            return
        self._end()
        self._why_down = failed
        self._restarts = self._restarts.ended(self._clock.now())

    def _end(self) -> None:
        with self._guards_process:
            process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):  # it is killed; what could not be closed is the kernel's
                process.end()


def _measured(report: CycleReport, wall_s: float, cpu_s: float) -> CycleReport:
    """Use the harness' own measurement, not the program's figures."""
    return report.replace(wall_s=round(wall_s, 6), cpu_s=round(max(0.0, cpu_s), 6))
