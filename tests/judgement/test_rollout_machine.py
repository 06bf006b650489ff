"""Whatever happens in whatever order: nothing is promoted unproven, nothing skipped, no rollback lost, no hand moved.

The ledger, the flags, the orders, the stage controller, the judge and the analysis are the real ones; only the monitors
are not there. Beside them runs a model that counts for itself what was shown since when.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rollout.judgement.enums import Guardrail, Stage, State, Verdict
from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.plan import GuardrailLimits, Minimums, StagePlan
from rollout.judgement.plans import DEMO_PLAN
from rollout.judgement.rollout_status import HARNESS, Request, RequestKind
from rollout.judgement.sequential import proof, risk_of_version
from rollout.loop.analysis import add_watched_time, in_epoch
from rollout.loop.audit import breaks
from rollout.loop.basis import basis_of, rebased
from rollout.loop.evidence import add_events
from rollout.loop.judging import add_judgement
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.moving import incumbent_well, move
from rollout.loop.operator_input import apply_orders
from rollout.loop.stage_controller import StageController, rollout_status, trail
from rollout.store.flags import FlagsFile
from rollout.store.ledger import Ledger
from rollout.store.orders import OrderKind, give, lift
from rollout.store.orders import order_in_force as ordered
from shadow.expected import ExpectedRegister
from understudy.wire import Introduction

if TYPE_CHECKING:
    from rollout.judgement.chain import Transition

HOURS = 0.05
COUNTED = (Guardrail.LIVE_MISMATCH, Guardrail.FAILURE)
PLAN = DEMO_PLAN.model_copy(
    update={
        "guardrails": dict.fromkeys(COUNTED, GuardrailLimits(unsafe=0.05, promote=0.12)),
        "states": {},
        "minimums": Minimums(panes=2, sessions=0),
        "stages": {
            Stage.SHADOW: StagePlan(exposure_percent=0, hours=HOURS),
            Stage.CANARY: StagePlan(exposure_percent=5, hours=HOURS),
            Stage.BETA: StagePlan(exposure_percent=50, hours=HOURS, person=True),
            Stage.PRODUCTION: StagePlan(exposure_percent=100, hours=HOURS),
        },
    }
)
MAY_FOLLOW = {
    ("begin", Stage.OFF): Stage.SHADOW,
    **{("promote", stage): stage.next for stage in Stage if stage.next},
    **{("approve", stage): stage.next for stage in Stage if stage.next},
    ("retire", Stage.PRODUCTION): Stage.RETIRED,
    ("restore", Stage.RETIRED): Stage.PRODUCTION,
    **{("rollback", stage): Stage.SHADOW for stage in Stage},
}
STAYS = {"pause", "resume", "retry", "freeze", "unfreeze"}
REASON = "a test"


class Killed(BaseException):
    """The process ends here, as with SIGKILL."""


class MortalFlags(FlagsFile):
    """A flags file at whose writing the process may die, before or after."""

    dies = ""

    def write_exposure(self, percent: int, expected: Any = None) -> Any:
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise Killed
        held = super().write_exposure(percent, expected)
        if dies == "after":
            raise Killed
        return held


class Host:
    """A monitor that does nothing but say who it is."""

    crash_loop = False
    pid = None

    def __init__(self, name: str) -> None:
        self.name, self.version, self.well = name, 1, True

    @property
    def introduction(self) -> Introduction:
        return Introduction(monitor=self.name, version=str(self.version), says=())

    def answers(self) -> bool:
        return self.well


@dataclass
class Model:
    """The proven failures since the evidence last began, counted independently."""

    bouts: dict[Guardrail, list[int]] = field(default_factory=lambda: {name: [0, 0] for name in COUNTED})
    panes: int = 0
    seconds: float = 0.0

    def proves_everything(self, version: int) -> bool:
        enough = 1 / risk_of_version(PLAN.beta, version)
        shown = all(proof(0.12, bouts, events) >= enough for bouts, events in self.bouts.values())
        return shown and self.panes >= PLAN.minimums.panes and self.seconds >= HOURS * 3600


class RealRollouts(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.now, self.last_cycle = 1_000_000.0, 1_000_000.0
        self.hosts = {part: Host(part) for part in MonitorRole}
        self.ledger = Ledger(self.path / "ledger.db")
        self.seen, self.model, self.epoch = 0, Model(), -1
        self.start()

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    def start(self) -> None:
        self.flags = MortalFlags(self.path / "flags.json")
        self.controller = StageController(self.ledger, self.flags, PLAN)
        self.controller.wake(self.now)
        self.loop_state = LoopState.load(self.ledger)

    @rule(
        passes=st.floats(1, 200),
        clean=st.integers(0, 60),
        events=st.sampled_from([0, 0, 0, 0, 1, 3]),
        of=st.sampled_from(COUNTED),
        panes=st.integers(0, 2),
        dies=st.sampled_from(["", "", "", "before", "after"]),
    )
    def a_cycle_passes(self, *, passes: float, clean: int, events: int, of: Guardrail, panes: int, dies: str) -> None:
        self.now += passes
        self.flags.dies = dies
        frozen, told_to_roll_back = self.is_frozen, ordered(OrderKind.ROLLBACK, self.path) is not None
        try:
            verdict = self.cycle(clean, events, of, panes)
        except Killed:
            self.start()
            return
        self.flags.dies = ""
        at_last = rollout_status(self.ledger)
        if told_to_roll_back or (verdict is Verdict.ROLLBACK and self.hosts[MonitorRole.INCUMBENT].well):
            assert at_last.state is State.ROLLED_BACK
        if verdict is Verdict.ROLLBACK:
            assert at_last.state is State.ROLLED_BACK or at_last.frozen
        if frozen:
            assert at_last.frozen

    def cycle(self, clean: int, events: int, of: Guardrail, panes: int) -> Verdict:
        loop_state, hosts = self.loop_state, cast("Any", self.hosts)
        self.controller.settle(self.now)
        stands = apply_orders(self.controller, self.ledger, (self.path,), self.now, act=True)
        assert bool(stands.watch_only) == self.is_frozen  # what is tied touches nothing
        retired = stands.rollout_status.stage is Stage.RETIRED
        basis = basis_of(hosts, PLAN.fingerprint, loop_state.analysis.basis, retired=retired)
        at_first = rebased(self.controller, self.ledger, loop_state, basis, stands.rollout_status, self.now)
        self.entered()
        evidence_events = [EvidenceEvent(name, event=False, at=self.now) for name in COUNTED for _ in range(clean)]
        evidence_events += [EvidenceEvent(of, event=True, at=self.now)] * events
        analysis = add_watched_time(in_epoch(loop_state.analysis, at_first), self.now, at_first.exposure_percent)
        known = analysis.scoring.panes
        scoring = analysis.scoring.model_copy(update={"panes": known | {f"{len(known) + n}" for n in range(panes)}})
        analysis = analysis.model_copy(update={"scoring": scoring})
        self.count(clean, events, of, panes)
        loop_state.analysis = add_judgement(
            add_events(analysis, evidence_events, at_first, PLAN), at_first, PLAN, ExpectedRegister(), self.now, ""
        )
        loop_state.acted_in = at_first.epoch
        with self.ledger.transaction() as tx:
            loop_state.keep(tx, ())
        assert loop_state.analysis.judgement is not None
        judgement = loop_state.analysis.judgement
        well = partial(incumbent_well, hosts[MonitorRole.INCUMBENT], loop_state.analysis.ill)
        move(self.controller, PLAN, at_first, judgement, self.now, well, self.path, act=True)
        return judgement.verdict

    def count(self, clean: int, events: int, of: Guardrail, panes: int) -> None:
        for name in COUNTED:
            self.model.bouts[name][0] += clean + events * (name is of)
            self.model.bouts[name][1] += events * (name is of)
        self.model.panes += panes
        # two cycles far apart, or in the wrong order, were not watching
        self.model.seconds += min(300.0, max(0.0, self.now - self.last_cycle)) if self.watching else 0.0
        self.last_cycle, self.watching = self.now, True

    watching = False

    def entered(self) -> None:
        """Look at what was added to the trail, and begin to count anew where the evidence does."""
        for row in trail(self.ledger)[self.seen :]:
            self.check(row)
            if row.epoch != self.epoch:
                self.model, self.watching, self.epoch = Model(), False, row.epoch
            self.seen += 1

    def check(self, row: Transition) -> None:
        if row.request == "restart":
            assert row.to in {row.from_, Stage.SHADOW}
        elif row.request in STAYS:
            assert row.to is row.from_
        else:
            assert row.to is MAY_FOLLOW[row.request, row.from_]
        if row.request == "promote" and row.actor == HARNESS:
            assert self.model.proves_everything(self.loop_state.analysis.version), (self.model, row)
            assert not PLAN.of_stage(row.from_).person
            assert not row.frozen
        if row.request in {"approve", "retire"}:
            assert self.model.proves_everything(self.loop_state.analysis.version), (self.model, row)

    @rule(dies=st.sampled_from(["", "", "", "before", "after"]), well=st.booleans())
    def a_good_while_passes(self, *, dies: str, well: bool) -> None:
        """Enough to be promoted on, if nothing stands against it."""
        self.hosts[MonitorRole.INCUMBENT].well = well
        for last in (False, False, False, True):
            self.a_cycle_passes(
                passes=90.0, clean=30, events=0, of=Guardrail.FAILURE, panes=1, dies=dies if last else ""
            )

    @rule()
    def an_operator_resumes(self) -> None:
        lift(OrderKind.FREEZE, self.path)
        lift(OrderKind.ROLLBACK, self.path)
        for ask in (RequestKind.RETRY, RequestKind.RESUME, RequestKind.APPROVE):
            self.an_operator_asks(ask=ask, dies="", stale=False)

    @rule(seconds=st.sampled_from([-900_000.0, -3600.0, 3600.0, 90_000.0, 10_000_000.0]))
    def the_clock_jumps(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def it_is_killed_and_started(self) -> None:
        self.start()

    @rule(
        ask=st.sampled_from(
            [
                ask
                for ask in RequestKind
                if ask not in {RequestKind.BEGIN, RequestKind.RESTART, RequestKind.FREEZE, RequestKind.UNFREEZE}
            ]
        ),
        dies=st.sampled_from(["", "", "before", "after"]),
        stale=st.booleans(),
    )
    def an_operator_asks(self, *, ask: RequestKind, dies: str, stale: bool) -> None:
        self.now += 0.001  # no person asks for the same twice in one instant
        judgement = (
            self.loop_state.analysis.judgement
            if self.loop_state.analysis.epoch == rollout_status(self.ledger).epoch
            else None
        )
        revision = rollout_status(self.ledger).revision
        self.flags.dies = dies
        request = Request(
            ask, "ann", REASON, self.now, verdict=judgement.verdict if judgement else None,
            expected_revision=revision - 1 if stale else revision,
        )  # fmt: skip
        try:
            answer = self.controller.request(request)
        except Killed:
            self.start()
        else:
            self.flags.dies = ""
            assert not stale or not hasattr(answer, "hash")
        if ask is RequestKind.ROLLBACK and not stale:
            assert rollout_status(self.ledger).state is State.ROLLED_BACK

    @rule()
    def an_operator_orders_a_rollback(self) -> None:
        give(OrderKind.ROLLBACK, self.path, actor="ann", reason=REASON)

    @rule()
    def an_operator_freezes(self) -> None:
        give(OrderKind.FREEZE, self.path, actor="ann", reason=REASON)

    @rule()
    def an_operator_unfreezes(self) -> None:
        lift(OrderKind.FREEZE, self.path)

    @rule(percent=st.sampled_from([0, 5, 50, 100]))
    def an_operator_edits_the_flag(self, percent: int) -> None:
        self.flags.write_exposure(percent)

    @rule()
    def an_operator_breaks_the_flags(self) -> None:
        self.flags.path.write_text('{"version": 2, "features": [')

    @rule(part=st.sampled_from(MonitorRole))
    def a_monitor_gets_a_new_version(self, part: MonitorRole) -> None:
        self.hosts[part].version += 1

    @rule(well=st.booleans())
    def the_incumbent_is_ill_or_well(self, *, well: bool) -> None:
        self.hosts[MonitorRole.INCUMBENT].well = well

    @property
    def is_frozen(self) -> bool:
        return ordered(OrderKind.FREEZE, self.path) is not None

    @invariant()
    def the_trail_is_whole_and_says_nothing_that_was_not_proven(self) -> None:
        self.entered()
        assert not breaks(self.ledger), breaks(self.ledger)

    @invariant()
    def nothing_is_exposed_beyond_what_the_ledger_wants(self) -> None:
        now = rollout_status(self.ledger)
        assert now.exposure_percent == PLAN.of_stage(now.stage).exposure_percent
        if now.state is State.ROLLED_BACK:
            assert (now.stage, now.exposure_percent) == (Stage.SHADOW, 0)


RealRollouts.TestCase.settings = settings(max_examples=25, stateful_step_count=30)
TestRealRollouts = RealRollouts.TestCase
