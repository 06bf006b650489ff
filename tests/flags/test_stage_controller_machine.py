"""Invariants of the stage controller when the flags source is away, loses answers or writes, or is edited by hand."""

from __future__ import annotations

import shutil
import tempfile
from enum import Enum
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rollout.judgement.chain import verify
from rollout.judgement.enums import Stage, State
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import Refusal, RefusalReason, Request, RequestKind
from rollout.loop.stage_controller import StageController, rollout_status, trail
from rollout.store.flags import FlagReading, FlagsUnreachable, HeldExposure, RevisionMoved, WriteUnknown
from rollout.store.ledger import Ledger

NOW = 1_700_000_000.0


class Weather(Enum):
    """The condition of the flags source."""

    FINE = "fine"
    AWAY = "away"
    LOSES_ANSWERS = "loses answers"
    SWALLOWS_WRITES = "swallows writes"


class Shaky:
    """Flags of an unreliable source. A write that was swallowed may still be done later."""

    def __init__(self) -> None:
        self.now = HeldExposure(0, 0)
        self.weather = Weather.FINE
        self.in_the_air: list[tuple[HeldExposure, HeldExposure]] = []

    def follow(self, now: float) -> FlagReading:
        raise AssertionError(now)  # the stage controller asks for what is, not for what may be followed

    def held(self) -> HeldExposure:
        if self.weather is Weather.AWAY:
            raise FlagsUnreachable("away")
        return self.now

    def write_exposure(self, percent: int, expected: HeldExposure | None = None) -> HeldExposure:
        found = self.held()
        if expected is not None and found != expected:
            raise RevisionMoved(expected, found)
        aim = HeldExposure(found.revision + 1, percent)
        if self.weather is Weather.SWALLOWS_WRITES:
            self.in_the_air.append((found, aim))
            raise WriteUnknown("not written yet, and may still be")
        self.now = aim
        if self.weather is Weather.LOSES_ANSWERS:
            raise WriteUnknown("no answer")
        return aim

    def lands(self) -> None:
        """Apply a swallowed write, if its own comparison still holds."""
        for found, aim in self.in_the_air:
            if self.now == found:
                self.now = aim
        self.in_the_air.clear()


