"""Observing: both monitors on one tape, or each owner live; and a live check of the candidate."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from pydantic import JsonValue

from rollout.loop.hosting.host import EncodedSight, HostAnswer, HostRequest, MonitorHost
from rollout.loop.monitor_role import MonitorRole
from tmuxio.reading.reader import Reader
from tmuxio.tapes.recorder import Recorder
from understudy.failures import SourceFailed
from understudy.outcomes import EVERYTHING, Outcome, Scope
from understudy.ports import Clock
from understudy.report import CycleReport
from understudy.screens import Frame, Tape
from understudy.tapes import pack
from understudy.wire import Live, OnTape

ADJACENT_S = 1.2
"""Seconds from a tape to the adjacent one, which tells noise from judgement, if the next cycle is too late for that."""

SOON_S = 2.0
"""A cycle that begins so soon after another is adjacent to it."""
LEAST_S = 10.0
"""Minimum time limit of a candidate that the incumbent's next cycle waits for, unless that cycle is due later."""
PATIENCE_S = 2.0
"""More time for each pane that a monitor looks at by itself: one that samples agent by agent sleeps 0.9 s over each."""


@dataclass(frozen=True, slots=True)
class MonitorMemory:
    """The input of a monitor for a cycle: its memory, and the outcomes of its last intents."""

    memory: JsonValue = None
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """The candidate's own live look right after a tape, and tmux's own share of such a look."""

    cycle: str
    tape: Tape
    on_tape: HostAnswer
    answer: HostAnswer
    after: Frame
    """A second reading of the server, which shows the panes that did not change meanwhile."""
    tmux_s: float
    """Seconds that reading every pane took the harness."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The observation of one cycle. In solo there is no tape, and only owners answered."""

    cycle: str
    answers: Mapping[MonitorRole, HostAnswer]
    before: Mapping[MonitorRole, MonitorMemory]
    tape: Tape | None = None
    live_check: LiveCheck | None = None
    """Of this cycle, or of the one before where the next one follows at once."""
    typed: frozenset[str] = frozenset()
    """Panes into which a person typed since the tape before."""

    @property
    def reports(self) -> dict[MonitorRole, CycleReport]:
        """The reports by role; a monitor that failed has none."""
        return {role: answer.report for role, answer in self.answers.items() if answer.report is not None}


@dataclass(frozen=True, slots=True)
class _PendingLiveCheck:
    """A live check that the candidate has not answered yet."""

    cycle: str
    tape: Tape
    on_tape: HostAnswer
    answer: Future[HostAnswer]


class Observer:
    """Calls the hosts. Between two cycles it keeps only an unfinished live check; losing it is harmless."""

    def __init__(
        self,
        hosts: Mapping[MonitorRole, MonitorHost],
        recorder: Recorder,
        reader: Reader,
        clock: Clock,
        *,
        gap_s: float = 0.3,
        deadline_s: float = 30.0,
    ) -> None:
        self._hosts = hosts
        self._recorder = recorder
        self._reader = reader
        self._clock = clock
        self._gap_s = gap_s
        self._deadline_s = deadline_s
        self._pending_live_check: _PendingLiveCheck | None = None
        self._watched_at = clock.now()
        """When the last tape ended; keys that were pressed before the first one are attributed to no monitor."""

    @property
    def _socket(self) -> Path:
        return self._reader.address.socket_path

    def shadow(
        self, cycle: str, monitor_memories: Mapping[MonitorRole, MonitorMemory], next_in_s: float
    ) -> Observation:
        """Record one tape and show it to both monitors; raises `SourceFailed` if there is nothing to record.

        Where the next cycle follows at once (`next_in_s`), the candidate's live check runs beside it and comes with it.
        """
        tape = self._recorder.shoot(gap_s=self._gap_s)
        typed, self._watched_at = self._reader.typed(self._watched_at), tape.at
        before = self._finished_live_check()
        sight = EncodedSight.of(OnTape(tape=pack(tape)))
        # a candidate that hangs may not keep the incumbent from its next cycle
        deadlines = {MonitorRole.CANDIDATE: min(self._deadline_s, max(LEAST_S, next_in_s))}
        asked = {
            role: host.request(
                HostRequest(cycle, sight, monitor_memories[role].memory, EVERYTHING, monitor_memories[role].outcomes),
                deadlines.get(role, self._deadline_s),
            )
            for role, host in self._hosts.items()
        }
        answers = {role: future.result() for role, future in asked.items()}
        self._pending_live_check = self._begin_live_check(
            cycle, monitor_memories[MonitorRole.CANDIDATE], tape, answers[MonitorRole.CANDIDATE], next_in_s
        )
        live_check = before if next_in_s <= SOON_S else self._finished_live_check()
        return Observation(cycle, answers, monitor_memories, tape, live_check, typed)

    def solo(
        self,
        cycle: str,
        monitor_memories: Mapping[MonitorRole, MonitorMemory],
        scopes: Mapping[MonitorRole, Scope],
        panes: int,
    ) -> Observation:
        """Let each owner look for itself. `scopes` holds by role its sessions, and since when they are its own."""
        sight = EncodedSight.of(Live(socket_path=str(self._socket)), panes)
        asked = {
            role: self._hosts[role].request(
                HostRequest(
                    cycle,
                    sight,
                    monitor_memories[role].memory,
                    scope,
                    monitor_memories[role].outcomes,
                ),
                self._deadline_s + PATIENCE_S * panes,
            )
            for role, scope in scopes.items()
            if scope.sessions
        }
        return Observation(cycle, {role: future.result() for role, future in asked.items()}, monitor_memories)

    def once_more(self, observation: Observation) -> HostAnswer:
        """Show the incumbent the adjacent tape, with its memory from before this one."""
        self._clock.sleep(ADJACENT_S)
        return self.on_adjacent(observation, self._recorder.shoot(gap_s=self._gap_s))

    def on_adjacent(self, observation: Observation, adjacent: Tape) -> HostAnswer:
        """Show the incumbent a tape recorded soon after another, with its memory from before that one."""
        monitor_memory = observation.before[MonitorRole.INCUMBENT]
        sight = EncodedSight.of(OnTape(tape=pack(adjacent)))
        return self._hosts[MonitorRole.INCUMBENT].look(
            HostRequest(observation.cycle, sight, monitor_memory.memory, EVERYTHING, monitor_memory.outcomes)
        )

    def _begin_live_check(
        self, cycle: str, monitor_memory: MonitorMemory, tape: Tape, on_tape: HostAnswer, next_in_s: float
    ) -> _PendingLiveCheck:
        panes = len(tape.frames[-1].panes)
        deadline_s = min(self._deadline_s, max(LEAST_S, next_in_s, PATIENCE_S * panes))
        sight = EncodedSight.of(Live(socket_path=str(self._socket)), panes)
        ask = HostRequest(cycle, sight, monitor_memory.memory, EVERYTHING, monitor_memory.outcomes)
        answer = self._hosts[MonitorRole.CANDIDATE].request(ask, deadline_s)
        return _PendingLiveCheck(cycle, tape, on_tape, answer)

    def _finished_live_check(self) -> LiveCheck | None:
        """End the live check that was begun, if one was."""
        pending_live_check, self._pending_live_check = self._pending_live_check, None
        if pending_live_check is None:
            return None
        answer = pending_live_check.answer.result()
        began = monotonic()
        try:
            after = self._reader.frame()
        except SourceFailed:  # it ended after the tape: the tape still counts
            return None
        return LiveCheck(
            pending_live_check.cycle,
            pending_live_check.tape,
            pending_live_check.on_tape,
            answer,
            after,
            monotonic() - began,
        )
