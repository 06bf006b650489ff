"""Edges, reminders, owners and keys: from what monitors want to what is touched."""

from __future__ import annotations

import pytest
from worlds import CANDIDATE, INCUMBENT, World, cry, draft, idle, kill, pause, report, spawn, verdict

from rollout.loop.acting.episode import EpisodeState
from rollout.loop.acting.settling import DeliveryEndKind, outcomes
from understudy import AgentState, Problem, ProblemKind


def test_a_standing_intent_is_delivered_once() -> None:
    world = World()
    assert len(world.cycle((idle(),))) == 1
    for _ in range(5):
        assert world.cycle((idle(),)) == ()
    assert world.result(INCUMBENT) == ("delivered", True)


def test_a_higher_ordinal_is_a_reminder() -> None:
    world = World()
    world.cycle((idle(),))
    (delivery,) = world.cycle((idle(ordinal=2),))
    assert delivery.items[0].ordinal == 2
    assert world.cycle((idle(ordinal=2),)) == ()


def test_an_intent_that_flickers_for_one_look_is_still_the_same() -> None:
    world = World()
    world.cycle((idle(),))
    world.cycle()
    assert world.cycle((idle(),)) == ()


def test_it_closes_when_the_state_was_left_behind_for_two_looks_and_may_come_anew() -> None:
    world = World()
    busy = report(states={"%1": AgentState.BUSY})
    world.cycle((idle(),))
    world.cycle(busy)
    assert world.book.episodes
    world.cycle(busy)
    assert not world.book.episodes
    assert len(world.cycle((idle(),))) == 1


def test_a_delivered_intent_stands_as_long_as_the_state_even_if_it_is_not_repeated() -> None:
    world = World()
    world.cycle((idle(),))
    for _ in range(10):
        world.cycle()
    assert world.cycle((idle(),)) == ()


def test_a_respawned_pane_is_another_agent() -> None:
    world = World()
    world.cycle((idle(),))
    assert len(world.cycle((idle(pid=77),))) == 1


def test_nothing_is_withdrawn_by_a_monitor_that_failed_or_could_not_see() -> None:
    blind = report(verdicts={}, problems=(Problem(kind=ProblemKind.SERVER_SILENT),))
    unreadable = report(verdicts={}, problems=(Problem(kind=ProblemKind.SESSION_UNREADABLE, subject="team"),))
    for nothing in (None, blind, unreadable):
        world = World()
        world.cycle((idle(),))
        for _ in range(5):
            world.cycle(nothing)
        assert world.book.episodes
        assert world.cycle((idle(),)) == ()


def test_a_shadows_undelivered_intent_is_delivered_by_the_next_change_of_owner() -> None:
    world = World()
    assert world.cycle((), (idle(),)) == ()
    (episode,) = world.book.episodes.values()
    assert episode.state(world.now) is EpisodeState.SHADOWED
    assert world.result(CANDIDATE) == ("shadowed", False)
    world.owner = CANDIDATE
    assert [delivery.role for delivery in world.cycle((), (idle(),))] == [CANDIDATE]


def test_a_shadows_intent_that_was_withdrawn_is_not_delivered_any_more() -> None:
    world = World()
    world.cycle((), (idle(),))
    world.owner = CANDIDATE
    assert world.cycle((), ()) == ()
    world.cycle((), ())
    assert not world.book.episodes


def test_a_shadow_is_told_the_owners_act() -> None:
    world = World()
    world.cycle((idle(),), (idle(),))
    assert world.result(CANDIDATE) == ("shadowed", True)
    world.cycle((idle(),), (idle(ordinal=2),))
    assert world.result(CANDIDATE) == ("shadowed", False), "the owner did not remind"


def test_a_new_owner_does_not_tell_again_what_was_told() -> None:
    world = World()
    world.cycle((idle(),), ())
    world.cycle((idle(),), (idle(),))
    world.owner = CANDIDATE
    for _ in range(400):
        assert world.cycle((idle(),), (idle(),)) == ()
    (episode,) = world.book.episodes.values()
    assert episode.holder == CANDIDATE


def test_an_open_episode_stays_with_its_opener_for_five_minutes_at_most() -> None:
    world = World()
    world.cycle((idle(),), (idle(),))
    world.owner = CANDIDATE
    assert [delivery.role for delivery in world.cycle((idle(ordinal=2),), (idle(ordinal=2),), after=60)] == [INCUMBENT]
    assert world.cycle((idle(ordinal=2),), (idle(ordinal=3),), after=240) == ()
    assert world.cycle((idle(ordinal=3),), (idle(ordinal=3),), after=60) == (), "its new holder takes all as told"
    assert [delivery.role for delivery in world.cycle((idle(ordinal=3),), (idle(ordinal=4),))] == [CANDIDATE]


