"""The names by which an operator selects a monitor, and the process that results."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from rollout.loop.hosting.host import EncodedSight, HostRequest, MonitorHost
from rollout.loop.hosting.monitors import UnknownMonitor, load, monitor_spec
from rollout.loop.hosting.process import Failure, MonitorFailed
from understudy import Frame, Tape
from understudy.tapes import pack
from understudy.wire import OnTape

if TYPE_CHECKING:
    from pathlib import Path

OURS = """
from understudy import CycleReport
print("hello from the import")
class Mine:
    name, version, says, sight = "mine", "2", frozenset({"idle"}), "windows"
    def __init__(self): self.count = 0
    def cycle(self, cycle, source, clock, scope, outcomes):
        print("a monitor that prints")
        clock.sleep(0)
        self.count += 1
        return CycleReport(cycle=cycle, monitor=self.name, version=self.version, pause_s=clock.now())
    def memory(self): return self.count
    def recall(self, memory): self.count = memory or 0
class Nothing: pass
"""


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "our_monitors.py").write_text(OURS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "our_monitors"


def test_names_import_paths_and_programs_are_told_apart() -> None:
    offered = [EntryPoint("modular-next", "their.rules:Next", "understudy.monitors")]
    assert monitor_spec("legacy").target == "legacy.monitor:LegacyMonitor"
    assert monitor_spec("legacy").source == "windows"
    assert monitor_spec("modular").target == "modular.service:MonitorService"
    assert monitor_spec("modular-next", offered=offered).target == "their.rules:Next"
    assert monitor_spec("a.b:C", "windows").source == "windows"
    assert monitor_spec("cmd:node 'my monitor.js' -v").program == ("node", "my monitor.js", "-v")
    assert monitor_spec("cmd:/opt/x/watcher").name == "watcher"


@pytest.mark.parametrize(
    ("text", "source", "remedy"),
    [
        ("modlar", None, "name one of legacy, modular"),
        ("a b:C", None, "package.module:Class"),
        ("a.b:", None, "package.module:Class"),
        ("cmd:", None, "cmd:program args"),
        ("cmd:'half", None, "no command line"),
        ("legacy", "x-ray", "`windows` or `server`"),
    ],
)
def test_a_spec_that_cannot_be_meant_is_refused_with_the_remedy(text: str, source: str | None, remedy: str) -> None:
    with pytest.raises(UnknownMonitor, match=remedy):
        monitor_spec(text, source, offered=[])


def test_a_class_names_its_source_unless_the_operator_does(ours: str) -> None:
    assert load(monitor_spec(f"{ours}:Mine"))[1] == "windows"
    assert load(monitor_spec(f"{ours}:Mine", "server"))[1] == "server"


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("no_such_module_here:X", "cannot be imported"),
        ("our_monitors:Theirs", "exact name"),
        ("our_monitors:Nothing", "lacks cycle, memory, recall"),
    ],
)
@pytest.mark.usefixtures("ours")
def test_a_process_that_finds_no_monitor_says_so(target: str, remedy: str, tmp_path: Path) -> None:
    failed = pytest.raises(MonitorFailed, match=remedy)
    with MonitorHost(monitor_spec(target), tmp_path / "log") as host, failed as why:
        host.hello()
    assert "exit code 78" in str(why.value)


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with MonitorHost(monitor_spec("cmd:no-such-program"), tmp_path / "log") as host:
        answer = host.look(HostRequest("c", EncodedSight(b"null")))
    assert answer.failure is Failure.CRASH
    assert "no-such-program: No such file" in answer.text


def test_a_class_that_prints_is_served_on_a_tape_at_the_tapes_own_time(ours: str, tmp_path: Path) -> None:
    tape = Tape(id="t", frames=(Frame(at=100.0, panes=()), Frame(at=100.3, panes=())))
    with MonitorHost(monitor_spec(f"{ours}:Mine"), tmp_path / "log") as host:
        answer = host.look(HostRequest("c", EncodedSight.of(OnTape(tape=pack(tape))), 4))
    assert answer.text == ""
    assert answer.memory == 5
    assert answer.report is not None
    assert 100.0 <= answer.report.pause_s <= 100.3
    assert "a monitor that prints" in (tmp_path / "log").read_text()
