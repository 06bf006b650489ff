"""Monitors that see the same and request different things: whether they tell the manager is all that differs."""

from collections.abc import Sequence
from typing import Final

from eager import Eager

from understudy import (
    AgentRole,
    AgentState,
    AgentVerdict,
    Clock,
    CycleReport,
    Notice,
    NotifyManager,
    Outcome,
    Scope,
    ScreenSource,
    Why,
)

PHASE_S: Final = 0.4
GO: Final = "go"
"""The window with which the newcomer begins to tell."""


class Quiet(Eager):
    """Reports who rests by the clock, as both monitors of a test do, and tells nothing."""

    name = "quiet"

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        at = cycle.partition("T")[2]
        self.cycles = int(float(at[4:]) / PHASE_S) if at else 0  # the same on a tape and right after it
        report = super().cycle(cycle, source, clock, scope, outcomes)
        return report.model_copy(update={"intents": self.told(report)})

    def told(self, report: CycleReport) -> tuple[NotifyManager, ...]:
        del report
        return ()


class Newcomer(Quiet):
    """Tells of the resting `idle-1` from the moment on in which the window `GO` is there."""

    name = "newcomer"

    def told(self, report: CycleReport) -> tuple[NotifyManager, ...]:
        windows = {pane: verdict.window for pane, verdict in report.verdicts.items()}
        if GO not in windows.values():
            return ()
        notices = (intent for intent in report.intents if isinstance(intent, NotifyManager))
        return tuple(intent for intent in notices if windows.get(intent.pane or "") == "idle-1")


class Teller:
    """Reads `ASK` or `WORK` off the windows `ask`, and tells the manager of each agent that asks."""

    name, version = "teller", "1"
    says = frozenset({"busy", "waiting_approval"})
    tells = True

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        del outcomes
        (frame,) = source.look()
        managers = {shot.session: shot.pane for shot in frame.panes if shot.window == "pm"}
        verdicts, intents = {}, []
        for shot in frame.panes:
            if scope.sessions is not None and shot.session not in scope.sessions:
                continue
            asks = shot.window == "ask" and shot.text.rstrip().endswith("ASK")
            verdicts[shot.pane] = AgentVerdict(
                pane=shot.pane,
                pid=shot.pid,
                session=shot.session,
                window=shot.window,
                window_index=shot.window_index,
                role=AgentRole.MANAGER if shot.window == "pm" else AgentRole.WORKER,
                agent="claude",
                state=AgentState.WAITING_APPROVAL if asks else AgentState.BUSY,
                since=frame.at,
                why=Why(rule="last-line"),
            )
            if asks and self.tells:
                about = {"pane": shot.pane, "pid": shot.pid, "session": shot.session, "reason": "asks"}
                text = {"about": Notice.APPROVAL, "text": "it asks", "section": "ASKS", "at": clock.now()}
                intents.append(NotifyManager(**about, **text, target=managers[shot.session]))
        return CycleReport(
            cycle=cycle, monitor=self.name, version=self.version, verdicts=verdicts, intents=tuple(intents)
        )

    def memory(self) -> None:
        return None

    def recall(self, memory: object) -> None:
        del memory


class Mute(Teller):
    """Sees who asks, and tells no manager."""

    name = "mute"
    tells = False
