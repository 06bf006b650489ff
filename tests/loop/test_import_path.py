"""Files that lie beside a user's monitor never take the place of the program's own packages."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]

MINE = """
from understudy import CycleReport


class Mine:
    name, version, says = "mine", "1", frozenset()

    def cycle(self, cycle, source, clock, scope, outcomes):
        source.look()
        return CycleReport(cycle=cycle, monitor="mine", version="1")

    def memory(self):
        return None

    def recall(self, memory):
        pass
"""
NAMESAKES = ("understudy", "tmuxio", "legacy", "modular", "shadow", "rollout", "contract")


@pytest.fixture
def beside(understudy: Shell) -> Shell:
    """A folder with a monitor and with files that are called as the program's packages are."""
    understudy.write("mine.py", MINE)
    for name in NAMESAKES:
        understudy.write(f"{name}.py", "raise SystemExit('the wrong one')\n")
    return understudy


def test_a_run_among_namesakes_asks_both_monitors(beside: Shell, tmux_server: TmuxServer) -> None:
    tmux_server.new_window(session="team", name="Claude-worker")
    said = beside.real("run", "--once", "--json", "--candidate", "mine:Mine", "--socket-path", tmux_server.socket_path)
    assert said.code == 0, said.err
    assert set(said.lines[0]["reports"]) == {"legacy", "mine"}


def test_a_run_whose_monitor_cannot_be_loaded_says_so_and_does_not_end_well(
    beside: Shell, tmux_server: TmuxServer
) -> None:
    tmux_server.new_window(session="team", name="Claude-worker")
    said = beside.real("run", "--once", "--candidate", "absent:Absent", "--socket-path", tmux_server.socket_path)
    assert said.code != 0
    assert "absent" in said.err


def test_a_run_whose_monitor_gives_no_report_ends_with_69(understudy: Shell, tmux_server: TmuxServer) -> None:
    understudy.write("mine.py", MINE.replace("source.look()", "raise SystemExit(3)"))
    tmux_server.new_window(session="team", name="Claude-worker")
    said = understudy.real("run", "--once", "--candidate", "mine:Mine", "--socket-path", tmux_server.socket_path)
    assert said.code == 69
    assert "Nothing was compared" in said.err


@pytest.mark.parametrize("module", ["rollout"])
def test_the_program_started_as_a_module_among_namesakes_is_the_program(module: str, tmp_path: Path) -> None:
    for name in set(NAMESAKES) - {module}:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')\n")
    done = subprocess.run(
        [sys.executable, "-P", "-m", module, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("understudy "), done.stderr


def test_the_package_itself_can_be_run() -> None:
    done = subprocess.run([sys.executable, "-m", "understudy", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("understudy ")
