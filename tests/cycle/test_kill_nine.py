"""The daemon is killed with SIGKILL at random points of 200 cycles, and every next start goes on."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from private_tmux import private_server

from rollout.judgement.chain import verify
from rollout.loop.acting.delivery_worker import ONCE_MORE
from rollout.loop.stage_controller import rollout_status, trail
from rollout.store.flags import FlagsFile
from rollout.store.ledger import LedgerReader
from rollout.store.state_folder import StateFolder

if TYPE_CHECKING:
    from private_tmux import TmuxServer

pytestmark = pytest.mark.timeout(300)  # a dozen starts of a real daemon
HERE = Path(__file__).parent
AGENT = HERE.parent / "loop" / "small_agent.py"
CYCLES = 200
SEED = 7
TOKEN = re.compile(r"\[u-[0-9a-f]{8}\]")


@dataclass
class Aftermath:
    """The state after the kills and one last run that ends by itself."""

    ledger: LedgerReader
    flags: FlagsFile
    kills: int
    heard: dict[str, str]

    @property
    def told(self) -> Counter[str]:
        """The number of times that each token was sent to the manager."""
        sent = self.heard["pm"].split("\r")[:-1]
        return Counter(token for line in sent for token in TOKEN.findall(line))


def start(server: TmuxServer, state: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "crash_driver.py"), str(server.socket_path), str(state), *more],
        env=os.environ | {"PYTHONPATH": str(HERE), "XDG_RUNTIME_DIR": str(state.parent)},
        stdout=subprocess.PIPE,
        text=True,
    )


def employ(server: TmuxServer, folder: Path, name: str) -> None:
    folder.mkdir()
    program = folder / "claude"
    program.write_text(f"#!{sys.executable}\n{AGENT.read_text()}")
    program.chmod(0o700)
    pane = server.new_window(f"exec {program} {folder}", session="team", name=name)
    server.wait_for(pane, "? for shortcuts")


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    folder, chance = tmp_path_factory.mktemp("nine"), random.Random(SEED)  # noqa: S311 - the same kills in every run
    state = folder / "state"
    windows = ("pm", *(f"idle-{n}" for n in range(3)), *(f"draft-{n}" for n in range(2)))
    with private_server() as server:
        for name in windows:
            employ(server, folder / name, name)
        seen, kills = 0, 0
        while seen < CYCLES - 40:
            daemon = start(server, state)
            assert daemon.stdout is not None
            for _ in range(chance.randint(1, 30)):
                assert daemon.stdout.readline(), "the daemon ended by itself"
                seen += 1
            time.sleep(chance.uniform(0.0, 0.2))
            daemon.send_signal(signal.SIGKILL)
            daemon.wait()
            daemon.stdout.close()
            kills += 1
        last = start(server, state, "40")
        printed, _ = last.communicate(timeout=120)
        assert last.returncode == 0
        assert len(printed.splitlines()) == 40
    place = StateFolder(state).of_server(server.socket_path)
    heard = {name: _heard(folder / name) for name in windows}
    return Aftermath(LedgerReader.open(place.ledger), FlagsFile(place.flags), kills, heard)


def _heard(folder: Path) -> str:
    path = folder / "heard"
    return path.read_bytes().decode() if path.exists() else ""


def test_it_was_killed_often_and_went_through_every_stage(aftermath: Aftermath) -> None:
    assert aftermath.kills >= 8
    assert {"canary", "beta", "production"} <= {transition.to for transition in trail(aftermath.ledger)}


def test_every_cycle_that_was_written_left_its_memory_and_no_other_did(aftermath: Aftermath) -> None:
    memory = aftermath.ledger.memory("incumbent")
    assert memory is not None
    assert json.loads(memory.body) == aftermath.ledger.cycle_count()


def test_nothing_destructive_was_done_twice(aftermath: Aftermath) -> None:
    pressed = sum(text.count("\r") for name, text in aftermath.heard.items() if name.startswith("draft"))
    rows = [row for row in aftermath.ledger.deliveries() if row.kind == "submit_draft"]
    done = sum(row.status == "done" for row in rows)
    unsure = sum(row.status == "escalated" for row in rows)
    assert done > 0
    assert done <= pressed <= done + unsure


def test_no_notice_is_lost(aftermath: Aftermath) -> None:
    rows = [row for row in aftermath.ledger.deliveries() if row.kind == "notify_manager"]
    assert len(rows) > 20
    assert [row.status for row in rows if row.status in {"claimed", "wanted"}] == []
    untold = [row.id for row in rows if row.status == "done" and not aftermath.told[f"[{row.id[:10]}]"]]
    assert untold == []


def test_a_notice_comes_twice_only_where_its_token_was_seen_nowhere(aftermath: Aftermath) -> None:
    again = {f"[{row.id[:10]}]" for row in aftermath.ledger.deliveries() if row.why == ONCE_MORE}
    assert {token for token, times in aftermath.told.items() if times > 1} <= again


def test_no_transition_is_half_done(aftermath: Aftermath) -> None:
    assert [row for row in aftermath.ledger.transitions() if row.status == "pending"] == []
    assert verify(trail(aftermath.ledger)) == ()
    flags, stands = aftermath.flags.read(), rollout_status(aftermath.ledger)
    assert (flags.candidate.percent, flags.revision) == (stands.exposure_percent, stands.flag_revision)
