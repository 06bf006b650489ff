"""A change of stage: everything goes along, one digest a manager, and nobody is killed for what is remembered."""

from __future__ import annotations

from worlds import CANDIDATE, INCUMBENT, World, draft, idle, kill, report, spawn

from rollout.loop.acting.deliveries import message
from rollout.loop.acting.settling import DeliveryEndKind, outcomes
from understudy import AgentState


def test_rolled_back_after_twenty_idle_minutes_kills_nobody_and_sends_one_digest_a_manager() -> None:
    world = World(owner=CANDIDATE).with_rules(single_key=frozenset({"kill_window", "spawn_manager"}))
    workers = ("%1", "%2", "%3")
    started = world.now

    def incumbent() -> tuple[object, ...]:
        """The monolith's ladder, as it stands in its memory: it would have killed the manager twelve minutes ago."""
        minutes = int((world.now - started) // 60)
        notices = tuple(idle(pane, ordinal=1 + minutes // 5, section="IDLE") for pane in workers)
        return (*notices, kill("%0"), spawn("%0")) if minutes >= 8 else notices

    def candidate() -> tuple[object, ...]:
        return tuple(idle(pane, section="idle") for pane in workers)

    while world.now < started + 20 * 60:
        world.cycle(incumbent(), candidate(), after=10)
    assert [delivery.role for delivery in world.told] == [CANDIDATE]

    world.told.clear()
    world.change_stage(INCUMBENT)
    while world.now < started + 29 * 60:
        world.cycle(incumbent(), candidate(), after=10)
    digest, *reminders = world.told
    assert digest.digest
    assert [item.intent.pane for item in digest.items] == list(workers)
    assert message(digest, world.now) == (
        f"{digest.token} The incumbent watches this team from now on. As it stands: "
        "IDLE: %1 is idle; %2 is idle; %3 is idle"
    )
    assert not [delivery for delivery in world.told if delivery.kind != "notify_manager"]
    assert all(delivery.wanted_at >= digest.wanted_at + 290 for delivery in reminders), (
        "the next word is its next reminder"
    )
    refused = {
        outcome.intent_key: outcome.why for outcome in outcomes(world.book, INCUMBENT) if outcome.result == "refused"
    }
    assert set(refused) == {"kill_window", "spawn_manager"}
    assert all("a new owner may not do this" in why for why in refused.values())


def test_the_refusal_ends_after_ten_minutes_and_two_keys_still_hold() -> None:
    world = World(owner=CANDIDATE)
    world.cycle((kill(),), ())
    world.change_stage(INCUMBENT)
    for _ in range(60):
        assert world.cycle((kill(),), (kill(),), after=10) == ()
    assert [delivery.confirmed_by for delivery in world.cycle((kill(),), (kill(),), after=10)] == ["both"]


def test_the_digest_holds_what_only_the_new_owner_had_wanted_so_far() -> None:
    world = World(owner=CANDIDATE)
    world.cycle((idle("%1"), idle("%2")), (idle("%1"),))
    world.change_stage(INCUMBENT)
    (digest,) = world.cycle((idle("%1"), idle("%2"), idle("%3")), (idle("%1"),))
    assert [item.intent.pane for item in digest.items] == ["%1", "%2", "%3"]
    assert world.cycle((idle("%1"), idle("%2"), idle("%3")), ()) == ()


def test_what_the_new_owner_does_not_stand_by_is_not_told_again() -> None:
    world = World(owner=CANDIDATE)
    world.cycle((), (idle("%1"),))
    world.change_stage(INCUMBENT)
    busy = report(states={"%1": AgentState.BUSY})
    for _ in range(3):
        assert world.cycle(busy, (idle("%1"),)) == ()
    assert all(episode.holder is None for episode in world.book.episodes.values())


def test_a_digest_waits_for_the_first_word_of_its_new_owner_and_for_hands() -> None:
    world = World(owner=CANDIDATE)
    world.cycle((idle(),), (idle(),))
    world.change_stage(INCUMBENT)
    assert world.cycle(None, (idle(),)) == ()
    world.watch_only = "frozen"
    assert world.cycle((idle(),), (idle(),)) == ()
    world.watch_only = ""
    assert [delivery.digest for delivery in world.cycle((idle(),), (idle(),))] == [True]


def test_a_digest_that_was_refused_is_tried_again_as_one() -> None:
    world = World(owner=CANDIDATE)
    world.cycle((), (idle("%1"), idle("%2")))
    world.actuator = False
    world.change_stage(INCUMBENT)
    (digest,) = world.cycle((idle("%1"), idle("%2")), ())
    world.end(digest, kind=DeliveryEndKind.REFUSED, why="somebody types there")
    assert world.cycle(None, ()) == ()
    (again,) = world.cycle((idle("%1"), idle("%2")), (), after=10)
    assert again.digest
    assert len(again.items) == 2
    world.end(again)
    assert world.cycle((idle("%1"), idle("%2")), (), after=10) == ()


def test_a_change_of_stage_that_changes_no_owner_changes_nothing() -> None:
    world = World()
    world.cycle((idle(),), (idle(),))
    world.change_stage(INCUMBENT)
    assert world.cycle((idle(), draft("%2")), (draft("%2"),)) != ()
    assert not world.book.newcomers
    assert not [delivery for delivery in world.told if delivery.digest]


def test_what_was_in_hand_at_the_change_is_not_told_twice() -> None:
    world = World(owner=CANDIDATE, actuator=False)
    (delivery,) = world.cycle((idle(),), (idle(),))
    world.change_stage(INCUMBENT)
    assert world.cycle((idle(),), (idle(),)) == ()
    world.end(delivery)
    assert world.cycle((idle(),), (idle(),)) == ()
