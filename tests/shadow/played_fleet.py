"""Agents that play a known script, and what is true of them: whom to ask whether hindsight is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollout.faces.demo.actors.looks import LOOKS, title
from rollout.faces.demo.actors.performance import Performance
from rollout.faces.demo.actors.scenes import ActorPart, ActorScene, Cue
from understudy import AgentState, Frame, PaneShot, Tape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T0 = 1_800_000_000.0
SHELL = "Killed\nme@box:~/shop$ \n"
TRUTH = {
    ActorScene.FRESH: AgentState.IDLE,
    ActorScene.IDLE: AgentState.IDLE,
    ActorScene.PLACEHOLDER: AgentState.IDLE,
    ActorScene.TALK: AgentState.IDLE,
    ActorScene.WORKING: AgentState.IDLE,  # its turn is over early where somebody's Enter began it
    ActorScene.SCROLLING: AgentState.IDLE,
    ActorScene.DRAFT: AgentState.UNSUBMITTED_INPUT,
    ActorScene.APPROVAL: AgentState.WAITING_APPROVAL,
    ActorScene.API_ERROR: AgentState.ERROR,
    ActorScene.RATE_LIMIT: AgentState.RATE_LIMITED,
    ActorScene.MANAGING: AgentState.BUSY,
    ActorScene.GONE: AgentState.CRASHED,
}
DAY: tuple[tuple[float, ActorScene], ...] = (
    (70, ActorScene.WORKING),
    (95, ActorScene.IDLE),
    (40, ActorScene.SCROLLING),
    (60, ActorScene.DRAFT),
    (80, ActorScene.WORKING),
    (90, ActorScene.APPROVAL),
    (30, ActorScene.WORKING),
    (60, ActorScene.TALK),
    (50, ActorScene.GONE),
    (45, ActorScene.FRESH),
    (65, ActorScene.WORKING),
    (70, ActorScene.API_ERROR),
    (55, ActorScene.RATE_LIMIT),
    (75, ActorScene.PLACEHOLDER),
)
"""What everybody plays, each from another place on, at another pace."""


class Agent:
    """One pane; keys are typed into it as people and managers do, now and then."""

    def __init__(self, number: int, *, cli: str | None = None) -> None:
        self.pane, self.number = f"%{number}", number
        self.cli = cli or ("claude", "codex")[number % 2]
        turn = number % len(DAY)
        cues = tuple(Cue(seconds, scene) for seconds, scene in (*DAY[turn:], *DAY[:turn]))
        self._plays = Performance(ActorPart(self.cli, cues, 0.4), number, T0)
        self._answers = number % 3 == 0

    def live(self, now: float) -> None:
        """Let time pass; every third agent has somebody who answers its dialogs and sends its drafts."""
        self._plays.advance(now)
        scene, due = self._plays.scene, int(now + self.number) % 30 == 0
        if self._answers and due and scene is ActorScene.APPROVAL:
            self._plays.type("1", now)
        elif self._answers and due and scene is ActorScene.DRAFT and self._plays.composer:
            self._plays.type("\r", now)
        elif self.number % 5 == 0 and due and scene is ActorScene.IDLE:
            self._plays.type("and now the changelog\r", now)

    def truth(self, now: float) -> AgentState:
        """What it is doing, as its script has it."""
        view = self._plays.view(now)
        if view.busy:
            return AgentState.BUSY
        if view.scene in {ActorScene.DRAFT, ActorScene.IDLE}:
            return AgentState.UNSUBMITTED_INPUT if view.composer else AgentState.IDLE
        return TRUTH[view.scene]

    def shot(self, now: float) -> PaneShot:
        """What a camera sees of it."""
        view = self._plays.view(now)
        gone = view.scene is ActorScene.GONE
        return PaneShot(
            pane=self.pane,
            pid=1000 + self.number,
            session=f"team-{self.number % 5}",
            session_id=f"${self.number % 5}",
            session_created=1,
            window_id=f"@{self.number}",
            window_index=self.number,
            window=f"claude-{self.number}",
            title="" if gone else title(self.cli, view),
            processes=("bash",) if gone else ("bash", self.cli),
            command="bash" if gone else self.cli,
            ansi=SHELL if gone else "\n".join(LOOKS[self.cli](view, 80, 24)) + "\n",
        )


@dataclass(frozen=True)
class Seen:
    """One look at everybody, with what was true in it."""

    tape: Tape
    truths: dict[str, AgentState]


def shoot(fleet: Sequence[Agent], number: int, at: float) -> Tape:
    """Shoot a tape of four frames of everybody."""
    frames = []
    for frame in range(4):
        now = at + frame * 0.3
        for agent in fleet:
            agent.live(now)
        frames.append(Frame(at=now, panes=tuple(agent.shot(now) for agent in fleet)))
    return Tape(id=f"t-{number}", frames=tuple(frames))


def play(agents: int, seconds: float, every_s: float = 10.0) -> Iterator[Seen]:
    """Shoot a tape of everybody every so many seconds."""
    fleet: Sequence[Agent] = [Agent(number) for number in range(1, agents + 1)]
    for number in range(int(seconds / every_s)):
        tape = shoot(fleet, number, T0 + number * every_s)
        yield Seen(tape, {agent.pane: agent.truth(tape.at) for agent in fleet})
