"""What the monolith wants: standing intents, reminders, outcomes, scope and pauses."""

import pytest

from legacy.monitor import LegacyMonitor
from tests.legacy.drawn import EMPTY_BOX
from tests.legacy.stage import NOON, Stage, became, wanted
from understudy import Key, NotifyManager, PauseSession, Result, Scope, SpawnManager, SubmitDraft
from understudy.outcomes import EVERYTHING


def drafting() -> Stage:
    return Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "draft"})


def test_an_idle_notice_stands_with_the_same_ordinal_until_the_original_would_send_again() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "idle"})
    told = [wanted(stage.cycle())["notify_manager:idle"] for _ in range(32)]
    assert [notice.ordinal for notice in told] == [1] * 30 + [2] * 2
    assert {notice.pane for notice in told} == {stage.pane("s:1")}
    assert {notice.target for notice in told} == {stage.pane("s:0")}
    assert round(told[31].at - told[0].at, 3) == 300


def test_a_notice_is_withdrawn_when_the_state_is_left_and_does_not_come_back_by_itself() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "idle"})
    stage.cycle()
    stage.shows["s:1 claude-dev"] = "draft"
    assert "notify_manager:idle" not in wanted(stage.cycle())
    stage.shows["s:1 claude-dev"] = "idle"
    assert "notify_manager:idle" not in wanted(stage.cycle())  # muted: nobody saw it work (#14)


def test_an_ordinal_never_falls_so_that_no_episode_that_is_still_open_swallows_a_notice() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "idle"})
    stage.cycle()
    stage.shows["s:1 claude-dev"] = "busy"
    stage.cycle()
    stage.shows["s:1 claude-dev"] = "idle"
    assert wanted(stage.cycle())["notify_manager:idle"].ordinal == 2


def test_an_error_is_told_anew_in_each_cycle() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "no-ui"})
    notices = [wanted(stage.cycle())["notify_manager:error"] for _ in range(3)]
    assert [notice.ordinal for notice in notices] == [1, 2, 3]
    assert all(notice.section is None for notice in notices)


def test_a_draft_that_was_not_sent_for_us_stays_at_its_first_attempt() -> None:
    stage = drafting()
    report = stage.cycle()
    for result in (Result.WATCH_ONLY, Result.REFUSED, Result.SHADOWED):
        report = stage.cycle(became(report.intents, result, done=False))
        draft = wanted(report)["submit_draft"]
        assert isinstance(draft, SubmitDraft)
        assert (draft.ordinal, draft.keys) == (1, (Key.ENTER,))


def test_a_shadow_that_is_told_of_the_owners_act_goes_on_to_the_next_attempt() -> None:
    stage = drafting()
    report = stage.cycle()
    report = stage.cycle(became(report.intents, Result.SHADOWED, done=True))
    draft = wanted(report)["submit_draft"]
    assert isinstance(draft, SubmitDraft)
    assert (draft.ordinal, draft.keys) == (2, (Key.END_OF_LINE, Key.ENTER))


def test_an_attempt_that_was_made_late_is_followed_by_the_next_ten_seconds_after_it() -> None:
    stage = drafting()
    report = stage.cycle()
    report = stage.cycle(became(report.intents, Result.REFUSED, done=False))
    made = became(report.intents, Result.DELIVERED, done=True, at=stage.clock.now() - 1)
    assert wanted(stage.cycle(made))["submit_draft"].ordinal == 1
    assert wanted(stage.cycle())["submit_draft"].ordinal == 2


def test_an_attempt_that_was_not_made_is_made_again_when_the_draft_comes_back() -> None:
    stage = drafting()
    report = stage.cycle()
    stage.shows["s:1 claude-dev"] = "idle"
    stage.cycle(became(report.intents, Result.REFUSED, done=False))
    stage.shows["s:1 claude-dev"] = "draft"
    assert wanted(stage.cycle())["submit_draft"].ordinal == 1


def test_one_look_at_work_goes_on_counting_the_ordinals_of_drafts_though_not_their_attempts() -> None:
    stage = drafting()
    stage.cycle()
    stage.cycle()
    stage.shows["s:1 claude-dev"] = "busy"
    stage.cycle()
    stage.shows["s:1 claude-dev"] = "draft"
    draft = wanted(stage.cycle())["submit_draft"]
    assert isinstance(draft, SubmitDraft)
    assert (draft.ordinal, draft.keys) == (3, (Key.ENTER,))
    stage.shows["s:1 claude-dev"] = "busy"
    stage.cycle()
    stage.cycle()
    stage.shows["s:1 claude-dev"] = "draft"
    assert wanted(stage.cycle())["submit_draft"].ordinal == 1


def test_scope_filters_intents_and_never_sight() -> None:
    stage = Stage({"a:0 pm": "busy", "a:1 claude-x": "idle", "b:0 pm": "busy", "b:1 claude-y": "idle"})
    report = stage.cycle(scope=Scope(sessions={"b": NOON}))
    assert {intent.session for intent in report.intents} == {"b"}
    assert len(report.verdicts) == 4
    assert {intent.session for intent in stage.cycle().intents} == {"a", "b"}


