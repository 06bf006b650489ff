"""The guard: asks the monitors to judge the very frame on which a pane is about to be touched.

Each is asked as for a cycle on a tape of that one frame, and what it remembers afterwards is dropped.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from time import monotonic
from typing import Final, Protocol

from pydantic import JsonValue

from rollout.loop.acting.deliveries import Delivery
from rollout.loop.hosting.host import EncodedSight, HostAnswer, HostRequest
from tmuxio.acting.actuator import Guard, Veto
from understudy.screens import Frame, PaneShot, Tape
from understudy.tapes import pack
from understudy.verdicts import AgentState
from understudy.wire import Introduction, OnTape

_APPROVAL: Final = AgentState.WAITING_APPROVAL


class Judge(Protocol):
    """What the guard needs of a monitor's host."""

    @property
    def introduction(self) -> Introduction | None:
        """Which states it can say."""
        ...

    def request(self, host_request: HostRequest, deadline_s: float | None = None) -> Future[HostAnswer]:
        """Ask for one cycle."""
        ...


class FrameJudge:
    """Makes guards out of monitors' hosts. Safe for threads."""

    def __init__(
        self,
        hosts: Mapping[str, Judge],
        *,
        deadline_s: float = 3.0,
        memory: Callable[[str], JsonValue] = lambda _role: None,
        frozen: Callable[[], str] = lambda: "",
        off: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """Take hosts by role, and what each remembers.

        `frozen` says why nothing may be touched, "" where it may; `off` which roles are switched off, and not asked.
        """
        self._hosts = hosts
        self._deadline_s = deadline_s
        self._memory = memory
        self._frozen = frozen
        self._off = off

    def of(self, delivery: Delivery) -> Guard:
        """The guard of one delivery."""
        match delivery.kind:
            case "submit_draft":
                return self._guard(veto_draft)
            case "kill_window" | "spawn_manager":
                behind = delivery.state_behind
                return self._guard(lambda states, knowing: veto_kill(states, knowing, behind))
        return self._guard(veto_message)

    def for_briefing(self) -> Guard:
        """The guard of a first word to an agent that was just started: it must have come up."""
        return self._guard(veto_briefing)

    def states(self, shot: PaneShot, at: float) -> tuple[dict[str, AgentState], frozenset[str]]:
        """What each monitor that answers in time says of a pane; and who of these knows approval dialogs."""
        tape = Tape(id="guard", frames=(Frame(at=at, panes=(shot,)),))
        sight = EncodedSight.of(OnTape(tape=pack(tape)))
        until = monotonic() + self._deadline_s
        off = self._off()
        asked = {
            role: host.request(HostRequest("guard", sight, self._memory(role)), self._deadline_s)
            for role, host in self._hosts.items()
            if role not in off
        }
        states = {
            role: state for role, future in asked.items() if (state := _said(future, shot.pane, until)) is not None
        }
        return states, frozenset(role for role in states if self._knows_approvals(role))

    def _guard(self, rule: "Rule") -> Guard:
        def guard(shot: PaneShot, frame: Frame) -> Veto | None:
            # asked before, to spare the monitors; and behind, because a freeze counts up to the very key
            why = self._frozen() or rule(*self.states(shot, frame.at)) or self._frozen()
            return Veto(why) if why else None

        return guard

    def _knows_approvals(self, role: str) -> bool:
        introduction = self._hosts[role].introduction
        return introduction is not None and _APPROVAL in introduction.says


Rule = Callable[[Mapping[str, AgentState], frozenset[str]], str]
"""From what each monitor says, and who of them knows approval dialogs, to the reason of a veto; "" for none."""


def veto_message(states: Mapping[str, AgentState], knowing: frozenset[str]) -> str:
    """Speak against typing a message: a dialog, a crash, or nobody who would have seen a dialog.

    A crash that only a monitor sees which does not know dialogs is outvoted by one that does and sees the agent alive:
    the monolith takes one idle screen in eight for a crash, and the actuator have seen the agent's process in front.
    """
    if why := _blocked(states, knowing):
        return why
    inputs = knowing if any(states[role] is not AgentState.CRASHED for role in knowing) else states.keys()
    return _crashed(states, frozenset(inputs))


def veto_draft(states: Mapping[str, AgentState], knowing: frozenset[str]) -> str:
    """Speak against submitting a draft: as for a message, any crash, or nobody who sees a draft any more."""
    if why := _blocked(states, knowing) or _crashed(states, frozenset(states)):
        return why
    return "" if AgentState.UNSUBMITTED_INPUT in states.values() else f"nobody sees a draft there: {_all(states)}"


def veto_kill(states: Mapping[str, AgentState], knowing: frozenset[str], behind: AgentState | None) -> str:
    """Speak against killing: a dialog, an agent at work, or nobody who still sees the state that led to it."""
    if why := _blocked(states, knowing):
        return why
    if AgentState.BUSY in states.values() and behind is not AgentState.BUSY:
        return f"the agent works again: {_all(states)}"
    gone = behind is not None and behind not in states.values()
    return f"nobody sees it {behind} any more: {_all(states)}" if gone else ""


def veto_briefing(states: Mapping[str, AgentState], knowing: frozenset[str]) -> str:
    """Speak against briefing an agent that has not come up yet."""
    up = any(states[role] is AgentState.IDLE for role in knowing)
    return _blocked(states, knowing) or ("" if up else f"it has not come up yet: {_all(states)}")


def _blocked(states: Mapping[str, AgentState], knowing: frozenset[str]) -> str:
    if seen := [role for role, state in states.items() if state is _APPROVAL]:
        return f"an approval dialog is open in it ({', '.join(seen)})"
    return "" if knowing else "no monitor that knows approval dialogs could say what stands in it"


def _crashed(states: Mapping[str, AgentState], inputs: frozenset[str]) -> str:
    seen = sorted(role for role in inputs if states[role] is AgentState.CRASHED)
    return f"the agent in it has crashed ({', '.join(seen)})" if seen else ""


def _all(states: Mapping[str, AgentState]) -> str:
    return ", ".join(f"{role} says {state}" for role, state in sorted(states.items()))


def _said(future: Future[HostAnswer], pane: str, until: float) -> AgentState | None:
    """What a monitor says of the pane; None where it is late, failed, or takes the pane for nobody's."""
    try:
        answer = future.result(max(0.0, until - monotonic()))
    except Late:
        future.cancel()  # it waits behind a look of its own: there is no use in it any more
        return None
    verdict = answer.report.verdicts.get(pane) if answer.report else None
    return verdict.state if verdict else None
