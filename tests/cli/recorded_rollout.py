"""A server's ledger, into which a situation is written by the product's own records: for tests of what faces show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.evidence import Battery, EvidenceEvent
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import Request, RequestKind
from rollout.loop.judging import add_judgement
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.review import events_of_bouts
from rollout.loop.stage_controller import StageController
from rollout.loop.stage_controller import rollout_status as by_ledger
from rollout.store.flags import FlagsFile
from rollout.store.ledger import BoutRow, CycleRow
from shadow.expected import shipped
from tests.cli.rollouts import CANDIDATE, INCUMBENT

if TYPE_CHECKING:
    from rollout.judgement.plan import Plan
    from rollout.loop.acting.episode import EpisodeBook
    from rollout.loop.analysis import Analysis
    from rollout.store.ledger import Ledger
    from rollout.store.state_folder import ServerFolder
    from shadow.bout import Bout
    from understudy import AgentState

NOW = 1_800_000_000.0
PLAN = DEFAULT_PLAN
REGISTER = shipped()


@dataclass
class Recorded:
    """A server's ledger while a situation is written into it by the product's own records."""

    folder: ServerFolder
    ledger: Ledger
    analysis: Analysis
    book: EpisodeBook
    act: bool = True
    age_s: float = 1.0
    drift: str = ""
    cycle_result: bool = True
    plan: Plan = PLAN

    @property
    def controller(self) -> StageController:
        return StageController(self.ledger, FlagsFile(self.folder.flags), self.plan)

    def move(self, ask: RequestKind, actor: str = "ann", reason: str = "so it was decided", **more: Any) -> None:
        answer = self.controller.request(Request(ask, actor, reason, NOW - 50, **more))
        assert hasattr(answer, "hash"), answer
        self.analysis = self.analysis.model_copy(
            update={"epoch": self.rollout_status.epoch, "since": self.rollout_status.since}
        )

    def to(self, stage: Stage) -> None:
        while self.rollout_status.stage is not stage:
            self.move(RequestKind.PROMOTE)

    @property
    def rollout_status(self) -> Any:
        return by_ledger(self.ledger)

    def knows(self, **more: Any) -> None:
        self.analysis = self.analysis.model_copy(update=more)

    def counts(self, *facts: EvidenceEvent) -> None:
        stage = Stage.SHADOW if self.rollout_status.stage is Stage.OFF else self.rollout_status.stage
        evidence = self.analysis.evidence.restore().fold(facts, Battery.of(self.plan, stage))
        self.knows(evidence=evidence.keep())

    def clean(self, states: tuple[AgentState, ...] = PLAN.required_states, *, rounds: int = 400) -> None:
        """Count a candidate that does everything rightly, with every minimum reached."""
        facts = []
        for number in range(rounds):
            for state in states:
                facts += [
                    EvidenceEvent(Guardrail.WRONG, event=False, at=NOW),
                    EvidenceEvent(Guardrail.WRONG, event=False, stratum=state, whole=False, at=NOW),
                    EvidenceEvent(Guardrail.WORSE, event=False, at=NOW),
                ]
            facts += [
                EvidenceEvent(name, event=False, at=NOW)
                for name in (
                    Guardrail.TOLD,
                    Guardrail.DUTY,
                    Guardrail.LIVE_MISMATCH,
                    Guardrail.FAILURE,
                    Guardrail.CYCLE_TIME,
                )
            ]
            facts += [EvidenceEvent(Guardrail.NOISE, event=False, at=NOW)] if number % 2 else []
        self.counts(*facts)
        panes = frozenset(f"%{n}/{n}" for n in range(50))
        families = frozenset({"claude", "codex", "gemini"})
        covered = {state: {"panes": panes, "families": families} for state in states}
        scoring = self.analysis.scoring.model_validate(
            {"named": 4 * rounds, "panes": panes, "sessions": {str(n) for n in range(20)}, "covered": covered}
        )
        self.knows(scoring=scoring, families=families, watched_s=40 * 86400.0, agents_found=(10, 10))

    def wrong(self, events: int = 60) -> None:
        self.counts(*(EvidenceEvent(Guardrail.WRONG, event=True, at=NOW) for _ in range(events)))

    def differ(self, *bouts: Any) -> None:
        self.analysis, _ = events_of_bouts(self.analysis, bouts, REGISTER)
        epoch = self.rollout_status.epoch
        with self.ledger.transaction() as tx:
            tx.add_bouts(_row(one, epoch) for one in bouts)

    def judge(self) -> None:
        self.analysis = add_judgement(self.analysis, self.rollout_status, self.plan, REGISTER, NOW, self.drift)

    def write(self) -> None:
        rollout_status = self.rollout_status
        loop_state = LoopState(analysis=self.analysis, book=self.book, acted_in=rollout_status.epoch)
        with self.ledger.transaction() as tx:
            loop_state.keep(tx, ())
            tx.keep_document("plan", self.plan.model_dump_json())
            if self.cycle_result:
                reports = {MonitorRole.INCUMBENT: INCUMBENT, MonitorRole.CANDIDATE: CANDIDATE}
                tx.add_cycle(
                    CycleRow(
                        "c-1", NOW - self.age_s, "shadow", self.act, rollout_status.stage, rollout_status.epoch, 0.5, {}
                    ),
                    {part: one.model_dump_json() for part, one in reports.items()},
                )
        self.ledger.close()


def _row(one: Bout, epoch: int) -> BoutRow:
    assert one.difference is not None
    assert one.settled_at is not None
    return BoutRow(one.id, epoch, one.pane or "", one.settled_at, one.difference.cluster, one.model_dump_json())