def test_what_its_opener_dropped_undelivered_goes_to_the_new_owner_at_once() -> None:
    world = World(actuator=False)
    world.end(*world.cycle((idle(),), (idle(),)), kind=DeliveryEndKind.REFUSED, why="copy mode")
    world.owner = CANDIDATE
    assert [delivery.role for delivery in world.cycle((), (idle(),), after=20)] == [CANDIDATE]


def test_a_stale_intent_is_not_delivered() -> None:
    world = World()
    assert world.cycle((idle(valid_until=1000.5),)) == ()
    (outcome,) = outcomes(world.book, INCUMBENT)
    assert (outcome.result, outcome.why) == ("refused", "it is not valid any more")


def test_a_refused_delivery_is_tried_again_while_the_intent_stands_but_not_at_every_look() -> None:
    world = World(actuator=False)
    world.end(*world.cycle((idle(),)), kind=DeliveryEndKind.REFUSED, why="the pane is in copy mode")
    assert world.cycle((idle(),)) == ()
    (outcome,) = outcomes(world.book, INCUMBENT)
    assert (outcome.result, outcome.done, outcome.why) == ("refused", False, "the pane is in copy mode")
    assert len(world.cycle((idle(),), after=10)) == 1
    assert len({delivery.id for delivery in world.told}) == 2


def test_one_that_is_under_way_is_neither_told_nor_wanted_again() -> None:
    world = World(actuator=False)
    (delivery,) = world.cycle((idle(),))
    assert world.cycle((idle(),)) == ()
    assert outcomes(world.book, INCUMBENT) == ()
    assert world.book.pending == {delivery.id}


def test_watch_only_does_nothing_and_counts_each_act_once() -> None:
    world = World(watch_only="watch-only: run with --act").with_rules(single_key=frozenset({"kill_window"}))
    for _ in range(3):
        assert world.cycle((idle(), kill("%2")), (idle(),)) == ()
    world.cycle((idle(ordinal=2), kill("%2")), (idle(),))
    assert world.book.would_have == {"notify_manager:idle": 2, "kill_window": 1}
    assert world.result(INCUMBENT) == ("watch_only", False)
    assert world.result(CANDIDATE) == ("shadowed", False)


def test_after_watch_only_standing_intents_are_delivered() -> None:
    world = World(watch_only="frozen")
    world.cycle((idle(),))
    world.watch_only = ""
    assert len(world.cycle((idle(),))) == 1


def test_notices_of_one_report_with_sections_are_one_message_and_others_their_own() -> None:
    world = World()
    deliveries = world.cycle((idle("%1", section="IDLE"), idle("%2"), idle("%3", section="IDLE")))
    assert [[item.intent.pane for item in delivery.items] for delivery in deliveries] == [["%1", "%3"], ["%2"]]
    assert deliveries[0].target_pid == 1000
    assert world.cycle((idle("%1", section="IDLE"), idle("%2"), idle("%3", section="IDLE"))) == ()


def test_a_notice_without_a_manager_says_so() -> None:
    world = World()
    assert world.cycle((idle(target=None),)) == ()
    assert outcomes(world.book, INCUMBENT)[0].why == "the session has no manager"


@pytest.mark.parametrize("act", [draft, kill, spawn])
def test_what_would_destroy_needs_both_monitors_to_want_it(act: object) -> None:
    world = World()
    assert world.cycle((act(),), ()) == ()
    (delivery,) = world.cycle((act(),), (act(),))
    assert delivery.confirmed_by == "both"


@pytest.mark.parametrize(("act", "window"), [(draft, 15), (kill, 60)])
def test_the_second_monitors_intent_counts_within_the_window_of_its_kind(act: object, window: float) -> None:
    world = World()
    world.cycle((), (act(),))
    assert len(world.cycle((act(),), (), after=window)) == 1
    world = World()
    world.cycle((), (act(),))
    assert world.cycle((act(),), (), after=window + 1) == ()


