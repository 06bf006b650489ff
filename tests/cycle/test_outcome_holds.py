"""A candidate that leaves approvals unanswered holds by its outcome alone, in a real run at half the leases."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from exposed import acting, cycles, employ, held_by, promote
from private_tmux import private_server

from rollout.judgement.enums import Stage, Verdict

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from rollout.loop.cycle_result import CycleResult

pytestmark = pytest.mark.timeout(300)  # a real loop, also on a machine that has other things to do
BLOCKED = "outcome: agents wait for an approval"
TEAMS = tuple(f"team-{number}" for number in range(4))
ASKS = "while :; do if [ -e {0} ]; then echo ASK; else echo WORK; fi; sleep 0.05; done"


class Team:
    """An agent that asks with each new lease, and its manager, who answers as soon as it is told."""

    def __init__(self, server: TmuxServer, folder: Path, name: str) -> None:
        self.heard = employ(server, folder / "pm", name, "pm")
        self.question = folder / "question"
        server.new_window(ASKS.format(self.question), session=name, name="ask")
        self.read = 0

    def live(self, *, new_lease: bool) -> None:
        size = self.heard.stat().st_size if self.heard.exists() else 0
        if size > self.read:
            self.question.unlink(missing_ok=True)
        elif new_lease:
            self.question.touch()
        self.read = size


@dataclass
class Story:
    """The cycle in which it held, and the status after it."""

    held: CycleResult
    status: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("outcome")
    with pytest.MonkeyPatch.context() as patch, private_server() as server:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        teams = [Team(server, folder / name, name) for name in TEAMS]
        with acting(server, folder / "state", "Teller", "Mute") as runtime:
            slots = list[int]()

            def live() -> None:
                slots.append(int(runtime.clock.now() / runtime.plan.lease_s))
                for team in teams:
                    team.live(new_lease=slots[-1] != (slots[-2] if len(slots) > 1 else None))

            # seen in shadow, the difference is none that a later stage would give back to the incumbent
            cycles(runtime, lambda _: bool(runtime.loop_state.analysis.novelty.seen), each=live)
            promote(runtime, Stage.BETA)
            held = cycles(runtime, lambda one: held_by(one, BLOCKED), each=live)
        done = subprocess.run(
            [sys.executable, "-m", "understudy", "status", "--socket-path", str(server.socket_path)],
            env=os.environ | {"UNDERSTUDY_STATE_DIR": str(folder / "state")},
            capture_output=True,
            text=True,
            check=True,
        )
        return Story(held, done.stdout)


def test_it_holds_in_its_stage_and_rolls_nothing_back(story: Story) -> None:
    assert story.held.judgement is not None
    assert story.held.judgement.verdict is Verdict.HOLD
    assert story.held.rollout_status.stage is Stage.BETA
    assert story.held.judgement.unsafe == ()


def test_the_share_under_the_candidate_is_larger_by_more_than_a_fifth(story: Story) -> None:
    assert story.held.judgement is not None
    (blocked,) = [one for one in story.held.judgement.outcomes if one.name == "blocked"]
    assert blocked.candidate > 1.2 * blocked.incumbent


def test_the_status_shows_the_agent_hours_and_the_shares_of_both(story: Story) -> None:
    assert "agent-hours" in story.status
    assert "blocked on an approval" in story.status
    assert BLOCKED in story.status
