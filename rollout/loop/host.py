"""The host of one monitor: asks its process, and answers whatever that process does.

A monitor may raise, hang, flood, die, or talk rubbish: the host always answers in time, with what went wrong in words
and the memory as it was. Restarts cost nothing but time, because memory lies with the harness.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from os import getpid
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Self

from pydantic import JsonValue
from pydantic_core import ValidationError, from_json, to_json

from contract.clock import SystemClock
from contract.outcomes import EVERYTHING, Outcome, Scope
from contract.ports import Clock
from contract.record import SCHEMA_VERSION
from contract.report import CycleReport, ProblemKind
from contract.wire import Introduction, Live, OnTape, Reply
from rollout.loop.monitors import MonitorSpec
from rollout.loop.process import Failure, MonitorFailed, MonitorProcess, Usage
from rollout.loop.restarts import RestartPolicy, Restarts


@dataclass(frozen=True, slots=True)
class EncodedSight:
    """What a request shows, encoded once for however many hosts are asked."""

    json: bytes

    @classmethod
    def of(cls, sight: OnTape | Live) -> "EncodedSight":
        """Encode a sight."""
        return cls(sight.model_dump_json().encode())


@dataclass(frozen=True, slots=True)
class Ask:
    """One cycle that a monitor is asked to do, starting from `memory`."""

    cycle: str
    sight: EncodedSight
    memory: JsonValue = None
    scope: Scope = EVERYTHING
    outcomes: Sequence[Outcome] = ()


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What came of it. Without a report, `failure` and `text` say why and `memory` is what the request carried.

    A server that could not be seen is no failure of the monitor: its report holds the problem and nothing else.
    """

    report: CycleReport | None
    memory: JsonValue
    failure: Failure = Failure.NONE
    text: str = ""
    seconds: float = 0.0
    """From request to reply, the start of its process not counted."""
    cpu_s: float = 0.0
    """CPU seconds that the process and its ended children spent on it, in the kernel's steps of 0.01 s."""
    rss_bytes: int = 0
    backing_off: bool = False
    """It was not asked at all: its process ended lately and is to be started again later."""
    crash_loop: bool = False


@dataclass(frozen=True, slots=True)
class HostLimits:
    """How long a monitor may take, and how much it may say. Seconds and bytes."""

    deadline_s: float = 30.0
    start_s: float = 15.0
    """For its process to start and introduce itself: imports take their time on a loaded machine."""
    reply_bytes: int = 64 << 20
    restarts: RestartPolicy = field(default_factory=RestartPolicy)


