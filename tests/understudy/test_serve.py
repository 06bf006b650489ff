import io
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from pydantic import JsonValue

from understudy import Clock, CycleReport, Frame, Outcome, Scope, Tape, VirtualClock
from understudy.failures import SourceFailed
from understudy.report import Problem, ProblemKind
from understudy.serve import OpenedSource, serve
from understudy.tapes import pack
from understudy.wire import CycleRequest, HelloRequest, Live, OnTape, Reply


class Counting:
    """Counts its cycles; its memory is the count."""

    name = "counting"
    version = "7"
    says = frozenset({"busy"})

    def __init__(self) -> None:
        self.count = 0
        self.odd = False

    def cycle(self, cycle: str, source: Any, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]) -> CycleReport:
        del scope, outcomes
        if source.mood == "raise":
            raise ValueError("no idea")
        clock.sleep(0.9)
        self.count += 1
        self.odd = source.mood == "forgets json"
        return CycleReport(cycle=cycle, monitor=self.name, version=self.version, wall_s=99.0)

    def memory(self) -> JsonValue:
        return {1, 2} if self.odd else self.count  # type: ignore[return-value]

    def recall(self, memory: JsonValue) -> None:
        self.count = memory if isinstance(memory, int) else 0


class Slept:
    """A source that is kept between requests: it has slept before, and may have failed to see something."""

    def __init__(self, waited_s: float, *problems: Problem, mood: str = "") -> None:
        self.waited_s = waited_s
        self.problems = list(problems)
        self.mood = mood


UNREADABLE = Problem(kind=ProblemKind.SESSION_UNREADABLE, subject="team", text="can't find it")


def ask(*requests: HelloRequest | CycleRequest | bytes, source: Any = None, mood: str = "") -> list[Reply]:
    lines = [request if isinstance(request, bytes) else request.model_dump_json().encode() for request in requests]
    replies = io.BytesIO()

    def open_source(sight: OnTape | Live) -> OpenedSource:
        if isinstance(sight, Live):
            raise SourceFailed(ProblemKind.NO_SERVER, sight.socket_path, "no server there")
        return OpenedSource(source or Slept(0.0, mood=mood), VirtualClock())

    serve(Counting(), open_source, io.BytesIO(b"\n".join(lines) + b"\n"), replies)
    return [Reply.model_validate_json(line) for line in replies.getvalue().splitlines()]


TAPE = OnTape(tape=pack(Tape(id="t", frames=(Frame(at=1.0, panes=()),))))


def test_a_monitor_introduces_itself_with_the_states_it_can_tell() -> None:
    (reply,) = ask(HelloRequest(id=1))
    assert reply.introduction is not None
    assert (reply.introduction.monitor, reply.introduction.says) == ("counting", ("busy",))


def test_memory_goes_in_and_comes_out_with_every_request() -> None:
    first, second = ask(
        CycleRequest(id=1, cycle="a", sight=TAPE, memory=41), CycleRequest(id=2, cycle="b", sight=TAPE, memory=None)
    )
    assert (first.memory, second.memory) == (42, 1)


def test_every_reply_carries_the_id_of_its_request() -> None:
    assert [reply.id for reply in ask(HelloRequest(id=5), HelloRequest(id=9))] == [5, 9]


def test_the_harness_measures_whatever_a_monitor_says_of_itself() -> None:
    (reply,) = ask(CycleRequest(id=1, cycle="a", sight=TAPE))
    assert reply.report is not None
    assert reply.report.wall_s < 99.0


def test_waiting_on_a_tape_costs_no_seconds() -> None:
    (reply,) = ask(CycleRequest(id=1, cycle="a", sight=TAPE))
    assert reply.report is not None
    assert reply.report.waited_s < 0.5


def test_a_sources_sleep_in_earlier_requests_is_not_counted_again() -> None:
    (reply,) = ask(CycleRequest(id=1, cycle="a", sight=TAPE), source=Slept(3600.0, UNREADABLE))
    assert reply.report is not None
    assert reply.report.waited_s < 1.0


def test_a_sources_failure_is_told_once_in_the_report() -> None:
    first, second = ask(
        CycleRequest(id=1, cycle="a", sight=TAPE),
        CycleRequest(id=2, cycle="b", sight=TAPE),
        source=Slept(3600.0, UNREADABLE),
    )
    assert first.report is not None
    assert second.report is not None
    assert [problem.subject for problem in first.report.problems] == ["team"]
    assert second.report.problems == ()


def test_a_monitor_that_raises_is_answered_for_and_goes_on() -> None:
    first, second = ask(CycleRequest(id=1, cycle="a", sight=TAPE), HelloRequest(id=2), mood="raise")
    assert first.problem is not None
    assert first.problem.text == "ValueError: no idea"
    assert second.introduction is not None


def test_a_server_that_cannot_be_seen_is_a_problem_and_no_report() -> None:
    (reply,) = ask(CycleRequest(id=1, cycle="a", sight=Live(socket_path="/nowhere")))
    assert reply.report is None
    assert reply.problem is not None
    assert reply.problem.kind is ProblemKind.NO_SERVER


def test_a_memory_that_is_no_json_is_the_monitors_failure_and_not_the_processs_end() -> None:
    first, second = ask(CycleRequest(id=1, cycle="a", sight=TAPE), HelloRequest(id=2), mood="forgets json")
    assert first.problem is not None
    assert second.introduction is not None


def test_rubbish_on_the_input_is_answered_and_survived() -> None:
    first, second = ask(b'{"half":', HelloRequest(id=2))
    assert first.problem is not None
    assert second.introduction is not None


def test_a_monitor_that_prints_does_not_spoil_the_conversation() -> None:
    program = textwrap.dedent("""
        from understudy.serve import serve_stdio
        class Chatty:
            name, version, says = "chatty", "1", frozenset()
            def __init__(self): print("hello, I am chatty")
        serve_stdio(Chatty, None)
        print("bye")
        import os
        os._exit(0)  # as a kill would: nothing is flushed on the way out
    """)
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        input=HelloRequest(id=1).model_dump_json() + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == [1]
    assert run.stderr.splitlines() == ["hello, I am chatty", "bye"]
