"""On the recorded trial of six real CLIs `modular` is right, also in the moments in which it was wrong then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from trial_accuracy import AT_LEAST, TRIAL, Accuracy, Truth, accuracy, jsonl, table, tapes

from modular.classify import classify_question
from modular.service import MonitorService
from understudy import AgentRole, AgentState, AgentVerdict, CycleReport, ProblemKind
from understudy.verdicts import Why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy import Clock, Outcome, Scope, ScreenSource

pytestmark = pytest.mark.timeout(180)  # 549 tapes, read and watched; five seconds on a machine with nothing else to do

MOMENTS = [row for row in jsonl(TRIAL / "wrong.jsonl") if row.get("about") != "hindsight"]
ARGUED = {
    "codex-120x40/%3/1796069269.1": "its retry row names the error that it retries after, and nothing else happens",
    "qwen-120x40/%22/1796069556.7": "qwen puts an interrupted prompt back into its composer, ready to be sent",
}
"""Moments in which the label says less than the screen."""


@pytest.fixture(scope="module")
def analysis() -> Accuracy:
    return accuracy(MonitorService(), tapes(TRIAL / "tapes"), Truth(jsonl(TRIAL / "truth.jsonl")))


def test_modular_is_right_about_nearly_every_pane_of_the_trial(analysis: Accuracy) -> None:
    assert len(analysis.samples) == 765
    assert analysis.right >= AT_LEAST, table(analysis)


def test_no_error_on_the_trial_is_costly(analysis: Accuracy) -> None:
    assert analysis.costly == [], table(analysis)


def test_agents_of_the_trial_that_are_busy_and_rest_by_turns_are_not_said_to_be_misread(analysis: Accuracy) -> None:
    assert {problem.text for _, problem in analysis.problems if problem.kind is ProblemKind.FLICKERS} == set()


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment["id"])
def test_a_moment_that_was_wrong_in_the_trial_is_right_or_argued(moment: dict[str, Any]) -> None:
    said = classify_question(moment)["state"]
    assert said in moment["ok_labels"] or moment["id"] in ARGUED


class CallsEverybodyIdle:
    """A monitor that is right about idle agents alone."""

    name, version, says = "idler", "1", frozenset({"idle"})

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        del scope, outcomes
        verdicts = {
            shot.pane: AgentVerdict(
                pane=shot.pane,
                pid=shot.pid,
                session=shot.session,
                window=shot.window,
                window_index=shot.window_index,
                role=AgentRole.WORKER,
                agent="unknown",
                state=AgentState.IDLE,
                since=clock.now(),
                why=Why(rule="idle"),
            )
            for shot in source.look()[-1].panes
        }
        return CycleReport(
            cycle=cycle, monitor=self.name, version=self.version, verdicts=verdicts, intents=(), problems=()
        )

    def memory(self) -> None:
        return None

    def recall(self, memory: object) -> None:
        del memory


def test_the_measure_fails_a_monitor_that_calls_every_agent_idle() -> None:
    shown = list(tapes(TRIAL / "tapes"))[:200]
    found = accuracy(CallsEverybodyIdle(), shown, Truth(jsonl(TRIAL / "truth.jsonl")))
    assert found.right < 0.5
    assert {sample.truth.label for sample in found.costly} == {"busy", "waiting_approval"}
    assert "COSTLY" in table(found)


def test_the_last_second_and_the_first_of_an_interval_are_not_scored() -> None:
    row = {
        "pane_id": "%1",
        "agent": "claude",
        "label": "busy",
        "ok_labels": ["busy"],
        "note": "",
        "t_start": 10,
        "t_end": 15,
    }
    truth = Truth(
        [row, row | {"t_start": 20, "t_end": 30, "label": None}, row | {"t_start": 30, "t_end": 40, "withdrawn": True}]
    )
    scored = [at / 2 for at in range(90) if truth.at("%1", at / 2) is not None]
    assert (scored[0], scored[-1]) == (11, 14)
    assert truth.at("%2", 12) is None