def test_a_session_that_it_does_not_speak_for_climbs_no_ladder() -> None:
    stage = drafting()
    for _ in range(4):
        assert stage.cycle(scope=Scope(sessions={})).intents == ()
    assert wanted(stage.cycle(scope=EVERYTHING))["submit_draft"].ordinal == 1
    assert wanted(stage.cycle(rest_s=5))["submit_draft"].ordinal == 2  # ten seconds after it was asked for


def idle_team() -> Stage:
    return Stage({"s:0 Claude-pm": "idle", "s:1 claude-dev": "idle"})


def test_a_kill_of_the_manager_that_was_not_done_stands_and_starts_no_second_ladder() -> None:
    stage, report = idle_team(), None
    stage.cycle()
    for _ in range(49):
        report = stage.cycle()
    assert report is not None
    kill = wanted(report)["kill_window"]
    assert (kill.pane, kill.ordinal) == (stage.pane("s:0"), 1)
    steps = wanted(report)["notify_manager:team_idle"].ordinal
    for _ in range(60):
        report = stage.cycle(became(report.intents, Result.REFUSED, done=False))
        assert wanted(report)["kill_window"].ordinal == 1
        assert wanted(report)["notify_manager:team_idle"].ordinal == steps


def test_a_kill_of_the_manager_that_had_no_effect_starts_the_ladder_anew() -> None:
    stage, report = idle_team(), None
    for _ in range(70):
        report = stage.cycle(became(report.intents, Result.DELIVERED, done=True) if report is not None else ())
    assert report is not None
    assert wanted(report)["notify_manager:team_idle"].ordinal == 3


def test_a_spawn_that_is_not_done_is_the_same_wish_for_as_long_as_no_manager_is_up() -> None:
    stage = Stage({"s:0 Claude-pm": "shell", "s:1 claude-dev": "busy"})
    report = stage.cycle()
    spawn = wanted(report)["spawn_manager"]
    assert isinstance(spawn, SpawnManager)
    assert (spawn.window_index, spawn.kills, spawn.pane) == (2, (stage.pane("s:0"),), stage.pane("s:0"))
    for _ in range(5):
        report = stage.cycle(became(report.intents, Result.WATCH_ONLY, done=False))
        assert wanted(report)["spawn_manager"].ordinal == 1
        # it looks at what is really there, not at what it believes to have killed
        assert report.verdicts[stage.pane("s:0")].state == "crashed"
    stage.shows["s:0 Claude-pm"] = "busy"
    assert "spawn_manager" not in wanted(stage.cycle())


def test_a_manager_gets_its_ten_seconds_to_boot_whatever_the_interval() -> None:
    stage = Stage({"s:0 claude-dev": "busy"})
    ordinals = [wanted(stage.cycle(rest_s=2))["spawn_manager"].ordinal for _ in range(12)]
    assert ordinals == [1] * 5 + [2] * 5 + [3] * 2


def test_what_the_cycle_of_a_spawn_has_to_say_is_told_to_the_manager_that_comes_up() -> None:
    stage = Stage({"s:1 claude-dev": "idle", "s:2 claude-qa": "busy"})
    report = stage.cycle()
    assert set(wanted(report)) == {"spawn_manager"}
    assert report.pause_s == 0
    stage.shows["s:3 Claude-pm"] = "busy"
    notice = wanted(stage.cycle())["notify_manager:idle"]
    assert (notice.pane, notice.target) == (stage.pane("s:1"), stage.pane("s:3"))


def test_a_notice_about_a_killed_agent_outlives_its_window_until_it_was_told() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "shell"})
    report = stage.cycle()
    assert set(wanted(report)) == {"kill_window", "notify_manager:crash"}
    del stage.shows["s:1 claude-dev"]
    report = stage.cycle()
    assert set(wanted(report)) == {"notify_manager:crash"}
    assert stage.cycle(became(report.intents, Result.DELIVERED, done=True)).intents == ()


def test_a_limit_pauses_every_session_and_lets_everybody_look_on() -> None:
    stage = Stage({"a:0 pm": "busy", "a:1 claude-x": "limit 12:30pm", "b:0 claude-y": "shell"})
    report = stage.cycle()
    pauses = [intent for intent in report.intents if isinstance(intent, PauseSession)]
    assert {pause.session: pause.until for pause in pauses} == {"a": NOON + 1920, "b": NOON + 1920}
    assert report.pause_s == pytest.approx(1920 - 2.7)
    again = stage.cycle()
    assert {verdict.window: verdict.state for verdict in again.verdicts.values()} == {
        "pm": "busy",
        "claude-x": "rate_limited",
        "claude-y": "crashed",
    }
    assert again.intents == report.intents  # nothing is killed and nobody told while it sleeps
    assert again.pause_s == pytest.approx(1920 - 12.7)