def test_without_the_second_monitor_a_person_is_asked_once_and_decides() -> None:
    world = World()
    world.cycle((kill(),), ())
    assert world.last is not None
    assert world.last.escalations == ()
    world.cycle((kill(),), (), after=60)
    (question,) = world.last.escalations
    assert "needs both monitors: the other monitor does not request it" in question.why
    world.cycle((kill(),), ())
    assert world.last.escalations == ()
    assert world.result(INCUMBENT) == ("refused", False)
    (delivery,) = world.cycle((kill(),), (), approvals={question.episode: "ada@ship"})
    assert delivery.confirmed_by == "ada@ship"


def test_a_question_expires_and_is_not_asked_again_in_the_same_episode() -> None:
    world = World()
    world.cycle((kill(),), None)
    world.cycle((kill(),), None, after=60)
    assert world.last is not None
    (question,) = world.last.escalations
    assert "gave no report" in question.why
    assert world.cycle((kill(),), None, after=901, approvals={question.episode: "too late"}) == ()
    assert world.last.escalations == ()
    assert outcomes(world.book, INCUMBENT)[0].why == "not approved in time"
    assert world.book.escalations(world.now) == ()


def test_five_questions_a_session_and_the_rest_is_counted() -> None:
    world = World()
    acts = tuple(kill(f"%{n}") for n in range(7))
    world.cycle(acts, ())
    world.cycle(acts, (), after=60)
    assert world.last is not None
    assert len(world.last.escalations) == 5
    assert world.book.unraised(world.now) == {"team": 2}


def test_a_plan_may_trust_the_owner_alone() -> None:
    world = World().with_rules(single_key=frozenset({"submit_draft"}))
    assert [delivery.confirmed_by for delivery in world.cycle((draft(), kill("%2")), ())] == ["single_key"]


def test_a_manager_is_not_started_without_a_command_for_it() -> None:
    world = World(can_spawn=False)
    assert world.cycle((spawn(),), (spawn(),)) == ()
    assert world.last is not None
    assert "spawn_command" in world.last.escalations[0].why


def test_what_may_have_been_done_already_needs_a_person() -> None:
    world = World(actuator=False)
    world.end(
        *world.cycle((kill(),), (kill(),)), kind=DeliveryEndKind.ESCALATED, why="the harness ended during the action"
    )
    assert world.cycle((kill(),), (kill(),)) == ()
    (question,) = world.book.escalations(world.now)
    assert len(world.cycle((kill(),), (kill(),), approvals={question.episode: "ada"})) == 1


def test_a_destructive_delivery_is_withdrawn_once_its_owner_is_silent_and_a_notice_when_it_is_over() -> None:
    world = World(actuator=False)
    notice, killing = world.cycle((idle("%2"), kill()), (kill(),))
    world.cycle((), (kill(),))
    assert world.last is not None
    assert world.last.withdrawn == {killing.id}
    world.cycle((), (kill(),))
    assert world.last.withdrawn == {notice.id, killing.id}
    world.end(notice, killing, kind=DeliveryEndKind.WITHDRAWN)
    world.cycle()
    assert not world.book.episodes


def test_a_paused_session_gets_notices_and_no_other_action() -> None:
    world = World().with_rules(single_key=frozenset({"submit_draft"}))
    assert [t.kind for t in world.cycle((pause(1100.0), draft(), idle("%2")))] == ["notify_manager"]
    assert world.result(INCUMBENT) == ("delivered", True)
    assert len(world.cycle((draft(),), after=100)) == 1


def test_an_escalation_is_a_question_and_delivers_nothing() -> None:
    world = World()
    assert world.cycle((cry(),)) == ()
    assert world.last is not None
    assert [question.why for question in world.last.escalations] == ["who looks after this?"]
    assert world.cycle((cry(),)) == ()


def test_sessions_that_a_role_was_not_asked_about_are_not_withdrawn_by_its_silence() -> None:
    from rollout.loop.acting.actuator_input import ActuatorInput
    from rollout.loop.acting.episodes import advance
    from understudy.outcomes import Scope

    world = World()
    world.cycle((idle(),))
    book = world.book
    for second in range(3):
        inputs = ActuatorInput(
            now=2000.0 + second,
            owners={"team": INCUMBENT},
            reports={INCUMBENT: report(verdicts={"%1": verdict("%1", AgentState.BUSY)})},
            rules=world.rules,
            scopes={INCUMBENT: Scope(sessions={"other": 0.0})},
        )
        book = advance(book, inputs).book
    assert book.episodes


def test_a_shadow_that_comes_late_to_what_was_done_is_told_that_it_was() -> None:
    world = World()
    world.cycle((idle(),), ())
    world.cycle((idle(),), (idle(),))
    assert world.result(CANDIDATE) == ("shadowed", True)
