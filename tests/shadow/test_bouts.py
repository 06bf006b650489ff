"""Bouts: how long one lasts, when it is settled, and whether it counts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shadow_cases import QUICK, T0, Watching, one, report, verdict, want

from shadow.bouts import BoutRules, Excuse, Label, Referee, Right, Stratum, Windows
from shadow.signoffs import Acceptance, Settlement
from understudy import Problem, ProblemKind


def test_a_bout_lasts_while_neither_state_nor_rule_nor_intents_change() -> None:
    watching = Watching()
    for at in range(4):
        watching.look(at, one("busy"), one("busy"))
    watching.look(4, one("busy", rule="R5"), one("busy")).wait(7)
    (bout,) = watching.bouts
    assert (bout.began - T0, bout.ended and bout.ended - T0, bout.looks, bout.agrees) == (0, 3, 4, True)


def test_a_bout_is_settled_when_its_window_has_passed_and_not_before() -> None:
    watching = Watching().look(0, one("busy"), one("busy")).look(1, one("idle"), one("idle"))
    assert not watching.wait(2.9).bouts
    assert len(watching.wait(3).bouts) == 1


def test_the_settling_window_begins_with_the_end_of_a_bout() -> None:
    watching = Watching()
    for at in (0, 2, 4):
        watching.look(at, one("busy"), one("busy"))
    watching.look(5, report(), report())
    assert not watching.wait(6.9).bouts
    assert len(watching.wait(7).bouts) == 1


def test_another_state_by_the_same_rule_is_another_bout() -> None:
    watching = Watching().look(0, one("busy", rule="r"), one("busy"))
    watching.look(1, one("idle", rule="r"), one("busy")).look(2, report(), report())
    assert [bout.incumbent.state for bout in watching.wait(9).bouts] == ["busy", "idle"]


def test_a_bout_that_does_not_end_is_settled_once_at_the_latest_instant() -> None:
    watching = Watching()
    for at in range(0, 200, 10):
        watching.look(at, one("busy"), one("busy"))
    assert [(bout.settled_at and bout.settled_at - T0, bout.ended) for bout in watching.bouts] == [(60, None)]
    watching.look(200, one("idle"), one("idle")).wait(210)
    assert len(watching.bouts) == 1


def test_the_same_pane_and_fingerprint_count_once_in_the_time_of_repetition() -> None:
    watching = Watching(BoutRules(settle_s=1, at_latest_s=60, repeat_s=20, windows=QUICK.windows))
    for at in (0, 4, 8, 20, 24):
        watching.look(at, one("busy"), one("idle")).look(at + 2, one("busy"), one("busy"))
    differing = [bout for bout in watching.wait(60).bouts if not bout.agrees]
    assert [(bout.counts, bout.why_not) for bout in differing] == [
        (True, None),
        (False, Excuse.REPEAT),
        (False, Excuse.REPEAT),
        (True, None),
        (False, Excuse.REPEAT),
    ]


def test_another_process_in_the_pane_is_another_bout_that_counts() -> None:
    again = report([verdict(pid=7)])
    watching = Watching().look(0, one("idle"), one("idle")).look(1, again, again).look(2, report(), report()).wait(9)
    assert [(bout.pid, bout.counts) for bout in watching.bouts] == [(1001, True), (7, True)]


def test_a_wish_that_the_other_utters_within_its_window_is_no_difference_of_action() -> None:
    late = Watching()
    late.look(0, one("idle", "notify_manager:idle"), one("idle"))
    late.look(2, one("idle", "notify_manager:idle"), one("idle", "notify_manager:idle"))
    late.look(9, report(), report()).wait(20)
    assert [(bout.agrees, bout.counts) for bout in late.bouts] == [(True, True), (True, False)]
    assert [(act.how, act.seconds) for act in late.bouts[0].acts] == [("late", 2)]
    assert late.bouts[1].why_not is Excuse.REPEAT


def test_a_wish_that_the_other_utters_after_its_window_is_one_difference_of_action() -> None:
    watching = Watching()
    watching.look(0, one("idle", "notify_manager:idle"), one("idle"))
    watching.look(4, one("idle", "notify_manager:idle"), one("idle", "notify_manager:idle"))
    watching.look(9, report(), report()).wait(20)
    assert [bout.action_differs for bout in watching.bouts] == [True, False]


@pytest.mark.parametrize(("looks", "differs"), [(0, True), (2, False)])
def test_a_window_may_last_some_looks_at_least_however_slow_they_are(looks: int, differs: bool) -> None:  # noqa: FBT001
    rules = QUICK.model_copy(update={"windows": QUICK.windows.model_copy(update={"looks": looks})})
    watching, told = Watching(rules), one("idle", "notify_manager:idle")
    for at in (0, 5, 10, 15):
        watching.look(at, one("busy"), one("busy"))
    watching.look(20, told, one("idle")).look(25, told, told).look(30, report(), report()).wait(60)

    assert [bout.action_differs for bout in watching.bouts] == [False, differs, False]


def test_one_break_between_looks_makes_no_window_wider() -> None:
    rules = QUICK.model_copy(update={"windows": QUICK.windows.model_copy(update={"looks": 2})})
    watching, told = Watching(rules), one("idle", "notify_manager:idle")
    for at in (0, 1, 2, 102):
        watching.look(at, one("busy"), one("busy"))
    for at in (103, 104, 105, 106):
        watching.look(at, told, one("idle"))
    watching.look(107, told, told).look(108, report(), report()).wait(150)

    assert [bout.action_differs for bout in watching.bouts][1] is True


@given(
    pace_s=st.floats(0, 1000),
    settle_s=st.floats(0, 100),
    at_latest_s=st.floats(0, 1000),
    seconds=st.lists(st.floats(0, 100), min_size=3, max_size=3),
    looks=st.integers(0, 5),
)
def test_no_pace_makes_a_window_shorter_or_settles_before_the_windows_have_passed(
    pace_s: float, settle_s: float, at_latest_s: float, seconds: list[float], looks: int
) -> None:
    notice_s, draft_s, kill_s = seconds
    windows = Windows(notice_s=notice_s, draft_s=draft_s, kill_s=kill_s, looks=looks)
    rules = BoutRules(settle_s=settle_s, at_latest_s=at_latest_s, windows=windows)

    paced = rules.at_pace(pace_s)

    for intent_key in ("notify_manager:idle", "submit_draft", "kill_window"):
        assert paced.windows.of(intent_key) == max(windows.of(intent_key), looks * pace_s)
    assert paced.at_latest_s >= at_latest_s
    assert paced == rules or paced.at_latest_s >= paced.settling_s + pace_s >= looks * pace_s


def test_a_second_asking_without_a_first_is_one_too_many() -> None:
    watching, ours = Watching(), one("idle", "notify_manager:idle")
    watching.look(0, ours, ours)
    for at in (10, 11, 12):
        watching.look(at, ours, one("busy"))
    watching.look(13, ours, ours).look(30, report(), report()).wait(40)
    first, meanwhile, again = watching.bouts
    assert (first.agrees, meanwhile.severity, again.severity) == (True, "state", "action")
    assert [act.how for act in again.acts] == ["extra"]
    assert again.differs_in == (Stratum.NOTICE_IDLE,)


def test_a_wish_that_flickers_for_one_look_is_the_same_wish() -> None:
    watching, both = Watching(), one("idle", "notify_manager:idle")
    watching.look(0, both, both).look(10, both, one("idle")).look(20, both, both).look(30, report(), report()).wait(40)
    assert [bout.agrees for bout in watching.bouts] == [True, True, True]


def test_a_bout_is_in_the_strata_of_what_at_least_one_of_them_says_or_wants() -> None:
    watching = Watching().look(0, one("busy"), one("idle", "notify_manager:idle")).look(1, report(), report()).wait(9)
    (bout,) = watching.bouts
    assert bout.strata == (Stratum.NOTICE_IDLE, Stratum.BUSY_CALLED_IDLE)
    assert bout.differs_in == (Stratum.NOTICE_IDLE, Stratum.BUSY_CALLED_IDLE)


def test_agreement_about_a_crash_is_in_its_strata_and_an_event_of_none() -> None:
    dead = one("crashed", "kill_window", "notify_manager:crash")
    (bout,) = Watching().look(0, dead, dead).look(1, report(), report()).wait(9).bouts
    assert bout.strata == (Stratum.KILL, Stratum.NOTICE_CRASH, Stratum.CALLED_CRASHED)
    assert bout.differs_in == ()


def test_states_are_events_in_one_direction_only() -> None:
    (bout,) = Watching().look(0, one("idle"), one("busy")).look(1, report(), report()).wait(9).bouts
    assert bout.strata == (Stratum.BUSY_CALLED_IDLE,)
    assert bout.differs_in == ()


def test_noise_does_not_count() -> None:
    watching = Watching().look(0, one("busy"), one("idle"), klass="noise").look(1, report(), report()).wait(9)
    assert [(bout.counts, bout.why_not) for bout in watching.bouts] == [(False, Excuse.NOISE)]


def test_noise_now_and_then_does_not_excuse_a_difference_that_stands() -> None:
    watching = Watching()
    for at in range(6):
        watching.look(at, one("busy"), one("idle"), klass="noise" if at == 5 else "true")
    watching.look(6, report(), report()).wait(20)
    assert [bout.counts for bout in watching.bouts] == [True]


def test_what_somebody_signed_off_does_not_count_from_then_until_it_expires() -> None:
    watching = Watching()
    watching.look(0, one("busy"), one("idle")).look(1, report(), report()).wait(9)
    cluster = watching.bouts[0].difference.cluster if watching.bouts[0].difference else ""
    watching.signoffs = watching.signoffs.accept(
        Acceptance(cluster=cluster, owner="ann", reason="known", at=T0 + 10, expires=T0 + 30, ceiling=0.5)
    )
    for at in (20, 40):
        watching.look(at, one("busy"), one("idle")).look(at + 1, report(), report()).wait(at + 9)
    assert [bout.why_not for bout in watching.bouts] == [None, Excuse.SIGNED_OFF, None]


def test_what_a_person_settled_bears_that_label() -> None:
    watching = Watching().look(0, one("busy"), one("idle")).look(1, report(), report()).wait(9)
    cluster = watching.bouts[0].difference.cluster if watching.bouts[0].difference else ""
    watching.signoffs = watching.signoffs.settle(
        Settlement(cluster=cluster, right=Right.CANDIDATE, owner="ann", at=T0 + 10)
    )
    watching.look(20, one("busy"), one("idle")).look(21, report(), report()).wait(30)
    assert watching.bouts[0].label is None
    assert watching.bouts[1].label is not None
    assert (watching.bouts[1].label.by, watching.bouts[1].candidate_wrong) == ("person", False)


def test_a_pane_that_one_could_not_look_at_neither_goes_on_nor_ends() -> None:
    failed = report(problems=(Problem(kind=ProblemKind.AGENT_FAILED, subject="%1"),))
    watching = (
        Watching().look(0, one("idle"), one("idle")).look(1, one("idle"), failed).look(2, one("idle"), one("idle"))
    )
    (bout,) = watching.look(3, report(), report()).wait(9).bouts
    assert (bout.looks, bout.agrees) == (2, True)


@pytest.mark.parametrize("subject", ["%1", "team", "team:1"])
def test_a_failure_is_named_by_pane_session_or_window(subject: str) -> None:
    failed = report(problems=(Problem(kind=ProblemKind.AGENT_FAILED, subject=subject),))
    watching = (
        Watching().look(0, one("idle"), one("idle")).look(1, failed, one("idle")).look(2, one("idle"), one("idle"))
    )
    assert watching.book.open["%1"].looks == 2


def test_a_look_of_the_class_harness_neither_goes_on_nor_ends_a_bout() -> None:
    watching = Watching().look(0, one("idle"), one("idle")).look(1, one("idle"), one("busy"), klass="harness")
    assert watching.book.over == ()
    assert [open_bout.candidate.state for open_bout in watching.book.open.values()] == ["idle"]


@pytest.mark.parametrize(
    ("ours", "theirs", "events"),
    [
        ("busy", "idle", {Stratum.BUSY_CALLED_IDLE}),
        ("busy", "error", set()),
        ("busy", "crashed", {Stratum.CALLED_CRASHED}),
        ("crashed", "idle", set()),
        ("waiting_approval", "idle", {Stratum.WAITING_CALLED_OTHER}),
        ("idle", "waiting_approval", set()),
    ],
)
def test_of_states_only_the_candidate_s_errors_are_events(ours: str, theirs: str, events: set[Stratum]) -> None:
    (bout,) = Watching().look(0, one(ours), one(theirs)).look(1, report(), report()).wait(9).bouts
    assert set(bout.differs_in) == events


def test_a_crash_that_both_saw_was_not_missed_whoever_was_right_about_the_acts() -> None:
    watching = Watching().look(0, one("crashed", "kill_window"), one("crashed")).look(1, report(), report()).wait(9)
    (bout,) = watching.bouts
    label = Label(right=Right.INCUMBENT, by=Referee.PERSON)
    assert not bout.model_copy(update={"label": label}).missed_crash


def test_time_passes_where_there_is_nothing_to_compare() -> None:
    watching = Watching().look(0, one("idle"), one("idle")).wait(59).wait(60)
    assert [bout.ended for bout in watching.bouts] == [None]


def test_a_bout_has_the_same_name_in_a_replay() -> None:
    first, again = (Watching().look(0, one("idle"), one("idle")).wait(60).bouts[0] for _ in range(2))
    assert first.id == again.id


_STATES = st.sampled_from(["busy", "idle", "crashed"])
_LOOKS = st.lists(st.tuples(st.integers(1, 9), _STATES, _STATES, st.booleans(), st.booleans()), max_size=25)


@settings(max_examples=60, deadline=None)
@given(_LOOKS)
def test_every_bout_settles_once_in_order_and_no_pane_counts_twice_too_soon(
    looks: list[tuple[int, str, str, bool, bool]],
) -> None:
    watching, at = Watching(), 0.0
    for gap, ours, theirs, one_wants, two_wants in looks:
        at += gap
        watching.look(
            at,
            report([verdict(state=ours)], [want("notify_manager:idle")] if one_wants else []),
            report([verdict(state=theirs)], [want("notify_manager:idle")] if two_wants else []),
        )
    watching.look(at + 1, report(), report()).wait(at + 200)
    assert not watching.book.open
    assert not watching.book.over
    assert sum(bout.looks for bout in watching.bouts) == len(looks)
    assert len({bout.id for bout in watching.bouts}) == len(watching.bouts)
    assert [bout.began for bout in watching.bouts] == sorted(bout.began for bout in watching.bouts)
    counted: dict[str, float] = {}
    for bout in watching.bouts:
        if bout.counts:
            assert bout.began - counted.get(bout.fingerprint.key, float("-inf")) >= QUICK.repeat_s
            counted[bout.fingerprint.key] = bout.began
        assert set(bout.differs_in) <= set(bout.strata)