def test_where_a_limit_follows_upon_a_limit_only_the_second_pauses() -> None:
    stage = Stage({"s:0 pm": "busy", "s:1 claude-a": "limit 12:10pm", "s:2 claude-b": "limit 12:30pm"})
    for pane, until in ((stage.pane("s:1"), NOON + 720), (stage.pane("s:2"), NOON + 1920)):
        report = stage.cycle(rest_s=720)
        pauses = [(i.pane, round(i.until)) for i in report.intents if isinstance(i, PauseSession)]
        assert pauses == [(pane, until)]


def test_the_end_of_a_limit_is_a_reminder_of_the_notice_that_began_it() -> None:
    stage = Stage({"a:0 pm": "busy", "a:1 claude-x": "limit 12:30pm"})
    assert wanted(stage.cycle(rest_s=1920))["notify_manager:rate_limit"].ordinal == 1
    report = stage.cycle()
    assert wanted(report)["notify_manager:rate_limit"].ordinal == 2
    assert "pause_session" not in wanted(report)


def test_the_minutes_pause_after_a_notice_is_reported_and_stops_no_verdict() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "idle"})
    assert stage.cycle().pause_s == 60
    report = stage.cycle()
    assert report.pause_s == 0
    assert len(report.verdicts) == 2


def test_since_is_when_a_state_was_first_seen_without_a_break() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "fresh"})
    since = [stage.cycle().verdicts[stage.pane("s:1")].since for _ in range(2)]
    stage.shows["s:1 claude-dev"] = "idle"
    since.append(stage.cycle().verdicts[stage.pane("s:1")].since)
    assert len(set(since)) == 1
    stage.shows["s:1 claude-dev"] = "draft"
    assert stage.cycle().verdicts[stage.pane("s:1")].since > since[0]


def test_a_memory_of_another_format_is_a_first_day() -> None:
    for memory in (None, [], {"format": 99, "attempts": {"s:1": 5}}, "x"):
        monitor = LegacyMonitor()
        monitor.recall(memory)
        assert monitor.memory() == LegacyMonitor().memory()


def test_a_manager_that_is_to_be_replaced_is_called_what_it_is() -> None:
    stage = Stage({"s:0 Claude-pm": "shell", "s:1 claude-dev": "busy"})
    report = stage.cycle()
    assert set(wanted(report)) == {"spawn_manager"}  # and is not killed twice over
    assert report.verdicts[stage.pane("s:0")].state == "crashed"


def test_a_session_that_cannot_be_listed_withdraws_no_notice_at_once() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "idle"})
    stage.cycle()
    shows, stage.shows = stage.shows, {}
    assert set(wanted(stage.cycle())) == {"notify_manager:idle"}
    stage.shows = shows
    assert wanted(stage.cycle())["notify_manager:idle"].ordinal == 1
    stage.shows = {}
    for _ in range(7):
        report = stage.cycle()
    assert report.intents == ()


def test_its_memory_does_not_grow_with_what_is_long_gone() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "idle"})
    stage.cycle()
    del stage.shows["s:1 claude-dev"]
    for _ in range(3):
        stage.cycle(rest_s=1900)
    memory = stage.monitor.memory()
    assert memory["ordinals"] == {}
    assert memory["intents"] == {}


def test_ten_changed_characters_are_still_stillness_and_eleven_are_news() -> None:
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": f"{'-' * 20}\n{EMPTY_BOX}"})
    rules = []
    for changed in (0, 10, 21):
        stage.shows["s:1 claude-dev"] = f"{'x' * changed}{'-' * (20 - changed)}\n{EMPTY_BOX}"
        rules.append(stage.cycle().verdicts[stage.pane("s:1")].why.rule)
    assert rules == ["R6.unknown", "R6.still", "R6.newly"]


def test_a_crashed_agent_is_reported_after_its_window_was_killed_and_so_without_its_name() -> None:  # quirk 5
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-dev": "shell:401 unauthorized"})
    notice = wanted(stage.cycle())["notify_manager:crash"]
    assert isinstance(notice, NotifyManager)
    assert "s:1 (Unknown) has failed (Authentication)" in notice.text


def test_an_agent_is_missing_after_two_minutes_and_nobody_is_told() -> None:  # quirk 1
    stage = Stage({"s:0 Claude-pm": "busy", "s:1 claude-a": "busy", "s:2 claude-b": "busy"})
    stage.cycle()
    del stage.shows["s:2 claude-b"]
    missing = []
    for _ in range(14):
        assert stage.cycle().intents == ()
        missing.append(bool(stage.monitor.memory()["missing_told"]))
    assert missing == [False] * 12 + [True] * 2


def test_nobody_is_told_of_an_error_while_it_sleeps_for_a_limit() -> None:
    stage = Stage({"a:0 pm": "busy", "a:1 claude-x": "limit 12:30pm", "a:2 claude-y": "no-ui", "a:3 claude-z": "idle"})
    for _ in range(2):
        assert set(wanted(stage.cycle())) == {"notify_manager:rate_limit", "pause_session"}
