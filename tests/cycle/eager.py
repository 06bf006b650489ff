"""A monitor that wants things by the count of its cycles, so that a test knows what must have come of them."""

from collections.abc import Sequence

from pydantic import JsonValue

from understudy import (
    AgentRole,
    AgentState,
    AgentVerdict,
    Clock,
    CycleReport,
    Intent,
    Notice,
    NotifyManager,
    Outcome,
    Scope,
    ScreenSource,
    SubmitDraft,
    Why,
)

PERIOD = 6
"""Cycles of an act: idle, or holding a draft, for half of them, and at work for the other half."""


class Eager:
    """Windows: `pm` is told about the idle ones among `idle-N`; a draft is submitted in `draft-N`."""

    name = "eager"
    version = "1"
    says = frozenset({"busy", "idle", "unsubmitted_input", "waiting_approval"})

    def __init__(self) -> None:
        self.cycles = 0

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        del scope, outcomes
        (frame,) = source.look()
        guarding = cycle == "guard"
        verdicts: dict[str, AgentVerdict] = {}
        intents: list[Intent] = []
        manager = next((shot for shot in frame.panes if shot.window == "pm"), None)
        for number, shot in enumerate(frame.panes):
            kind = shot.window.partition("-")[0]
            rests = (self.cycles + number) % PERIOD < PERIOD // 2
            resting = AgentState.UNSUBMITTED_INPUT if kind == "draft" else AgentState.IDLE
            state = resting if (rests or guarding) and kind != "pm" else AgentState.BUSY
            verdicts[shot.pane] = AgentVerdict(
                pane=shot.pane,
                pid=shot.pid,
                session=shot.session,
                window=shot.window,
                window_index=shot.window_index,
                role=AgentRole.MANAGER if kind == "pm" else AgentRole.WORKER,
                agent="claude",
                state=state,
                since=frame.at,
                why=Why(rule=f"count.{state}"),
            )
            about = {"pane": shot.pane, "pid": shot.pid, "session": shot.session, "reason": "count", "at": clock.now()}
            if state is AgentState.IDLE and manager is not None:
                text = f"{shot.window} is idle"
                intents.append(
                    NotifyManager(**about, target=manager.pane, about=Notice.IDLE, text=text, section="IDLE")
                )
            if state is AgentState.UNSUBMITTED_INPUT:
                intents.append(SubmitDraft(**about, target=shot.pane))
        self.cycles += 1
        return CycleReport(
            cycle=cycle, monitor=self.name, version=self.version, verdicts=verdicts, intents=tuple(intents)
        )

    def memory(self) -> JsonValue:
        return self.cycles

    def recall(self, memory: JsonValue) -> None:
        self.cycles = memory if isinstance(memory, int) else 0