class MonitorHost:
    """Runs one monitor in a process of its own. Safe for threads; it is asked one thing after the other."""

    def __init__(
        self, spec: MonitorSpec, log_path: Path, *, limits: HostLimits | None = None, clock: Clock | None = None
    ) -> None:
        self.spec = spec
        self._log_path = log_path
        self._limits = limits or HostLimits()
        self._clock = clock or SystemClock()
        self._restarts = Restarts(self._limits.restarts)
        self._why_down: MonitorFailed | None = None
        self._process: MonitorProcess | None = None
        self._introduction: Introduction | None = None
        self._last_id = 0
        self._closed = False
        self._guards_process = Lock()
        # one thread for life: the kernel ends a monitor's process with the *thread* that started it
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=f"host-{spec.name}")

    @property
    def introduction(self) -> Introduction | None:
        """Who the monitor said it is, the last time it was started; None before that."""
        return self._introduction

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        process = self._process
        return process.pid if process else None

    @property
    def crash_loop(self) -> bool:
        """Whether it ended so often lately that something is thoroughly wrong with it."""
        return self._restarts.looping(self._clock.now())

    def hello(self) -> Introduction:
        """Start it if need be and let it introduce itself; raises `MonitorFailed` with the reason in words."""
        return self._worker.submit(self._hello).result()

    def answers(self) -> bool:
        """Whether it is up, or can be started and introduces itself."""
        try:
            self.hello()
        except MonitorFailed:
            return False
        return True

    def ask(self, ask: Ask, deadline_s: float | None = None) -> Future[HostAnswer]:
        """Ask for one cycle, behind whatever it was asked before."""
        return self._worker.submit(self._look, ask, self._limits.deadline_s if deadline_s is None else deadline_s)

    def look(self, ask: Ask, deadline_s: float | None = None) -> HostAnswer:
        """Ask for one cycle and wait for the answer."""
        return self.ask(ask, deadline_s).result()

    def close(self) -> None:
        """End the process and its thread; what it was being asked is answered as a crash."""
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
        except MonitorFailed as failed:
            self._after(failed)
            raise
        assert self._introduction is not None
        return self._introduction

    def _look(self, ask: Ask, deadline_s: float) -> HostAnswer:
        now = self._clock.now()
        if self._process is None and self._why_down is not None and now < self._restarts.due_at:
            pause = f"it is started again in {self._restarts.due_at - now:.1f} s ({self._why_down})"
            return HostAnswer(
                None, ask.memory, self._why_down.failure, pause, backing_off=True, crash_loop=self.crash_loop
            )
        began, before, process = monotonic(), Usage(), None
        try:
            process = self._running()
            began, before = monotonic(), process.usage()
            reply = self._exchange(process, _request(ask), deadline_s)
            seconds, used = monotonic() - began, process.usage()
            report, memory = self._report(ask, reply)
        except MonitorFailed as failed:
            used = process.usage() if process else before
            self._after(failed)
            return HostAnswer(
                None,
                ask.memory,
                failed.failure,
                str(failed),
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
            self._process = MonitorProcess(command, self._log_path, self._limits.reply_bytes)
        hello = {"schema": SCHEMA_VERSION, "do": "hello"}
        reply = self._exchange(self._process, hello, self._limits.start_s)
        if reply.introduction is None:
            raise MonitorFailed(Failure.SCHEMA, "it answered `hello` with something other than an introduction")
        self._introduction = reply.introduction
        return self._process

    def _exchange(self, process: MonitorProcess, request: dict[str, Any], deadline_s: float) -> Reply:
        self._last_id = number = self._last_id + 1
        sight: EncodedSight | None = request.pop("sight", None)
        line = to_json(request | {"id": number})
        if sight is not None:
            line = line[:-1] + b',"sight":' + sight.json + b"}"

        def accept(said: bytes) -> Reply | None:
            return _reply(said, number) if said.strip() else None

        return process.exchange(line + b"\n", accept, deadline_s)

    def _report(self, ask: Ask, reply: Reply) -> tuple[CycleReport, JsonValue]:
        if reply.report is not None:
            if reply.report.cycle != ask.cycle:
                raise MonitorFailed(
                    Failure.SCHEMA,
                    f"it was asked for cycle {ask.cycle} and reports on {reply.report.cycle}",
                    fatal=False,
                )
            return reply.report, reply.memory
        if reply.problem is None:
            raise MonitorFailed(Failure.SCHEMA, "its reply holds neither a report nor a problem", fatal=False)
        if reply.problem.kind is ProblemKind.AGENT_FAILED:
            raise MonitorFailed(Failure.EXCEPTION, reply.problem.text or "it gave no reason", fatal=False)
        who = self._introduction
        name, version = (who.monitor, who.version) if who else (self.spec.name, "")
        blind = CycleReport(cycle=ask.cycle, monitor=name, version=version, problems=(reply.problem,))
        return blind, ask.memory

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
            process.end()


def _request(ask: Ask) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        "do": "cycle",
        "cycle": ask.cycle,
        "sight": ask.sight,
        "memory": ask.memory,
        "scope": ask.scope,
        "outcomes": list(ask.outcomes),
    }


def _reply(said: bytes, number: int) -> Reply | None:
    """Read a reply; None for a late one, which answers something that nobody waits for any more."""
    try:
        reply = Reply.model_validate_json(said)
    except ValidationError as error:
        raise _no_reply(said, error) from error
    if reply.id == number:
        return reply
    if 0 <= reply.id < number:
        return None
    why = reply.problem.text if reply.problem else "nothing was asked under that number"
    raise MonitorFailed(Failure.SCHEMA, f"it answered request {reply.id} where {number} was asked: {why}")


def _no_reply(said: bytes, error: ValidationError) -> MonitorFailed:
    """Tell rubbish from another version of the contract, and that from a breach of this one."""
    try:
        raw = from_json(said)
    except ValueError:
        return MonitorFailed(Failure.RUBBISH, f"it wrote what is no JSON: {said[:80]!r}")
    if not isinstance(raw, dict):
        return MonitorFailed(Failure.RUBBISH, f"it wrote JSON that is no reply: {said[:80]!r}")
    if (version := raw.get("schema", SCHEMA_VERSION)) != SCHEMA_VERSION:
        return MonitorFailed(Failure.SCHEMA, f"it speaks schema {version!r}, this build speaks {SCHEMA_VERSION}")
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "its root"
    return MonitorFailed(Failure.SCHEMA, f"its reply breaks the contract at {where}: {first['msg']}")


def _measured(report: CycleReport, wall_s: float, cpu_s: float) -> CycleReport:
    """A program's own figures are not taken on trust."""
    return report.model_copy(update={"wall_s": round(wall_s, 6), "cpu_s": round(max(0.0, cpu_s), 6)})
