"""A new kind of action difference goes back to the incumbent at 100 % too, in a real run, until it was reviewed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from exposed import acting, cycles, employ, held_by, promote
from private_tmux import private_server
from tellers import GO

from rollout.judgement.enums import Stage, Verdict
from rollout.loop.decisions import SETTLE
from rollout.store.ledger import DecisionRow

if TYPE_CHECKING:
    from rollout.loop.cycle_result import CycleResult

pytestmark = pytest.mark.timeout(300)  # a real loop, also on a machine that has other things to do
NOVEL = "a new kind of action difference: the incumbent does notify_manager:idle wanted by the candidate alone"


@dataclass
class Story:
    """The lines that the manager got, and the cycles at the turns."""

    held: CycleResult
    before: int
    while_held: int
    reviewed: CycleResult
    after: int


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("novel")
    with pytest.MonkeyPatch.context() as patch, private_server() as server:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        heard = employ(server, folder / "pm", "team", "pm")
        employ(server, folder / "idle", "team", "idle-1")

        def lines() -> int:
            return heard.read_bytes().count(b"\r") if heard.exists() else 0

        with acting(server, folder / "state", "Quiet", "Newcomer") as runtime:
            promote(runtime, Stage.PRODUCTION)
            cycles(runtime, lambda _: True)
            server.new_window("sleep 1000", session="team", name=GO)
            held = cycles(runtime, lambda one: held_by(one, NOVEL))
            cycles(runtime, lambda _: runtime.delivery.idle())
            before = lines()
            asked = list[str]()

            def asks_again(one: CycleResult) -> bool:
                asked.extend(one.cycle for report in one.reports.values() for _ in report.intents)
                return len(asked) > 20

            cycles(runtime, asks_again)
            cycles(runtime, lambda _: runtime.delivery.idle())
            while_held = lines()
            for name in {name for kind in runtime.loop_state.analysis.novelty.seen.values() for name in kind.clusters}:
                with runtime.ledger.transaction() as tx:
                    body = json.dumps({"right": "candidate"})
                    tx.add_decision(DecisionRow(runtime.clock.now(), SETTLE, name, "ann", "meant so", body))
            reviewed = cycles(runtime, lambda one: not held_by(one, NOVEL))
            cycles(runtime, lambda _: lines() > while_held)
            return Story(held, before, while_held, reviewed, lines())


def test_the_candidate_tells_until_the_difference_keeps_coming(story: Story) -> None:
    assert story.before >= 1


def test_the_rollout_holds_and_names_the_action(story: Story) -> None:
    assert story.held.judgement is not None
    assert story.held.judgement.verdict is Verdict.HOLD
    assert story.held.rollout_status.stage is Stage.PRODUCTION


def test_while_it_is_novel_no_notice_of_the_candidate_reaches_the_manager(story: Story) -> None:
    assert story.while_held == story.before


def test_after_a_review_the_candidate_tells_again(story: Story) -> None:
    assert story.after > story.while_held


def test_after_a_review_it_holds_no_longer(story: Story) -> None:
    assert not held_by(story.reviewed, "a new kind of action difference")
