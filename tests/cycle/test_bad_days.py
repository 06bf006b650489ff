"""Whole cycles on a real server on which things go wrong."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.judgement.enums import Guardrail
from rollout.judgement.plans import DEMO_PLAN
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle import one_cycle
from rollout.loop.daemon import StopSignal, loop
from rollout.loop.hosting.monitors import UnknownMonitor
from rollout.loop.monitor_role import MonitorRole
from rollout.store.server_lock import AlreadyRunning
from rollout.store.state_folder import StateFolder
from understudy.failures import SourceFailed
from understudy.report import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

    from rollout.loop.cycle_result import CycleResult
    from rollout.loop.runtime import Runtime

HERE = Path(__file__).parent
BAD = HERE.parent / "loop" / "bad_monitors.py"
LAST = math.inf
HOSTILE = ["a:b", "c.d", "two words", "日本 ✓", "$5", "#{pid}", "%end 1 2 1", "-n", "=x"]


@pytest.fixture(autouse=True)
def own_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("PYTHONPATH", str(HERE))


@contextmanager
def runtime_over(server: TmuxServer, folder: Path, candidate: str = "eager:Eager", **more: object) -> Iterator[Runtime]:
    blueprint = Blueprint(
        server.address, StateFolder(folder / "state"), "eager:Eager", candidate, DEMO_PLAN, gap_s=0.01, **more
    )
    with open_runtime(blueprint) as runtime:
        yield runtime


def events(runtime: Runtime, guardrail: Guardrail) -> list[bool]:
    epoch = runtime.loop_state.analysis.epoch
    return [row.event for row in runtime.ledger.evidence(epoch) if row.guardrail == guardrail]


def test_session_names_that_mean_something_to_tmux_are_only_names(tmux_server: TmuxServer, tmp_path: Path) -> None:
    for name in HOSTILE:
        tmux_server.new_window("exec sleep 600", session=name, name=f"idle-{name}")
    there = set(tmux_server.run("list-sessions", "-F", "#{session_name}").splitlines())
    with runtime_over(tmux_server, tmp_path) as runtime:
        cycle_result = one_cycle(runtime, LAST)
        assert set(runtime.ledger.cycles()[0].owners) == there
    assert {verdict.session for verdict in cycle_result.reports[MonitorRole.INCUMBENT].verdicts.values()} == there


def test_a_pane_that_dies_in_mid_cycle_costs_the_cycle_nothing(tmux_server: TmuxServer, tmp_path: Path) -> None:
    stays = tmux_server.new_window("exec sleep 600", name="idle-1")
    goes = tmux_server.new_window("exec sleep 600", name="idle-2")
    with runtime_over(tmux_server, tmp_path) as runtime:
        killer = threading.Timer(0.05, lambda: tmux_server.run("kill-pane", "-t", goes))
        killer.start()
        cycle_result = one_cycle(runtime, LAST)
        killer.join()
    assert stays in cycle_result.reports[MonitorRole.CANDIDATE].verdicts
    assert events(runtime, Guardrail.FAILURE) == [False]


def test_a_server_that_dies_in_mid_cycle_is_no_evidence_of_anything(tmux_server: TmuxServer, tmp_path: Path) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    with runtime_over(tmux_server, tmp_path) as runtime:
        one_cycle(runtime, LAST)
        shoot = runtime.observer._recorder.shoot  # the server is gone before the tape is

        def dying(*args: int, gap_s: float = 0.3) -> object:
            os.kill(tmux_server.pid, signal.SIGKILL)
            return shoot(*args, gap_s=gap_s)

        runtime.observer._recorder.shoot = dying  # type: ignore[method-assign,assignment]
        with pytest.raises(SourceFailed) as failed:
            one_cycle(runtime, LAST)
        assert runtime.ledger.cycle_count() == 1
    assert failed.value.kind in {ProblemKind.NO_SERVER, ProblemKind.SERVER_GONE}


def test_the_loop_waits_for_a_server_that_went_and_goes_on_when_it_is_back(
    tmux_server: TmuxServer, tmp_path: Path
) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    seen: list[CycleResult] = []
    stop = StopSignal()

    def watch(cycle_result: CycleResult) -> None:
        seen.append(cycle_result)
        if len(seen) == 2:
            os.kill(tmux_server.pid, signal.SIGKILL)
            threading.Timer(0.5, lambda: tmux_server.new_window("exec sleep 600", name="idle-1")).start()
        if len(seen) == 4:
            stop()

    with runtime_over(tmux_server, tmp_path) as runtime:
        tries = loop(runtime, interval_s=0.05, cycles=400, stop=stop, watch=watch)
    assert len(seen) == 4
    assert tries > 4, "the blind ones in between"


def test_a_stopped_server_is_silent_and_not_empty(tmux_server: TmuxServer, tmp_path: Path) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    with runtime_over(tmux_server, tmp_path) as runtime:
        runtime.reader._deadline_s = 0.5
        os.kill(tmux_server.pid, signal.SIGSTOP)
        with pytest.raises(SourceFailed) as failed:
            one_cycle(runtime, LAST)
    assert failed.value.kind is ProblemKind.SERVER_SILENT


@pytest.mark.parametrize("fault", ["raises", "dies", "hangs", "rubbish", "other_schema", "floods_line"])
def test_a_candidate_that_misbehaves_is_evidence_and_the_incumbent_goes_on(
    tmux_server: TmuxServer, tmp_path: Path, fault: str
) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    with runtime_over(
        tmux_server, tmp_path, candidate=f"cmd:{sys.executable} {BAD} {fault}", deadline_s=1.5
    ) as runtime:
        cycle_result = one_cycle(runtime, LAST)
        assert events(runtime, Guardrail.FAILURE) == [True]
    assert MonitorRole.INCUMBENT in cycle_result.reports
    assert MonitorRole.CANDIDATE not in cycle_result.reports
    assert cycle_result.problems[MonitorRole.CANDIDATE]


def test_a_second_daemon_on_the_same_server_is_refused_whatever_its_state_folder(
    tmux_server: TmuxServer, tmp_path: Path
) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    with (
        runtime_over(tmux_server, tmp_path / "one"),
        pytest.raises(AlreadyRunning, match="already watches"),
        runtime_over(tmux_server, tmp_path / "two"),
    ):
        pass


def test_a_cycle_writes_its_tape_with_the_memories_from_before_it(tmux_server: TmuxServer, tmp_path: Path) -> None:
    from tmuxio.tapes.tapefile import read_tape

    tmux_server.new_window("exec sleep 600", name="idle-1")
    with runtime_over(tmux_server, tmp_path) as runtime:
        one_cycle(runtime, LAST)
        second = one_cycle(runtime, LAST)
        until = time.monotonic() + 5
        while (path := runtime.tapes.find(second.cycle)) is None and time.monotonic() < until:
            time.sleep(0.01)
    assert path is not None
    assert read_tape(path).memories == {"incumbent": 1, "candidate": 1}


def test_a_difference_that_lasts_is_written_down_once(tmux_server: TmuxServer, tmp_path: Path) -> None:
    tmux_server.new_window("exec sleep 600", name="claude-1")
    with runtime_over(tmux_server, tmp_path, candidate="modular") as runtime:
        for _ in range(4):
            one_cycle(runtime, LAST)
        first = [row for row in runtime.ledger.differences() if row.cluster]
    assert len({(row.pane, row.cluster) for row in first}) == len(first) > 0


@pytest.mark.parametrize("candidate", ["eager:Eagre", "no_such_module:Mine", "cmd:no-such-program"])
def test_a_misspelt_candidate_is_refused_at_the_start_and_no_evidence(
    tmux_server: TmuxServer, tmp_path: Path, candidate: str
) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    with (
        pytest.raises(UnknownMonitor, match=r"Eagre|no_such_module|no-such-program"),
        runtime_over(tmux_server, tmp_path, candidate=candidate),
    ):
        pass
