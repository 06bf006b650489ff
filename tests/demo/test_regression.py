"""The regression on purpose: the good monitor until the file appears, crashed taken for idle from then on."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from modular.service import MonitorService
from rollout.faces.demo.process_names import actor_command, named_environment
from rollout.faces.demo.regression import RULE, TRIGGER, LateRegression
from rollout.loop.hosting.monitors import load, monitor_spec
from tmuxio.reading.reader import Reader
from tmuxio.sources.tapes import TapeClock, TapeSource
from tmuxio.tapes.recorder import Recorder
from understudy import AgentState, CycleReport, Notice, NotifyManager, SystemClock
from understudy.outcomes import EVERYTHING

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer

    from understudy import Tape


def watch(monitor: MonitorService | LateRegression, tape: Tape) -> CycleReport:
    return monitor.cycle("1", TapeSource(tape), TapeClock(tape), EVERYTHING, ())


@pytest.fixture
def tape(tmux_server: TmuxServer) -> Tape:
    """A tape of a worker that has left its shell, beside its manager."""
    tmux_server.environment |= named_environment(tmux_server.folder)
    manager = tmux_server.new_window(shlex.join(["exec", *actor_command("manager", 1)]), name="claude-pm")
    worker = tmux_server.new_window(shlex.join(["exec", *actor_command("brittle", 2, phase_s=3.0)]), name="qa")
    tmux_server.wait_for(manager, "? for shortcuts")
    tmux_server.wait_for(worker, "dev@box")
    return Recorder(Reader(tmux_server.address), SystemClock()).shoot(frames=1)


def test_until_the_file_is_there_it_is_the_good_monitor(
    tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TRIGGER, str(tmp_path / "worse"))
    good, late = watch(MonitorService(), tape), watch(LateRegression(), tape)
    assert late.verdicts == good.verdicts
    assert late.intents == good.intents
    assert AgentState.CRASHED in {verdict.state for verdict in late.verdicts.values()}


def test_once_the_file_is_there_it_takes_crashed_agents_for_idle_in_verdict_and_intent(
    tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TRIGGER, str(tmp_path / "worse"))
    late = LateRegression()
    watch(late, tape)
    (tmp_path / "worse").touch()
    report = watch(late, tape)
    (worker,) = [verdict for verdict in report.verdicts.values() if verdict.window == "qa"]
    assert worker.state is AgentState.IDLE
    assert worker.why.rule == RULE
    about = [intent.about for intent in report.intents if isinstance(intent, NotifyManager)]
    assert about == [Notice.IDLE]
    twice = MonitorService()
    watch(twice, tape)
    good = {verdict.window: verdict for verdict in watch(twice, tape).verdicts.values()}
    (manager,) = [verdict for verdict in report.verdicts.values() if verdict.window == "claude-pm"]
    assert manager == good["claude-pm"], "what is not crashed is left alone"


def test_without_the_variable_it_is_never_worse(tape: Tape, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRIGGER, raising=False)
    assert watch(LateRegression(), tape).intents == watch(MonitorService(), tape).intents


def test_it_goes_on_from_the_good_monitors_memory(tape: Tape) -> None:
    good, late = MonitorService(), LateRegression()
    watch(good, tape)
    late.recall(good.memory())
    assert late.memory() == good.memory()


def test_it_can_be_named_by_import_path() -> None:
    monitor, source = load(monitor_spec("rollout.faces.demo.regression:LateRegression"))
    assert monitor.name == "modular"
    assert source == "server"
