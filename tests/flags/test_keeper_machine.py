"""Whoever holds the flags may be away, lose answers, swallow writes or be written by hand: what then never happens."""

from __future__ import annotations

import shutil
import tempfile
from enum import Enum
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rollout.judgement.chain import verify
from rollout.judgement.plan import DEFAULT_PLAN
from rollout.judgement.standing import Ask, Refusal, Request, Why
from rollout.judgement.words import Stage, State
from rollout.loop.keeper import StageKeeper, standing, trail
from rollout.store.flags import FlagsUnreachable, Followed, Held, RevisionMoved, WriteUnknown
from rollout.store.ledger import Ledger

NOW = 1_700_000_000.0


class Weather(Enum):
    """How whoever holds the flags is today."""

    FINE = "fine"
    AWAY = "away"
    LOSES_ANSWERS = "loses answers"
    SWALLOWS_WRITES = "swallows writes"


class Shaky:
    """Flags held by somebody unreliable. A write that was swallowed may still be done later."""

    def __init__(self) -> None:
        self.now = Held(0, 0)
        self.weather = Weather.FINE
        self.in_the_air: list[tuple[Held, Held]] = []

    def follow(self, now: float) -> Followed:
        raise AssertionError(now)  # the keeper asks for what is, not for what may be followed

    def held(self) -> Held:
        if self.weather is Weather.AWAY:
            raise FlagsUnreachable("away")
        return self.now

    def write_exposure(self, percent: int, expected: Held | None = None) -> Held:
        found = self.held()
        if expected is not None and found != expected:
            raise RevisionMoved(expected, found)
        aim = Held(found.revision + 1, percent)
        if self.weather is Weather.SWALLOWS_WRITES:
            self.in_the_air.append((found, aim))
            raise WriteUnknown("not written yet, and may still be")
        self.now = aim
        if self.weather is Weather.LOSES_ANSWERS:
            raise WriteUnknown("no answer")
        return aim

    def lands(self) -> None:
        """What was swallowed is done after all, where its own comparison still holds."""
        for found, aim in self.in_the_air:
            if self.now == found:
                self.now = aim
        self.in_the_air.clear()


class KeeperMachine(RuleBasedStateMachine):
    """Operators, restarts, time, and the weather, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="uk-"))
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.flags = Shaky()
        self.at = NOW
        self.touched_by_hand = False
        self.keeper = self._keeper()

    def teardown(self) -> None:
        self.flags.weather = Weather.FINE
        self.at += 100
        self.keeper.settle(self.at)
        assert [row.status for row in self.ledger.transitions() if row.status == "pending"] == []
        assert not self.keeper.owes()
        now = standing(self.ledger)
        if now.state is State.ROLLED_BACK and not self.touched_by_hand:
            assert self.flags.now.percent == 0
        self.ledger.close()
        shutil.rmtree(self.folder)

    def _keeper(self) -> StageKeeper:
        keeper = StageKeeper(self.ledger, self.flags, DEFAULT_PLAN)
        keeper.wake(self.at)
        return keeper

    def _ask(self, what: Ask) -> object:
        self.at += 1
        return self.keeper.ask(Request(what, "ann", "a test", self.at))

    @rule(weather=st.sampled_from(Weather))
    def weather_turns(self, weather: Weather) -> None:
        self.flags.weather = weather

    @rule()
    def promote(self) -> None:
        before, flag = standing(self.ledger), self.flags.now
        answer = self._ask(Ask.PROMOTE)
        after = standing(self.ledger)
        if isinstance(answer, Refusal):
            assert after == before
            if answer.why is Why.UNREACHABLE:
                assert self.flags.now == flag
        else:
            assert flag.percent == before.exposure_percent
            assert self.flags.now.percent == after.exposure_percent

    @rule()
    def roll_back(self) -> None:
        self._ask(Ask.ROLLBACK)
        now = standing(self.ledger)
        assert (now.state, now.exposure_percent, now.stage) == (State.ROLLED_BACK, 0, Stage.SHADOW)
        self.touched_by_hand = False

    @rule()
    def try_again(self) -> None:
        self._ask(Ask.RETRY)

    @rule(percent=st.sampled_from((0, 5, 33, 50, 100)))
    def somebody_writes_by_hand(self, percent: int) -> None:
        self.flags.now = Held(self.flags.now.revision, percent)
        self.touched_by_hand = True

    @rule()
    def a_write_in_the_air_lands(self) -> None:
        self.flags.lands()

    @rule(seconds=st.sampled_from((1.0, 20.0, 600.0)))
    def time_passes(self, seconds: float) -> None:
        self.at += seconds
        self.keeper.settle(self.at)

    @precondition(lambda self: self.flags.weather is not Weather.AWAY)
    @rule()
    def it_is_started_anew(self) -> None:
        self.keeper = self._keeper()

    @invariant()
    def no_more_is_exposed_than_the_stage_allows(self) -> None:
        now = standing(self.ledger)
        allowed = 0 if now.stage in {Stage.OFF, Stage.SHADOW} else DEFAULT_PLAN.of_stage(now.stage).exposure_percent
        assert min(now.exposure_percent, self.flags.now.percent) <= allowed

    @invariant()
    def one_move_at_a_time_and_the_trail_is_whole(self) -> None:
        assert sum(row.status == "pending" for row in self.ledger.transitions()) <= 1
        assert verify(trail(self.ledger)) == ()


TestKeeperMachine = KeeperMachine.TestCase
TestKeeperMachine.settings = settings(settings.get_profile("house"), max_examples=40, stateful_step_count=25)
