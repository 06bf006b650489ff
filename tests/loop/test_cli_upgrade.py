"""An agent's CLI is upgraded under a running loop: the judge holds until the new version has been proven."""

# ruff: noqa: RUF001 - prompt signs
from __future__ import annotations

import math
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.judgement.enums import Verdict
from rollout.judgement.plan import CliVersionPlan
from rollout.judgement.plans import DEMO_PLAN
from rollout.loop.building import Blueprint, open_runtime
from rollout.loop.cycle import one_cycle
from rollout.store.state_folder import StateFolder
from shadow.rules import Windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

    from rollout.loop.runtime import Runtime

PLAN = DEMO_PLAN.model_copy(
    update={"cli_versions": CliVersionPlan(promote=0.7), "windows": Windows(notice_s=600.0), "lease_s": 600.0}
)
PROVEN_BY = 3
"""Clean spells that show a rate below 70 %."""


DRAWS = r"""printf '\033[2J\033[H● run %s\n%s\n❯ \n%s\n  ? for shortcuts\033[3;3H' "$1" "$2" "$2"
read -r _
"""


class Agent:
    """A pane whose shell starts a CLI of one version, and gets it back when the CLI is killed."""

    def __init__(self, server: TmuxServer, folder: Path) -> None:
        self.server, self.folder, self.runs = server, folder, 0
        (folder / "draws").write_text(DRAWS, encoding="utf-8")
        self.pane = server.new_window("exec bash --norc", name="codex")

    def start(self, version: str) -> None:
        program = self.folder / "codex" / version / "codex"
        program.parent.mkdir(parents=True, exist_ok=True)
        if not program.exists():
            shutil.copy(os.path.realpath(shutil.which("sh") or ""), program)
        self.runs += 1
        command = f"{program} {self.folder / 'draws'} {self.runs} {'─' * 40}"
        self.server.run("send-keys", "-t", self.pane, command, "Enter")
        self.server.wait_for(self.pane, f"● run {self.runs}")

    def kill(self) -> None:
        self.server.run("send-keys", "-t", self.pane, "C-c")
        deadline = time.monotonic() + 10
        while self.server.run("display-message", "-p", "-t", self.pane, "#{pane_current_command}") != "bash":
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def agent(tmux_server: TmuxServer, tmp_path: Path) -> Agent:
    return Agent(tmux_server, tmp_path)


@pytest.fixture
def runtime(agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    names = ("crash_teller:CrashTeller",) * 2
    blueprint = Blueprint(agent.server.address, StateFolder(tmp_path / "state"), *names, PLAN, gap_s=0.01)
    with open_runtime(blueprint) as runtime:
        yield runtime


def crashes(runtime: Runtime, agent: Agent, version: str, times: int) -> None:
    """Let the CLI crash so many times, each time one spell, and leave it running."""
    for _ in range(times):
        agent.start(version)
        one_cycle(runtime, math.inf)
        agent.kill()
        one_cycle(runtime, math.inf)
    agent.start(version)
    one_cycle(runtime, math.inf)


def about_versions(runtime: Runtime) -> list[str]:
    """The reasons of the judge that speak of new versions, all of which hold."""
    judgement = runtime.loop_state.analysis.judgement
    assert judgement is not None
    found = [reason for reason in judgement.reasons if "is new here" in reason]
    assert not found or judgement.verdict is Verdict.HOLD
    return found


def test_an_upgrade_in_the_middle_of_a_stage_holds_until_the_new_version_is_proven(
    runtime: Runtime, agent: Agent
) -> None:
    crashes(runtime, agent, "0.40.0", 2)
    before = about_versions(runtime)
    agent.kill()
    crashes(runtime, agent, "0.41.0", 1)
    after = about_versions(runtime)
    agent.kill()
    crashes(runtime, agent, "0.41.0", PROVEN_BY)
    rows = runtime.ledger.spells(runtime.loop_state.analysis.epoch)
    assert before == []
    (held,) = after
    assert held.startswith("codex 0.41.0 is new here: ")
    assert held.endswith(f" of {PROVEN_BY} scored spells. Upgrades can break screen reading")
    assert about_versions(runtime) == []
    assert {row.cli for row in rows} == {"codex"}
    assert [row.cli_version for row in rows] == sorted(str(row.cli_version) for row in rows)
    assert {row.cli_version for row in rows} == {"0.40.0", "0.41.0"}
