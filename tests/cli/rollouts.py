"""A rollout that has run, written into a ledger without running anything: what the reading verbs read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import Request, RequestKind
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.stage_controller import StageController
from rollout.store.flags import FlagsFile
from rollout.store.ledger import CycleRow, DifferenceRow, Ledger
from rollout.store.state_folder import ServerFolder, StateFolder
from shadow.compare import compare
from understudy import AgentRole, AgentState, AgentVerdict, CycleReport, Notice, NotifyManager, Why

if TYPE_CHECKING:
    from pathlib import Path

    from rollout.judgement.enums import Verdict

THEN = 1_780_000_000.0


def report(part: MonitorRole, states: dict[str, AgentState], *, intent_keys: tuple[str, ...] = ()) -> CycleReport:
    verdicts = {
        pane: AgentVerdict(
            pane=pane,
            pid=100 + number,
            session="team one",
            window=f"Claude-{number}",
            window_index=number,
            role=AgentRole.WORKER,
            agent="claude",
            state=state,
            since=THEN - 60,
            why=Why(rule=f"{part}.rule", lines=(f"what {part} saw in {pane}",)),
        )
        for number, (pane, state) in enumerate(states.items(), start=1)
    }
    intents = tuple(
        NotifyManager(
            pane=pane,
            pid=verdicts[pane].pid,
            target="%1",
            session="team one",
            reason="it stands still",
            at=THEN,
            about=Notice.IDLE,
            text="somebody is idle",
        )
        for pane in intent_keys
    )
    return CycleReport(cycle="c-1", monitor=f"{part}-monitor", version="1.2", verdicts=verdicts, intents=intents)


INCUMBENT = report(MonitorRole.INCUMBENT, {"%1": AgentState.BUSY, "%2": AgentState.IDLE}, intent_keys=("%2",))
CANDIDATE = report(MonitorRole.CANDIDATE, {"%1": AgentState.BUSY, "%2": AgentState.BUSY, "%3": AgentState.CRASHED})


@dataclass(frozen=True)
class Kept:
    """A server's folder with a ledger in it."""

    folder: ServerFolder

    def move(self, ask: RequestKind, *, act: bool = True, verdict: Verdict | None = None) -> None:
        ledger = Ledger(self.folder.ledger)
        answer = self._controller(ledger).request(Request(ask, "ann", f"a test's {ask}", THEN + 10, verdict, act=act))
        ledger.close()
        assert hasattr(answer, "hash"), answer

    def _controller(self, ledger: Ledger) -> StageController:
        return StageController(ledger, FlagsFile(self.folder.flags), DEFAULT_PLAN)

    def begin(self, *, act: bool) -> None:
        ledger = Ledger(self.folder.ledger)
        self._controller(ledger).wake(THEN)
        with ledger.transaction() as tx:
            tx.add_cycle(
                CycleRow("c-1", THEN, "shadow", act, "shadow", 1, 0.5, {"team one": "incumbent"}),
                {
                    part: one.model_dump_json()
                    for part, one in ((MonitorRole.INCUMBENT, INCUMBENT), (MonitorRole.CANDIDATE, CANDIDATE))
                },
            )
            tx.add_differences(
                DifferenceRow("c-1", THEN, 1, one.subject, one.cluster, one.model_dump_json())
                for one in compare(INCUMBENT, CANDIDATE)
            )
        ledger.close()


def kept(state: Path, socket: Path, *, act: bool = True) -> Kept:
    """Make the folder of a server that was watched for one cycle."""
    made = Kept(StateFolder(state).prepare(socket))
    made.begin(act=act)
    return made
