"""What is done about trouble: drafts sent, sessions parked, losses and idle teams told of, managers replaced."""

from __future__ import annotations

from itertools import pairwise

import pytest
from drawn_fleet import APPROVAL, BUSY, DRAFT, IDLE, OURS, manager, pane
from played_service import DEAD, LIMIT, NOON, Play

from understudy import Outcome, PauseSession
from understudy.intents import intent_key

# --- drafts ---------------------------------------------------------------------------------------------------------


def test_somebodys_draft_is_never_sent_and_is_told_when_it_was_forgotten() -> None:
    play = Play()
    play.see(pane("%1", DRAFT), manager())
    for _ in range(5):
        play.see()
        assert play.wanted == []
    play.see()
    assert play.wanted == [("notify_manager:draft", "%1", 1)]
    play.over(1200)
    assert "submit_draft" not in [what for what, _, _ in play.wanted]


def test_our_own_draft_is_not_sent_while_a_person_is_at_it() -> None:
    play = Play()
    play.see(pane("%1", OURS, typed_at=NOON), manager())
    play.see(after=40)
    assert play.wanted == []
    play.see(after=20)
    assert play.wanted == [("submit_draft", "%1", 1)]


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_limit_parks_its_session_until_its_reset_and_nobody_else() -> None:
    play = Play()
    elsewhere = {"session": "other", "session_id": "$2", "window": "claude-else"}
    report = play.see(
        pane("%1", LIMIT), pane("%2"), pane("%5", **elsewhere), manager(), manager("%8", **elsewhere | {"window": "pm"})
    )
    (pause,) = [intent for intent in report.intents if isinstance(intent, PauseSession)]
    assert (pause.session, pause.pane, pause.ordinal) == ("team", "%1", 1)
    assert pause.until == NOON + 3 * 3600 + 60, "a minute after 3pm"
    assert [one for one in play.wanted if one[0] != "pause_session"] == [
        ("notify_manager:rate_limit", "%1", 1),
        ("notify_manager:idle", "%5", 1),
    ], "who is idle beside it waits with it"
    play.see(after=2 * 3600)
    assert [one for one in play.wanted if one[1] == "%1"] == [
        ("pause_session", "%1", 1),
        ("notify_manager:rate_limit", "%1", 1),
    ], "nobody is reminded of a limit that still holds"


def test_after_the_reset_the_manager_hears_it_once_and_the_stale_screen_parks_nobody() -> None:
    play = Play()
    play.see(pane("%1", LIMIT), pane("%2"), manager())
    report = play.see(after=3 * 3600 + 60)
    assert play.wanted == [("notify_manager:rate_limit", "%1", 2), ("notify_manager:idle", "%2", 1)]
    assert "may go on: its usage limit was to be reset by now" in getattr(report.intents[0], "text", "")
    play.see(after=24 * 3600)
    assert "pause_session" not in [what for what, _, _ in play.wanted]


# --- missing agents -------------------------------------------------------------------------------------------------


def test_all_that_a_team_misses_is_one_notice_and_another_loss_is_news() -> None:
    play = Play()
    workers = [pane(f"%{number}", BUSY, window=f"claude-{number}") for number in (1, 2, 3)]
    play.see(*workers, manager())
    play.see(workers[2], manager())
    report = play.over(120)
    assert play.wanted == [("notify_manager:missing", None, 1)]
    assert "claude-1, claude-2" in getattr(report.intents[0], "text", "")
    play.see(manager())
    play.over(120)
    assert play.wanted == [("notify_manager:missing", None, 2)]


# --- idle teams -----------------------------------------------------------------------------------------------------


def test_an_idle_team_is_told_after_three_and_five_minutes_and_a_person_after_eight() -> None:
    play, first = Play(), {}
    play.see(pane("%1"), pane("%2"), manager(screen=IDLE))
    for second in range(10, 1000, 10):
        play.see()
        for one in play.wanted:
            if one[0] in {"notify_manager:team_idle", "escalate"}:
                first.setdefault(one, second)
    assert first == {
        ("notify_manager:team_idle", "%9", 1): 180,
        ("notify_manager:team_idle", "%9", 2): 300,
        ("notify_manager:team_idle", "%9", 3): 600,
        ("escalate", "%9", 1): 480,
        ("escalate", "%9", 2): 780,
    }


@pytest.mark.parametrize("wakes", [{"ansi": BUSY}, {"typed_at": NOON + 170}])
def test_who_works_or_is_worked_with_ends_the_idleness_of_a_team(wakes: dict[str, object]) -> None:
    play = Play()
    play.see(pane("%1"), pane("%2"), manager(screen=IDLE))
    play.over(160)
    play.see(pane("%1", **{"ansi": IDLE, **wakes}), pane("%2"), manager(screen=IDLE))
    play.see(pane("%1"), pane("%2"), manager(screen=IDLE))
    play.over(160)
    assert "notify_manager:team_idle" not in [what for what, _, _ in play.wanted]


def test_one_look_that_shows_nothing_neither_starts_nor_ends_it() -> None:
    play = Play()
    play.see(pane("%1"), manager(screen=IDLE))
    play.over(100)
    play.see(pane("%1", "?\n"), manager(screen=IDLE))
    play.see(pane("%1"), manager(screen=IDLE))
    play.over(60)
    assert ("notify_manager:team_idle", "%9", 1) in play.wanted


# --- managers -------------------------------------------------------------------------------------------------------


def test_a_manager_is_replaced_at_most_three_times_an_hour_with_five_minutes_between() -> None:
    play, spawned = Play(), []
    play.see(pane("%1", BUSY), manager(**DEAD))
    outcomes: tuple[Outcome, ...] = ()
    for _ in range(3500 // 10):
        play.see(outcomes=outcomes)
        outcomes = ()
        if ("spawn_manager", "%9", 1) in play.wanted:
            spawned.append(play.clock.now() - NOON)
            outcomes = (play.done("spawn_manager", "%9"),)  # and it died again before it was seen
    assert len(spawned) == 3
    assert spawned[0] >= 180
    assert all(later - earlier >= 300 for earlier, later in pairwise(spawned))
    assert ("escalate", "%9", 1) not in play.wanted
    assert "escalate" in [what for what, _, _ in play.wanted], "a person is still asked"


def test_a_word_on_a_managers_screen_never_costs_it_its_life() -> None:
    play = Play()
    play.see(pane("%1", BUSY), manager(screen=IDLE.replace("Done.", "Killed\nme@box:~$ claude: command not found")))
    play.over(3600, every=60)
    assert {"spawn_manager", "kill_window"}.isdisjoint(what for what, _, _ in play.wanted)


def test_a_manager_that_is_back_is_told_once_how_things_stand() -> None:
    play = Play()
    play.see(pane("%1", BUSY), pane("%2", APPROVAL, window="claude-two"), manager(**DEAD))
    play.over(120)
    report = play.see(pane("%1", BUSY), pane("%2", APPROVAL, window="claude-two"), manager("%7"))
    assert ("notify_manager:recovery", "%7", 1) in play.wanted
    (told,) = [intent for intent in report.intents if intent_key(intent) == "notify_manager:recovery"]
    assert "claude-two is waiting approval, claude-worker is busy" in getattr(told, "text", "")
    play.see(outcomes=(play.done("notify_manager:recovery", "%7"),))
    assert "notify_manager:recovery" not in [what for what, _, _ in play.wanted]
