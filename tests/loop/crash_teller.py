"""A monitor that knows one thing: an agent, called by its window, has crashed where a shell is in front."""

from collections.abc import Sequence

from pydantic import JsonValue

from understudy import (
    AgentRole,
    AgentState,
    AgentVerdict,
    Clock,
    CycleReport,
    Outcome,
    Scope,
    ScreenSource,
    Why,
)


class CrashTeller:
    """Says `crashed` or `idle` of every pane."""

    name = "crash-teller"
    version = "1"
    says = frozenset({"idle", "crashed"})

    def cycle(
        self, cycle: str, source: ScreenSource, clock: Clock, scope: Scope, outcomes: Sequence[Outcome]
    ) -> CycleReport:
        del clock, scope, outcomes
        (frame,) = source.look()
        verdicts = {
            shot.pane: AgentVerdict(
                pane=shot.pane,
                pid=shot.pid,
                session=shot.session,
                window=shot.window,
                window_index=shot.window_index,
                role=AgentRole.WORKER,
                agent=shot.window,
                state=AgentState.CRASHED if len(shot.processes) == 1 else AgentState.IDLE,
                since=frame.at,
                why=Why(rule="processes"),
            )
            for shot in frame.panes
        }
        return CycleReport(cycle=cycle, monitor=self.name, version=self.version, verdicts=verdicts)

    def memory(self) -> JsonValue:
        return None

    def recall(self, memory: JsonValue) -> None:
        pass
