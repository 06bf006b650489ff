"""Any monitor as a process: JSON Lines on standard input and output, one request at a time."""

import gc
import os
import sys
import time
from collections.abc import Callable
from io import TextIOWrapper
from typing import IO, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from understudy.failures import SourceFailed
from understudy.ports import AccountedSource, Clock, Monitor, ScreenSource, WindowSource
from understudy.report import Problem, ProblemKind
from understudy.wire import CycleRequest, HelloRequest, Introduction, Live, OnTape, Reply, Request

_REQUEST: TypeAdapter[HelloRequest | CycleRequest] = TypeAdapter(Request)


class OpenedSource(NamedTuple):
    """A screen source and the clock that belongs to it."""

    source: ScreenSource | WindowSource
    clock: Clock


OpenSource = Callable[[OnTape | Live], OpenedSource]
"""Opens a screen source on what a request shows; may raise `SourceFailed`."""


class _CountingClock:
    """The source's own clock, counting the *real* seconds that the monitor spends asleep on purpose."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.waited_s = 0.0

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        began = time.monotonic()
        self._clock.sleep(seconds)
        self.waited_s += time.monotonic() - began


def answer(monitor: Monitor[Any], request: HelloRequest | CycleRequest, open_source: OpenSource) -> Reply:
    """Answer one request. A monitor that raises is answered for with a problem; the process goes on."""
    if isinstance(request, HelloRequest):
        says = tuple(sorted(monitor.says))
        return Reply(id=request.id, introduction=Introduction(monitor=monitor.name, version=monitor.version, says=says))
    wall, cpu = time.monotonic(), time.process_time()
    try:
        source, its_clock = open_source(request.sight)
        clock, slept_s = _CountingClock(its_clock), source.waited_s  # a source may be kept between requests
        monitor.recall(request.memory)
        report = monitor.cycle(request.cycle, source, clock, request.scope, request.outcomes)
        measured = {
            "wall_s": round(time.monotonic() - wall, 6),
            "cpu_s": round(time.process_time() - cpu, 6),
            "waited_s": round(source.waited_s - slept_s + clock.waited_s, 6),
            "problems": (*report.problems, *_unseen(source)),
        }
        return Reply(id=request.id, report=report.model_copy(update=measured), memory=monitor.memory())
    except SourceFailed as failure:
        return Reply(id=request.id, problem=failure.problem)
    except Exception as error:  # noqa: BLE001 - whatever a monitor raises is its failure, and evidence
        text = f"{type(error).__name__}: {error}"
        return Reply(id=request.id, problem=Problem(kind=ProblemKind.AGENT_FAILED, subject=monitor.name, text=text))


def _unseen(source: AccountedSource) -> tuple[Problem, ...]:
    """Return the failures that a source kept, and empty its list: each is told once."""
    unseen = tuple(source.problems)
    source.problems.clear()
    return unseen


def serve(monitor: Monitor[Any], open_source: OpenSource, requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests, a line each, until the input ends."""
    for line in requests:
        if not line.strip():
            continue
        try:
            request = _REQUEST.validate_json(line)
        except ValidationError as error:
            text = f"not a request of this protocol: {error.errors()[0]['msg']}"
            reply = Reply(id=-1, problem=Problem(kind=ProblemKind.AGENT_FAILED, subject=monitor.name, text=text))
        else:
            reply = answer(monitor, request, open_source)
        replies.write(reply.model_dump_json().encode("utf-8", "surrogatepass") + b"\n")
        replies.flush()


def serve_stdio(make_monitor: Callable[[], Monitor[Any]], open_source: OpenSource) -> None:
    """Serve on this process's own standard streams.

    Everything that the monitor prints, from its construction on, goes to standard error and not into the answers.
    """
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if isinstance(sys.stdout, TextIOWrapper):  # lines must reach the log in their order, also before a kill
        sys.stdout.reconfigure(line_buffering=True)
    monitor = make_monitor()
    gc.freeze()  # modules loaded by now stay: collecting garbage among them costs a tenth of every cycle
    serve(monitor, open_source, sys.stdin.buffer, replies)
