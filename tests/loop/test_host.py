"""A monitor's process may do anything; its host answers in time, says what went wrong, and keeps the memory."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import wait
from pathlib import Path

import pytest

from rollout.loop.hosting.host import EncodedSight, HostLimits, HostRequest, MonitorHost
from rollout.loop.hosting.monitors import MonitorSpec, monitor_spec
from rollout.loop.hosting.process import Failure, MonitorFailed
from rollout.loop.hosting.restarts import RestartPolicy, Restarts
from understudy import CycleReport, ProblemKind, Tape, VirtualClock
from understudy.tapes import pack
from understudy.wire import OnTape

BAD = Path(__file__).with_name("bad_monitors.py")
SIGHT = EncodedSight.of(OnTape(tape=pack(Tape(id="t", frames=()))))
LIMITS = HostLimits(deadline_s=5.0, start_s=20.0, reply_bytes=1 << 20, restarts=RestartPolicy(first_s=10.0))


def host_request(cycle: str = "c1", memory: object = 41) -> HostRequest:
    return HostRequest(cycle, SIGHT, memory)


def bad(how: str, *more: object) -> MonitorSpec:
    return monitor_spec("cmd:" + shlex.join([sys.executable, str(BAD), how, *map(str, more)]))


def host_of(spec: MonitorSpec, tmp_path: Path, *, clock: VirtualClock | None = None, **limits: object) -> MonitorHost:
    chosen = HostLimits(**{**{name: getattr(LIMITS, name) for name in HostLimits.__slots__}, **limits})
    return MonitorHost(spec, tmp_path / "monitor.log", limits=chosen, clock=clock or VirtualClock(1000.0))


def is_gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def eventually(claim: object, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if claim():
            return True
        time.sleep(0.01)
    return False


def test_a_good_monitor_is_asked_and_its_memory_comes_back(tmp_path: Path) -> None:
    with host_of(bad("good"), tmp_path) as host:
        first = host.look(host_request("c1", None))
        second = host.look(host_request("c2", first.memory))
        assert host.introduction is not None
        assert host.introduction.says == ("idle",)
    assert isinstance(second.report, CycleReport)
    assert (second.report.cycle, second.memory, second.failure, second.text) == ("c2", 2, Failure.NONE, "")
    assert second.rss_bytes > 1 << 20
    assert 0 < second.seconds < 5
    assert second.report.wall_s == pytest.approx(second.seconds, abs=0.001), "a program's own figures are not trusted"


@pytest.mark.parametrize(
    ("how", "failure", "words"),
    [
        ("dies", Failure.CRASH, "exit code 3; its last lines: Traceback: it was the disk"),
        ("dies_by_signal", Failure.CRASH, "SIGSEGV"),
        ("half_a_line", Failure.CRASH, "exit code 0"),
        ("closes_stdout", Failure.CRASH, "closed its standard streams"),
        ("rubbish", Failure.RUBBISH, "Watching 12 agents"),
        ("list", Failure.RUBBISH, "no reply"),
        ("other_schema", Failure.SCHEMA, "uses schema 2"),
        ("unknown_state", Failure.SCHEMA, "report.verdicts.%1"),
        ("another_cycle", Failure.SCHEMA, "yesterday"),
        ("empty_reply", Failure.SCHEMA, "neither a report nor a problem"),
        ("raises", Failure.EXCEPTION, "KeyError: 'pm'"),
        ("floods_line", Failure.FLOOD, "more than 1048576 bytes"),
        ("floods_late_replies", Failure.FLOOD, "more than 1048576 bytes"),
        ("never_starts", Failure.CRASH, "no licence for this machine"),
        ("mute_hello", Failure.SCHEMA, "introduction"),
    ],
)
def test_each_kind_of_failure_has_its_name_and_leaves_the_memory_alone(
    how: str, failure: Failure, words: str, tmp_path: Path
) -> None:
    with host_of(bad(how), tmp_path) as host:
        answer = host.look(host_request())
    assert answer.report is None
    assert (answer.failure, answer.memory) == (failure, 41)
    assert words in answer.text


@pytest.mark.parametrize(
    ("how", "failure", "words"),
    [
        ("large_memory", Failure.FLOOD, "its memory has 600002 bytes; the most for 0 panes is 524288"),
        ("deep_memory", Failure.FLOOD, "its memory is nested deeper than 64 levels"),
        ("deep_json", Failure.RUBBISH, "nested deeper than 200 levels"),
        ("many_verdicts", Failure.FLOOD, "its report has 100 verdicts; the most is 64"),
        ("many_lines", Failure.FLOOD, "its report has 501 lines behind one verdict; the most is 500"),
        ("many_problems", Failure.FLOOD, "its report has 300 problems; the most is 256"),
        ("many_intents", Failure.FLOOD, "its report has 300 intents; the most is 256"),
        ("long_text", Failure.FLOOD, "its report holds a text of 70000 characters; the most is 65536"),
        ("no_date", Failure.FLOOD, "its report holds the instant 1e+300, which is no date"),
        ("not_a_number", Failure.FLOOD, "its report says nan for wall_s, which is no duration"),
        ("endless_pause", Failure.FLOOD, "it asks for a pause of 1e+12 s; the most is 86400 s"),
    ],
)
def test_a_reply_beyond_a_limit_is_refused_with_the_limit_and_leaves_the_memory_alone(
    how: str, failure: Failure, words: str, tmp_path: Path
) -> None:
    with host_of(bad(how), tmp_path) as host:
        answer = host.look(host_request())
    assert answer.report is None
    assert (answer.failure, answer.memory) == (failure, 41)
    assert words in answer.text


def test_the_limits_grow_with_the_panes_that_were_shown(tmp_path: Path) -> None:
    shown = HostRequest("c1", EncodedSight(SIGHT.json, panes=40), 41)
    with host_of(bad("many_verdicts"), tmp_path) as host:
        assert host.look(shown).failure is Failure.NONE
        assert host.look(host_request("c2")).failure is Failure.NONE, "a guard's frame of one pane takes nothing away"


@pytest.mark.parametrize("fault", [OSError(24, "Too many open files"), RuntimeError("can't start new thread")])
def test_what_the_harness_is_short_of_is_a_failure_that_is_tried_again(
    fault: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = VirtualClock(1000.0)
    with host_of(bad("good"), tmp_path, clock=clock) as host:
        host.hello()
        first = host.pid
        assert first is not None
        with monkeypatch.context() as short:
            short.setattr("rollout.loop.hosting.process.selectors.DefaultSelector", _raising(fault))
            answer = host.look(host_request())
        assert (answer.failure, answer.memory) == (Failure.CRASH, 41)
        assert str(fault) in answer.text
        assert eventually(lambda: is_gone(first))
        with monkeypatch.context() as short:
            clock.sleep(10.0)
            short.setattr("rollout.loop.hosting.process.StderrLog", _raising(RuntimeError("can't start new thread")))
            assert "can't start new thread" in host.look(host_request()).text
            assert host.pid is None
        clock.sleep(60.0)
        assert host.look(host_request()).memory == 42


def _raising(fault: Exception) -> object:
    def fail(*_: object, **__: object) -> None:
        raise fault

    return fail


@pytest.mark.parametrize("how", ["hangs", "spins_deaf"])
def test_a_hang_ends_at_the_deadline_and_so_does_the_process(how: str, tmp_path: Path) -> None:
    with host_of(bad(how), tmp_path) as host:
        host.hello()
        pid = host.pid
        assert pid is not None
        began = time.monotonic()
        answer = host.look(host_request(), deadline_s=0.3)
        assert time.monotonic() - began < 2.0
        assert (answer.failure, answer.memory) == (Failure.DEADLINE, 41)
        assert is_gone(pid)


def test_a_hanging_monitor_takes_its_children_with_it(tmp_path: Path) -> None:
    note = tmp_path / "child"
    with host_of(bad("hangs_with_child", note), tmp_path) as host:
        host.hello()
        assert host.look(host_request(), deadline_s=1.0).failure is Failure.DEADLINE
        assert eventually(lambda: is_gone(int(note.read_text())))


def test_a_monitor_that_never_introduces_itself_meets_the_deadline_of_its_start(tmp_path: Path) -> None:
    failed = pytest.raises(MonitorFailed, match=r"did not answer within 0\.4 s")
    with host_of(bad("hangs_at_start"), tmp_path, start_s=0.4) as host, failed:
        host.hello()


def test_a_server_that_cannot_be_seen_is_a_problem_in_a_report_and_no_failure(tmp_path: Path) -> None:
    with host_of(bad("blind"), tmp_path) as host:
        answer = host.look(host_request())
    assert answer.failure is Failure.NONE
    assert answer.report is not None
    assert [problem.kind for problem in answer.report.problems] == [ProblemKind.NO_SERVER]
    assert answer.memory == 41


def test_late_answers_are_discarded_by_their_number(tmp_path: Path) -> None:
    with host_of(bad("late"), tmp_path) as host:
        assert host.look(host_request("c1")).memory == 42
        assert host.look(host_request("c2")).memory == 42


def test_an_exception_keeps_the_process_and_an_end_restarts_it_after_a_pause(tmp_path: Path) -> None:
    with host_of(bad("raises"), tmp_path) as host:
        host.look(host_request())
        pid = host.pid
        host.look(host_request())
        assert host.pid == pid
    clock = VirtualClock(1000.0)
    with host_of(bad("dies_once", tmp_path / "was here"), tmp_path, clock=clock) as host:
        assert host.look(host_request("c1")).failure is Failure.CRASH
        waiting = host.look(host_request("c2"))
        assert (waiting.failure, waiting.backing_off, waiting.memory) == (Failure.CRASH, True, 41)
        assert "started again in 10.0 s" in waiting.text
        clock.sleep(10.0)
        assert host.look(host_request("c3")).memory == 42


def test_a_crash_loop_is_flagged_and_forgotten_in_time(tmp_path: Path) -> None:
    clock = VirtualClock(1000.0)
    policy = RestartPolicy(first_s=1.0, most_s=1.0, loop_ends=3)
    with host_of(bad("dies"), tmp_path, clock=clock, restarts=policy) as host:
        flags = []
        for _ in range(3):
            flags.append(host.look(host_request()).crash_loop)
            clock.sleep(1.0)
        assert flags == [False, False, True]
        clock.sleep(policy.loop_window_s)
        assert not host.crash_loop


def test_pauses_double_up_to_a_most_and_start_again_after_good_answers() -> None:
    restarts = Restarts(RestartPolicy(first_s=1.0, most_s=5.0, steady_after=2))
    pauses = []
    for _ in range(5):
        restarts = restarts.ended(100.0)
        pauses.append(restarts.due_at - 100.0)
    assert pauses == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert restarts.answered().ended(100.0).due_at == 105.0
    assert restarts.answered().answered().ended(100.0).due_at == 101.0


def test_two_hosts_are_asked_at_the_same_time(tmp_path: Path) -> None:
    with host_of(bad("hangs"), tmp_path) as one, host_of(bad("hangs"), tmp_path) as other:
        one.hello()
        other.hello()
        began = time.monotonic()
        wait([one.request(host_request(), 0.5), other.request(host_request(), 0.5)])
        assert time.monotonic() - began < 0.95


def test_its_standard_error_is_kept_but_bounded(tmp_path: Path) -> None:
    with host_of(bad("talks_on_stderr"), tmp_path) as host:
        assert host.look(host_request()).memory == 42
    ends = time.monotonic() + 30
    while not list(tmp_path.iterdir()) and time.monotonic() < ends:
        time.sleep(0.05)  # redacting so much takes seconds on a busy machine, and no process waits for its log
    kept = [path.stat().st_size for path in tmp_path.iterdir()]
    assert 1 <= len(kept) <= 2
    assert max(kept) <= 1 << 20


def test_it_sees_nothing_of_the_tmux_that_the_harness_runs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "elsewhere,1,2")
    monkeypatch.setenv("TMUX_PANE", "%7")
    note = tmp_path / "environment"
    with host_of(bad("environment", note), tmp_path) as host:
        host.look(host_request())
    assert not [name for name in json.loads(note.read_text()) if name.startswith("TMUX")]


def test_closing_does_not_wait_for_a_hanging_monitor(tmp_path: Path) -> None:
    host = host_of(bad("hangs"), tmp_path)
    host.hello()
    pending = host.request(host_request(), 60.0)
    assert eventually(pending.running)
    began = time.monotonic()
    host.close()
    assert time.monotonic() - began < 3.0
    assert pending.result().failure is Failure.CRASH
    host.close()
    assert host.look(host_request()).text == "its host is closed"


def test_a_harness_that_is_killed_takes_its_monitors_with_it_even_a_hanging_one(tmp_path: Path) -> None:
    note = tmp_path / "hangs"
    script = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(BAD.parent)!r})
from test_host import bad, host_of, host_request
host = host_of(bad("hangs", {str(note)!r}), Path({str(tmp_path)!r}))
host.hello()
host.request(host_request(), 60.0)
print(host.pid, flush=True)
time.sleep(60)
"""
    harness = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert harness.stdout is not None
    with harness.stdout:
        pid = int(harness.stdout.readline())
        assert eventually(note.exists)
        assert not is_gone(pid)
        os.kill(harness.pid, signal.SIGKILL)
        harness.wait()
    assert eventually(lambda: is_gone(pid))
