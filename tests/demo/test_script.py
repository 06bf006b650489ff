"""The script's decisions about the views that it sees."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollout.faces.demo.script import BUDGET_S, IN_PRODUCTION_S, LAST_LOOK_S, DemoScript
from rollout.faces.demo.view import STAGES, DemoTransition, DemoView, EventKind, Gauge

BEGIN = DemoTransition(0.5, "off", "shadow", "understudy", "a rollout begins in shadow")
WAY = [DemoTransition(40.0 * n, STAGES[n - 1], STAGES[n], "understudy", "earned") for n in range(1, 4)]
BACK = DemoTransition(140.0, "production", "shadow", "understudy", "notice_crash is above its budget")
PRODUCTION = DemoView(elapsed_s=121.0, stage="production", steps=(BEGIN, *WAY))


def test_each_transition_is_told_once() -> None:
    demo_script = DemoScript()
    first = demo_script.see(DemoView(elapsed_s=1.0, steps=(BEGIN,)))
    then = demo_script.see(DemoView(elapsed_s=41.0, stage="canary", steps=(BEGIN, WAY[0])))
    again = demo_script.see(DemoView(elapsed_s=42.0, stage="canary", steps=(BEGIN, WAY[0])))
    assert [event.told for event in first.events] == [EventKind.BEGAN]
    assert [event.told for event in then.events] == [EventKind.PROMOTED]
    assert then.events[0].facts["to"] == "canary"
    assert not again.events


def test_the_candidate_is_made_worse_once_and_only_in_production() -> None:
    demo_script = DemoScript()
    assert not demo_script.see(DemoView(elapsed_s=100.0, stage="beta", steps=(BEGIN, *WAY[:2]))).make_worse
    assert not demo_script.see(PRODUCTION).make_worse
    worse = demo_script.see(replace(PRODUCTION, elapsed_s=121.0 + IN_PRODUCTION_S))
    assert worse.make_worse
    assert EventKind.REGRESSION in [event.told for event in worse.events]
    after = demo_script.see(replace(PRODUCTION, elapsed_s=130.0))
    assert not after.make_worse
    assert after.view.regression


def test_a_rollback_after_the_regression_ends_it_well() -> None:
    demo_script = DemoScript()
    demo_script.see(PRODUCTION)
    demo_script.see(replace(PRODUCTION, elapsed_s=126.0))
    back = DemoView(elapsed_s=140.0, stage="shadow", state="rolled_back", steps=(BEGIN, *WAY, BACK))
    direction = demo_script.see(back)
    assert not direction.over
    assert direction.events[0].told is EventKind.ROLLED_BACK
    assert direction.events[0].facts["after_regression"] is True
    assert demo_script.see(replace(back, elapsed_s=140.0 + LAST_LOOK_S)).over
    outcome = demo_script.outcome("/report.md", 150.0)
    assert outcome.stages == STAGES
    assert outcome.whole


@pytest.mark.parametrize(("cycles", "blamed"), [(200, False), (120, True), (0, False)])
def test_a_machine_that_is_too_busy_for_the_scenes_is_said_to_be(cycles: int, blamed: bool) -> None:  # noqa: FBT001
    demo_script = DemoScript()
    demo_script.see(DemoView(elapsed_s=BUDGET_S, cycles=cycles, steps=(BEGIN,)))
    assert ("try again when it is quieter" in demo_script.outcome("", BUDGET_S).trouble) is blamed


def test_a_rollback_before_the_regression_is_no_success() -> None:
    demo_script = DemoScript()
    early = DemoTransition(60.0, "canary", "shadow", "understudy", "failure is above its budget")
    view = DemoView(elapsed_s=60.0, state="rolled_back", steps=(BEGIN, WAY[0], early))
    demo_script.see(view)
    assert demo_script.see(replace(view, elapsed_s=60.0 + LAST_LOOK_S)).over
    outcome = demo_script.outcome("", 64.0)
    assert outcome.rolled_back
    assert not outcome.whole
    assert outcome.stages == ("shadow", "canary")
    assert "failure is above its budget" in outcome.trouble


def test_a_demo_that_gets_nowhere_ends_in_time_and_says_what_it_waits_for() -> None:
    demo_script = DemoScript()
    stuck = DemoView(elapsed_s=BUDGET_S, steps=(BEGIN,), gauges=(Gauge("notice_crash", 3, 0, 24, 0.0),))
    assert demo_script.see(stuck).over
    outcome = demo_script.outcome("", BUDGET_S)
    assert not outcome.whole
    assert "notice_crash: 24 more clean results needed" in outcome.trouble


def test_a_demo_that_is_interrupted_is_not_whole() -> None:
    demo_script = DemoScript()
    demo_script.see(DemoView(elapsed_s=3.0, steps=(BEGIN,)))
    assert "ended early" in demo_script.outcome("", 4.0).trouble


def test_what_is_next_follows_the_rollout() -> None:
    demo_script = DemoScript()
    held = DemoView(verdict="hold", reasons=("no data: eyes has counted no own looks in this stage yet",))
    assert demo_script.see(held).view.next == f"promotion to canary: held, {held.reasons[0]}"
    assert "regression" in demo_script.see(PRODUCTION).view.next
    demo_script.see(replace(PRODUCTION, elapsed_s=126.0))
    assert "9 s so far" in demo_script.see(replace(PRODUCTION, elapsed_s=135.0)).view.next


def test_a_rollout_that_has_not_begun_yet_goes_to_the_first_stage() -> None:
    shown = DemoScript().see(DemoView(elapsed_s=1.0, stage="off")).view
    assert shown.next.startswith("promotion to shadow")
