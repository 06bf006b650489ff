"""Whatever monitors, leases, stages, hands and restarts do: no act without its keys, none twice, no notice lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from worlds import CANDIDATE, INCUMBENT, World, draft, idle, kill, report

from rollout.loop.acting.settling import DeliveryEndKind, outcomes
from understudy import AgentState, CycleReport

if TYPE_CHECKING:
    from rollout.loop.acting.deliveries import Delivery

PANES = ("%1", "%2")
WISHES = {"idle": idle, "draft": draft, "kill": kill}


class Harness(RuleBasedStateMachine):
    """Two monitors that want, change their minds and fail; an owner that changes; hands that work, refuse or die."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(actuator=False)
        self.intent_keys: dict[str, dict[tuple[str, str], int]] = {INCUMBENT: {}, CANDIDATE: {}}
        self.failing: set[str] = set()
        self.in_hand: dict[str, Delivery] = {}
        self.last_asked: dict[tuple[str, str, str], float] = {}

    @rule(
        role=st.sampled_from((INCUMBENT, CANDIDATE)), kind=st.sampled_from(sorted(WISHES)), pane=st.sampled_from(PANES)
    )
    def request_deliveries(self, role: str, kind: str, pane: str) -> None:
        self.intent_keys[role].setdefault((kind, pane), 1)

    @rule(
        role=st.sampled_from((INCUMBENT, CANDIDATE)), kind=st.sampled_from(sorted(WISHES)), pane=st.sampled_from(PANES)
    )
    def withdraw(self, role: str, kind: str, pane: str) -> None:
        self.intent_keys[role].pop((kind, pane), None)

    @rule(role=st.sampled_from((INCUMBENT, CANDIDATE)))
    def remind(self, role: str) -> None:
        self.intent_keys[role] = {what: ordinal + 1 for what, ordinal in self.intent_keys[role].items()}

    @rule(role=st.sampled_from((INCUMBENT, CANDIDATE)))
    def fail_or_come_back(self, role: str) -> None:
        self.failing ^= {role}

    @rule(after=st.sampled_from((1.0, 12.0, 70.0, 400.0)))
    def cycle(self, after: float) -> None:
        self.play(after)

    @rule()
    def lease_ends(self) -> None:
        self.world.owner = CANDIDATE if self.world.owner == INCUMBENT else INCUMBENT

    @rule()
    def stage_changes(self) -> None:
        self.world.change_stage(CANDIDATE if self.world.owner == INCUMBENT else INCUMBENT)

    @rule()
    def freeze_or_unfreeze(self) -> None:
        self.world.watch_only = "" if self.world.watch_only else "frozen"

    @rule(
        kind=st.sampled_from(
            (DeliveryEndKind.DONE, DeliveryEndKind.DONE, DeliveryEndKind.REFUSED, DeliveryEndKind.ESCALATED)
        )
    )
    def hands_finish(self, kind: DeliveryEndKind) -> None:
        for delivery in self.in_hand.values():
            ended = (
                DeliveryEndKind.REFUSED
                if kind is DeliveryEndKind.ESCALATED and delivery.kind == "notify_manager"
                else kind
            )
            self.world.end(delivery, kind=ended, why=str(ended))
            self.world.end(delivery, kind=ended, why="told twice")
        self.in_hand.clear()

    def play(self, after: float) -> None:
        said = {}
        for role in (INCUMBENT, CANDIDATE):
            intents = tuple(WISHES[kind](pane, ordinal) for (kind, pane), ordinal in self.intent_keys[role].items())
            busy = {pane: AgentState.BUSY for pane in PANES if ("idle", pane) not in self.intent_keys[role]}
            said[role] = None if role in self.failing else report(*intents, states=busy)
        deliveries = self.world.cycle(said[INCUMBENT], said[CANDIDATE], after=after)
        for role in {INCUMBENT, CANDIDATE} - self.failing:
            for kind, pane in self.intent_keys[role]:
                self.last_asked[role, kind, pane] = self.world.now
        for delivery in deliveries:
            self.check(delivery, said)
            self.in_hand[delivery.id] = delivery

    def check(self, delivery: Delivery, said: dict[str, CycleReport | None]) -> None:
        world = self.world
        assert not world.watch_only, "frozen hands touch nothing"
        word = said[delivery.role]
        assert word is not None, "nothing is done on the word of a monitor that gave none"
        asked = {(intent.kind, intent.pane, intent.ordinal) for intent in word.intents}
        for item in delivery.items:
            assert (item.intent.kind, item.intent.pane, item.ordinal) in asked, "only what is wanted now is done"
        if delivery.kind in {"kill_window", "submit_draft"}:
            kind = {"kill_window": "kill", "submit_draft": "draft"}[delivery.kind]
            window = world.rules.windows.of(delivery.kind)
            for role in (INCUMBENT, CANDIDATE):
                at = self.last_asked.get((role, kind, delivery.target), -1e9)
                assert world.now - at <= window, "what would destroy needs dual control within the window"
        newcomer = world.book.newcomers.get("team")
        if delivery.kind == "kill_window" and newcomer and newcomer.role == delivery.role:
            assert world.now - newcomer.since >= 600, "a new owner kills nothing for ten minutes"

    @invariant()
    def one_touch_an_episode_at_a_time(self) -> None:
        pending = [episode.pending for episode in self.world.book.episodes.values() if episode.pending]
        assert set(pending) == set(self.in_hand), "every touch in hand belongs to an episode that waits for its end"
        ids = [delivery.id for delivery in self.world.told]
        assert len(ids) == len(set(ids)), "no touch has the name of another"

    @invariant()
    def every_outcome_is_of_something_asked(self) -> None:
        for role in (INCUMBENT, CANDIDATE):
            asked = len(self.world.book.asked.get(role, ()))
            assert len(outcomes(self.world.book, role)) <= asked

    def teardown(self) -> None:
        """In quiet, with hands that work, every notice that the owner stands by has been told on its account."""
        world = self.world
        world.watch_only, self.failing = "", set()
        for _ in range(4):
            self.hands_finish(DeliveryEndKind.DONE)
            self.play(400.0)
        self.hands_finish(DeliveryEndKind.DONE)
        owed = [outcome for outcome in outcomes(world.book, world.owner) if outcome.intent_key == "notify_manager:idle"]
        assert len(owed) == sum(kind == "idle" for kind, _ in self.intent_keys[world.owner])
        assert all(outcome.done for outcome in owed), "no notice is lost"
        told = len(world.told)
        for _ in range(3):
            self.play(20.0)
            self.hands_finish(DeliveryEndKind.DONE)
        again = [delivery for delivery in world.told[told:] if delivery.kind == "notify_manager"]
        assert not again, "no notice is told twice"


TestHarness = Harness.TestCase
TestHarness.settings = settings(max_examples=100, stateful_step_count=40)
