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
from understudy.ports import Clock, Monitor
from understudy.report import Problem, ProblemKind
from understudy.wire import CycleRequest, HelloRequest, Introduction, Live, OnTape, Reply, Request

_REQUEST: TypeAdapter[HelloRequest | CycleRequest] = TypeAdapter(Request)


class OpenedSource(NamedTuple):
    """A screen source and the clock that belongs to it."""

    source: Any
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
    """Answer one request. A monitor that raises is answered for with a problem; it never takes the process down."""
    if isinstance(request, HelloRequest):
        says = tuple(sorted(monitor.says))
        return Reply(id=request.id, introduction=Introduction(monitor=monitor.name, version=monitor.version, says=says))
    wall, cpu = time.monotonic(), time.process_time()
    try:
        source, its_clock = open_source(request.sight)
        clock, slept_s = (
            _CountingClock(its_clock),
            _slept_s(source),
        )  # a source may be kept from one request to the next
        monitor.recall(request.memory)
        report = monitor.cycle(request.cycle, source, clock, request.scope, request.outcomes)
        measured = {
            "wall_s": round(time.monotonic() - wall, 6),
            "cpu_s": round(time.process_time() - cpu, 6),
            "waited_s": round(_slept_s(source) - slept_s + clock.waited_s, 6),
            "problems": (*report.problems, *_unseen(source)),
        }
        return Reply(id=request.id, report=report.model_copy(update=measured), memory=monitor.memory())
    except SourceFailed as failure:
        return Reply(id=request.id, problem=failure.problem)
    except Exception as error:  # noqa: BLE001 - whatever a monitor raises is its failure, and evidence
        text = f"{type(error).__name__}: {error}"
        return Reply(id=request.id, problem=Problem(kind=ProblemKind.AGENT_FAILED, subject=monitor.name, text=text))


def _slept_s(source: Any) -> float:
    """Real seconds that a source has slept between looks, if it counts them."""
    return float(getattr(source, "waited_s", 0.0))


def _unseen(source: Any) -> tuple[Problem, ...]:
    """Return the failures that a source kept and its monitor could not tell from nothing."""
    problems: list[Problem] = getattr(source, "problems", [])
    unseen = tuple(problems)
    problems.clear()
    return unseen


def serve(monitor: Monitor[Any], open_source: OpenSource, requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests, a line each, until the input ends."""
    for line in requests:
        if not line.strip():
            continue
        try:
            request = _REQUEST.validate_json(line)
        except ValidationError as error:
            text = f"not a request of this contract: {error.errors()[0]['msg']}"
            reply = Reply(id=-1, problem=Problem(kind=ProblemKind.AGENT_FAILED, subject=monitor.name, text=text))
        else:
            reply = answer(monitor, request, open_source)
        replies.write(reply.model_dump_json().encode("utf-8", "surrogatepass") + b"\n")
        replies.flush()


def serve_stdio(make_monitor: Callable[[], Monitor[Any]], open_source: OpenSource) -> None:
    """Serve on this process's own standard streams.

    Whatever the monitor prints, from its making on, goes to standard error: it cannot spoil the conversation.
    """
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if isinstance(sys.stdout, TextIOWrapper):  # what is said must be in the log in its order, also after a kill
        sys.stdout.reconfigure(line_buffering=True)
    monitor = make_monitor()
    gc.freeze()  # what is loaded by now stays: to look through it for garbage costs a tenth of every cycle
    serve(monitor, open_source, sys.stdin.buffer, replies)
