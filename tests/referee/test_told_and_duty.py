"""The candidate's notices: compared with the incumbent's right actions, and where a manager must be told."""

from __future__ import annotations

from typing import Any

import pytest
from referee_cases import MANAGER, QUIET, Referee, Wants, report, shell, spell, verdict, want

from shadow.referee.records import Duty, NamedState, Vote
from understudy import AgentRole, AgentState, Intent

CRASH, APPROVAL, IDLE = want("notify_manager:crash"), want("notify_manager:approval"), want("notify_manager:idle")


def silent(ours: Wants, theirs: Wants, **more: Any) -> list[bool]:
    return [told.silent for told in spell(ours, theirs, **more).told]


def test_a_mute_candidate_is_silent_where_the_incumbent_told() -> None:
    assert silent({0: [CRASH]}, {}) == [True]


def test_a_candidate_that_tells_within_the_window_is_not() -> None:
    assert silent({0: [CRASH]}, {10: [CRASH]}) == [False]
    assert silent({10: [CRASH]}, {0: [CRASH]}) == [False]


def test_a_candidate_that_tells_after_the_window_was_silent() -> None:
    assert silent({0: [CRASH]}, {20: [CRASH]}) == [True]


def test_where_the_spell_was_over_before_the_window_nothing_is_counted() -> None:
    assert silent({0: [CRASH]}, {}, looks=8) == []


def test_an_escalation_tells_as_a_notice_does() -> None:
    assert silent({0: [CRASH]}, {1: [want("escalate", target=None)]}) == [False]


def test_a_notice_of_the_wrong_state_tells_nothing() -> None:
    assert silent({0: [CRASH]}, {0: [IDLE]}) == [True]


def test_a_wrong_action_of_the_incumbent_asks_for_nothing() -> None:
    assert silent({0: [IDLE]}, {}) == []
    assert silent({0: [want("notify_manager:crash", target="%1")]}, {}, looks=20) == []


def test_an_incumbent_that_repeats_itself_did_not_act_rightly() -> None:
    again = {0: [CRASH], 2: [], 6: [CRASH], 8: [], 12: [CRASH]}
    assert silent(again, {}) == []


def test_told_counts_at_rest_too() -> None:
    assert silent({0: [IDLE]}, {}, state="idle") == [True]
    assert silent({0: [IDLE]}, {3: [want("notify_manager:fresh")]}, state="idle") == [False]


def test_what_only_the_incumbent_kills_is_counted_by_its_own_window() -> None:
    kill = want("kill_window", target="%1")
    assert silent({0: [kill]}, {0: [CRASH]}, looks=40) == [True]
    assert silent({0: [kill]}, {25: [kill]}, looks=40) == [False]


def duty(theirs: Wants, **more: Any) -> Duty | None:
    return spell({}, theirs, **more).duty


@pytest.mark.parametrize(("state", "notice"), [("crashed", CRASH), ("waiting_approval", APPROVAL)])
def test_duty_is_done_by_telling_once(state: str, notice: Intent) -> None:
    assert duty({2: [notice]}, state=state) is Duty.DONE
    assert duty({2: [want("escalate", target=None)]}, state=state) is Duty.DONE


@pytest.mark.parametrize("state", ["crashed", "waiting_approval"])
def test_a_mute_candidate_misses_its_duty(state: str) -> None:
    assert duty({}, state=state) is Duty.MISSED
    assert duty({}, state=state, looks=8) is None


def test_telling_after_the_window_misses_it() -> None:
    assert duty({20: [CRASH]}) is Duty.MISSED


def test_telling_twice_fails_it_at_once() -> None:
    twice = {0: [CRASH], 1: [], 4: [CRASH]}
    assert duty(twice) is Duty.REPEATED
    assert duty(twice, looks=8) is Duty.REPEATED
    assert duty({0: [CRASH, want("escalate", target=None)]}) is Duty.REPEATED
    assert duty({0: [CRASH], 3: [want("notify_manager:crash", ordinal=2)]}) is Duty.REPEATED


def test_a_reminder_after_the_window_is_no_repetition() -> None:
    assert duty({0: [CRASH], 20: [want("notify_manager:crash", ordinal=2)]}) is Duty.DONE


def test_a_look_of_silence_is_a_flicker_and_no_second_telling() -> None:
    assert duty({0: [CRASH], 3: [], 4: [CRASH]}) is Duty.DONE


def test_telling_a_pane_that_is_no_manager_fails_it() -> None:
    worker = want("notify_manager:crash", target="%1")
    assert duty({0: [worker]}) is Duty.MISDIRECTED
    assert duty({0: [want("notify_manager:crash", target="%77")]}) is Duty.MISDIRECTED


def test_telling_the_manager_of_another_session_fails_it() -> None:
    from shadow.referee.actions import is_misdirected

    about, other = QUIET.shot(), MANAGER.shot("%9").model_copy(update={"session_id": "$2"})
    assert is_misdirected(CRASH, {"%1": about, "%9": other}, [report("crashed")])
    assert not is_misdirected(CRASH, {"%1": about, "%9": MANAGER.shot("%9")}, [report("crashed"), None])


def test_a_target_that_one_monitor_calls_a_worker_is_no_manager() -> None:
    from shadow.referee.actions import is_misdirected

    shots = {"%1": QUIET.shot(), "%9": MANAGER.shot("%9")}
    worker = verdict("idle", "%9", AgentRole.WORKER)
    assert worker is not None
    doubts = report("crashed").model_copy(update={"verdicts": {"%9": worker}})
    assert is_misdirected(CRASH, shots, [report("crashed"), doubts])


def test_a_crashed_manager_is_replaced_instead() -> None:
    assert duty({5: [want("spawn_manager", target=None)]}) is Duty.DONE


def test_no_duty_arises_where_no_manager_has_to_be_told() -> None:
    assert duty({}, state="idle") is None


def test_a_monitor_without_verdicts_is_scored_by_the_premises_of_its_actions() -> None:
    watch = Referee().look(QUIET)
    for _ in range(4):
        mute = report(None).model_copy(update={"verdicts": {}, "intents": (IDLE,)})
        watch.look(shell("killed"), incumbent=report("crashed"), candidate=mute)
    (one,) = [one for one in watch.end() if one.named is NamedState.CRASHED]
    assert one.candidate is Vote.WRONG
    assert AgentState.CRASHED in one.named.states
