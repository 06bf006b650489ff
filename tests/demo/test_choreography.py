"""The demo's scenes as evidence: what both monitors make of them, on a real server, through the shadow's own rules."""

from __future__ import annotations

import time
from collections import Counter
from math import comb
from typing import TYPE_CHECKING

import pytest

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from rollout.faces.demo.fleet import make_fleet
from rollout.faces.demo.world import World
from rollout.judgement.plans import DEMO_PLAN
from shadow import noise
from shadow.bouts import Bout, BoutBook, ComparedLook, Excuse, advance
from shadow.compare import compare
from shadow.differences import Severity
from shadow.expected import shipped
from shadow.strata import Stratum
from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress
from tmuxio.sources.tapes import TapeClock, TapeSource
from tmuxio.tapes.recorder import Recorder
from understudy import AgentState, CycleReport, Outcome, Result, SystemClock
from understudy.intents import intent_key
from understudy.outcomes import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy import Tape

SECONDS = 14.0
CHANCE = 0.001
"""The noise of so short a look at a busy machine is above the limit only if it is not above it by chance."""


class Shadow:
    """Both monitors on the same tapes, as in the loop, and the bouts that come of it. Notices count as delivered."""

    def __init__(self) -> None:
        self.incumbent, self.candidate = LegacyMonitor(), MonitorService()
        self.bouts: list[Bout] = []
        self.states: set[AgentState] = set()
        self._book = BoutBook()
        self._before: tuple[ComparedLook, object, tuple[Outcome, ...]] | None = None
        self._ends: dict[str, tuple[Outcome, ...]] = {}

    def watch(self, tape: Tape) -> None:
        self._enter_before(tape)
        memory, ends = self.incumbent.memory(), self._ends.get("incumbent", ())
        one = self.incumbent.cycle("1", TapeSource(tape), TapeClock(tape), EVERYTHING, ends)
        two = self.candidate.cycle("1", TapeSource(tape), TapeClock(tape), EVERYTHING, self._ends.get("candidate", ()))
        self._ends = {"incumbent": _told(one, Result.DELIVERED), "candidate": _told(two, Result.SHADOWED)}
        self.states |= {verdict.state for verdict in two.verdicts.values()}
        differences = compare(one, two, shipped())
        look = ComparedLook(at=tape.at, incumbent=one, candidate=two, differences=differences, tape=tape)
        self._before = (look, memory, ends)

    def _enter_before(self, tape: Tape) -> None:
        if self._before is None:
            return
        look, memory, ends = self._before
        again = LegacyMonitor()
        again.recall(memory)  # type: ignore[arg-type]
        report = again.cycle("1", TapeSource(tape), TapeClock(tape), EVERYTHING, ends)
        look = look.model_copy(update={"differences": noise.classify(look.differences, report)})
        self._book, settled = advance(self._book, look, look.at, rules=DEMO_PLAN.bout_rules, register=shipped())
        self.bouts += settled


def _told(report: CycleReport, result: Result) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            intent_key=intent_key(intent),
            pane=intent.pane,
            pid=intent.pid,
            session=intent.session,
            ordinal=intent.ordinal,
            result=result,
            done=intent.kind == "notify_manager",
            at=intent.at,
        )
        for intent in report.intents
    )


@pytest.fixture(scope="module")
def shadow() -> Shadow:
    """Two monitors that have watched the demo's world for a while."""
    watched = Shadow()
    with World(make_fleet(("shop", "mill", "port"))) as world:
        recorder = Recorder(Reader(ServerAddress(world.socket_path)), SystemClock())
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            began = time.monotonic()
            watched.watch(recorder.shoot(gap_s=0.2))
            time.sleep(max(0.0, began + 1.0 - time.monotonic()))
    return watched


def _unexplained(bouts: Sequence[Bout]) -> list[str]:
    return [
        f"{bout.window}: {bout.incumbent.state} {bout.incumbent.rule} {bout.incumbent.intents} / "
        f"{bout.candidate.state} {bout.candidate.rule} {bout.candidate.intents}"
        for bout in bouts
        if bout.counts and bout.difference is not None and bout.difference.severity is not Severity.DETAIL
    ]


def test_every_difference_in_a_state_or_an_act_is_an_expected_one_or_noise(shadow: Shadow) -> None:
    assert len(shadow.bouts) > 30
    assert not _unexplained(shadow.bouts)


def test_the_incumbent_agrees_with_itself_from_tape_to_tape(shadow: Shadow) -> None:
    noisy = sum(bout.why_not is Excuse.NOISE for bout in shadow.bouts)
    counted = sum(bout.counts for bout in shadow.bouts)
    looked, limit = counted + noisy, DEMO_PLAN.noise.unsafe
    by_chance = sum(comb(looked, k) * limit**k * (1 - limit) ** (looked - k) for k in range(noisy, looked + 1))
    assert by_chance > CHANCE, f"{noisy} of {looked}: an agent changes in mid-tape on a doubtful screen"


def test_both_required_strata_fill_with_clean_bouts(shadow: Shadow) -> None:
    clean = Counter(
        stratum for bout in shadow.bouts if bout.counts and not bout.action_differs for stratum in bout.strata
    )
    # at this pace 27 of each are there within the three quarters of a minute that a stage may take
    assert clean[Stratum.NOTICE_IDLE] >= 5
    assert clean[Stratum.NOTICE_CRASH] >= 3


def test_the_stage_shows_every_state_that_an_agent_can_be_in(shadow: Shadow) -> None:
    assert shadow.states >= set(AgentState) - {AgentState.UNKNOWN, AgentState.STARTING}