class ControllerMachine(RuleBasedStateMachine):
    """Operators, restarts, time, and the weather, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="uk-"))
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.flags = Shaky()
        self.at = NOW
        self.touched_by_hand = False
        self.controller = self._controller()

    def teardown(self) -> None:
        self.flags.weather = Weather.FINE
        self.at += 100
        self._settle()
        assert [row.status for row in self.ledger.transitions() if row.status == "pending"] == []
        assert not self.controller.owes()
        moves = [transition for transition in trail(self.ledger) if transition.moves_flag]
        if moves and moves[-1].request == RequestKind.ROLLBACK and not self.touched_by_hand:
            assert self.flags.now.percent == 0
        self.ledger.close()
        shutil.rmtree(self.folder)

    def _settle(self) -> None:
        """Heal, and check that a move is finished only where the flags say so."""
        before = {row.hash for row in self.ledger.transitions() if row.status == "pending"}
        self.controller.settle(self.at)
        finished = [transition for transition in trail(self.ledger) if transition.hash in before]
        assert all(self.flags.now.percent == transition.exposure_percent for transition in finished)

    def _controller(self) -> StageController:
        controller = StageController(self.ledger, self.flags, DEFAULT_PLAN)
        controller.wake(self.at)
        return controller

    def _request(self, what: RequestKind) -> object:
        self.at += 1
        return self.controller.request(Request(what, "ann", "a test", self.at))

    @initialize(stages=st.integers(0, 3))
    def a_rollout_on_its_way(self, stages: int) -> None:
        for _ in range(stages):
            assert not isinstance(self._request(RequestKind.PROMOTE), Refusal)

    @rule(weather=st.sampled_from(Weather))
    def weather_turns(self, weather: Weather) -> None:
        self.flags.weather = weather

    @rule()
    def promote(self) -> None:
        before, flag = rollout_status(self.ledger), self.flags.now
        answer = self._request(RequestKind.PROMOTE)
        after = rollout_status(self.ledger)
        if isinstance(answer, Refusal):
            assert after == before
            if answer.why is RefusalReason.UNREACHABLE:
                assert self.flags.now == flag
        else:
            assert flag.percent == before.exposure_percent
            assert self.flags.now.percent == after.exposure_percent

    @rule()
    def roll_back(self) -> None:
        answer = self._request(RequestKind.ROLLBACK)
        now = rollout_status(self.ledger)
        assert (now.state, now.exposure_percent, now.stage) == (State.ROLLED_BACK, 0, Stage.SHADOW)
        self.touched_by_hand &= isinstance(answer, Refusal)  # it was rolled back already

    @rule()
    def try_again(self) -> None:
        self._request(RequestKind.RETRY)

    @rule(percent=st.sampled_from((0, 5, 33, 50, 100)))
    def an_operator_edits_the_flag(self, percent: int) -> None:
        self.flags.now = HeldExposure(self.flags.now.revision, percent)
        self.touched_by_hand = True

    @rule()
    def a_write_in_the_air_lands(self) -> None:
        self.flags.lands()

    @rule(seconds=st.sampled_from((1.0, 20.0, 600.0)))
    def time_passes(self, seconds: float) -> None:
        self.at += seconds
        self._settle()

    @precondition(lambda self: self.flags.weather is not Weather.AWAY)
    @rule()
    def it_is_started_anew(self) -> None:
        self.controller = self._controller()

    @invariant()
    def no_more_is_exposed_than_the_stage_allows(self) -> None:
        now = rollout_status(self.ledger)
        allowed = 0 if now.stage in {Stage.OFF, Stage.SHADOW} else DEFAULT_PLAN.of_stage(now.stage).exposure_percent
        assert min(now.exposure_percent, self.flags.now.percent) <= allowed

    @invariant()
    def one_move_at_a_time_and_the_trail_is_whole(self) -> None:
        assert sum(row.status == "pending" for row in self.ledger.transitions()) <= 1
        assert verify(trail(self.ledger)) == ()


def test_what_a_rollback_owes_is_written_once_the_flags_can_be_reached(tmp_path: Path) -> None:
    ledger, flags = Ledger(tmp_path / "ledger.sqlite"), Shaky()
    controller = StageController(ledger, flags, DEFAULT_PLAN)
    controller.wake(NOW)
    controller.request(Request(RequestKind.PROMOTE, "ann", "a test", NOW))
    flags.weather = Weather.AWAY
    assert not isinstance(controller.request(Request(RequestKind.ROLLBACK, "ann", "a test", NOW + 1)), Refusal)
    assert rollout_status(ledger).exposure_percent == 0
    controller.settle(NOW + 2)
    assert controller.owes()
    flags.weather = Weather.FINE
    controller.settle(NOW + 3)
    assert controller.owes()  # not at every cycle: each attempt may keep one waiting
    controller.settle(NOW + 13)
    assert (controller.owes(), flags.now.percent) == (False, 0)
    flags.now = HeldExposure(flags.now.revision, 50)
    controller.settle(NOW + 30)
    assert flags.now.percent == 50  # what a hand writes afterwards is drift, and not written over
    ledger.close()


def test_a_promotion_that_a_rollback_overtakes_at_its_write_is_a_conflict(tmp_path: Path) -> None:
    ledger, flags = Ledger(tmp_path / "ledger.sqlite"), Shaky()
    ours, theirs = (StageController(ledger, flags, DEFAULT_PLAN) for _ in range(2))
    ours.wake(NOW)

    class Overtaken(Shaky):
        def write_exposure(self, percent: int, expected: HeldExposure | None = None) -> HeldExposure:
            found = flags.write_exposure(percent, expected)
            theirs.request(Request(RequestKind.ROLLBACK, "bob", "a test", NOW + 1))
            return found

    slow = StageController(ledger, Overtaken(), DEFAULT_PLAN)
    answer = slow.request(Request(RequestKind.PROMOTE, "ann", "a test", NOW))
    assert isinstance(answer, Refusal)
    assert answer.why is RefusalReason.CONFLICT
    assert "undone while the flag was written" in answer.text
    assert (rollout_status(ledger).exposure_percent, flags.now.percent) == (0, 0)
    ledger.close()


def test_a_disk_that_is_full_refuses_a_promotion_and_no_rollback(tmp_path: Path) -> None:
    class Full(Shaky):
        def write_exposure(self, percent: int, expected: HeldExposure | None = None) -> HeldExposure:
            raise OSError(28, f"No space left for {percent} % after {expected}")

    ledger = Ledger(tmp_path / "ledger.sqlite")
    controller = StageController(ledger, Full(), DEFAULT_PLAN)
    controller.wake(NOW)
    refused = controller.request(Request(RequestKind.PROMOTE, "ann", "a test", NOW))
    assert isinstance(refused, Refusal)
    assert "No space left" in refused.text
    assert not isinstance(controller.request(Request(RequestKind.ROLLBACK, "ann", "a test", NOW + 1)), Refusal)
    assert controller.owes()
    ledger.close()


TestControllerMachine = ControllerMachine.TestCase
TestControllerMachine.settings = settings(settings.get_profile("default-run"), max_examples=40, stateful_step_count=25)
