"""Monitors' words made by hand, and a world that plays cycles on a virtual clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rollout.loop.acting.actuator_input import ActuatorInput
from rollout.loop.acting.episode import EpisodeBook, Rules
from rollout.loop.acting.episodes import EpisodeStep, advance
from rollout.loop.acting.handover import hand_over
from rollout.loop.acting.settling import DeliveryEnd, DeliveryEndKind, outcomes, settle
from understudy import (
    AgentRole,
    AgentState,
    AgentVerdict,
    CycleReport,
    KillWindow,
    Notice,
    NotifyManager,
    SubmitDraft,
    Why,
)
from understudy.intents import Escalate, Intent, PauseSession, SpawnManager

if TYPE_CHECKING:
    from rollout.loop.acting.deliveries import Delivery

MANAGER = "%0"
INCUMBENT, CANDIDATE = "incumbent", "candidate"


def _intent_of(pane: str, ordinal: int, **more: object) -> dict[str, object]:
    number = int(pane.removeprefix("%"))
    common = {"pane": pane, "pid": 1000 + number, "session": "team", "reason": "a rule", "ordinal": ordinal, "at": 0.0}
    return common | more


def idle(pane: str = "%1", ordinal: int = 1, **more: object) -> NotifyManager:
    said = {"target": MANAGER, "about": Notice.IDLE, "text": f"{pane} is idle"}
    return NotifyManager.model_validate(_intent_of(pane, ordinal, **(said | more)))


def draft(pane: str = "%1", ordinal: int = 1, **more: object) -> SubmitDraft:
    return SubmitDraft.model_validate(_intent_of(pane, ordinal, **({"target": pane} | more)))


def kill(pane: str = "%1", ordinal: int = 1, **more: object) -> KillWindow:
    return KillWindow.model_validate(_intent_of(pane, ordinal, **({"target": pane} | more)))


def spawn(pane: str = MANAGER, ordinal: int = 1, **more: object) -> SpawnManager:
    return SpawnManager.model_validate(_intent_of(pane, ordinal, **({"target": None} | more)))


def pause(until: float) -> PauseSession:
    return PauseSession.model_validate(_intent_of("%1", 1, target=None, until=until))


def cry(pane: str = "%1") -> Escalate:
    return Escalate.model_validate(_intent_of(pane, 1, target=None, text="who looks after this?"))


def verdict(pane: str, state: AgentState = AgentState.IDLE, session: str = "team") -> AgentVerdict:
    number = int(pane.removeprefix("%"))
    role = AgentRole.MANAGER if pane == MANAGER else AgentRole.WORKER
    return AgentVerdict(
        pane=pane,
        pid=1000 + number,
        session=session,
        window=f"w{number}",
        window_index=number,
        role=role,
        agent="claude",
        state=state,
        since=0.0,
        why=Why(rule="r"),
    )


def report(*intents: Intent, states: dict[str, AgentState] | None = None, **more: object) -> CycleReport:
    verdicts = {f"%{n}": verdict(f"%{n}") for n in range(7)}
    verdicts |= {pane: verdict(pane, state) for pane, state in (states or {}).items()}
    return CycleReport.model_validate(
        {"cycle": "c", "monitor": "m", "version": "1", "verdicts": verdicts, "intents": intents} | more
    )


@dataclass
class World:
    """A book that lives; whatever is wanted is delivered at once unless `actuator` says otherwise."""

    now: float = 1000.0
    owner: str = INCUMBENT
    rules: Rules = field(default_factory=Rules)
    watch_only: str = ""
    can_spawn: bool = True
    actuator: bool = True
    book: EpisodeBook = field(default_factory=EpisodeBook)
    told: list[Delivery] = field(default_factory=list)
    last: EpisodeStep | None = None

    def cycle(
        self,
        incumbent: tuple[Intent, ...] | CycleReport | None = (),
        candidate: tuple[Intent, ...] | CycleReport | None = (),
        *,
        after: float = 1.0,
        approvals: dict[str, str] | None = None,
        given_back: frozenset[str] = frozenset(),
    ) -> tuple[Delivery, ...]:
        """Let time pass and play a cycle; returns what is to be touched."""
        self.now += after
        said = {INCUMBENT: incumbent, CANDIDATE: candidate}
        reports = {
            role: report(*one) if isinstance(one, tuple) else one for role, one in said.items() if one is not None
        }
        inputs = ActuatorInput(
            now=self.now,
            owners={"team": self.owner},
            reports=reports,
            rules=self.rules,
            watch_only=self.watch_only,
            approvals=approvals or {},
            can_spawn=self.can_spawn,
            given_back=given_back,
        )
        self.last = advance(self.book, inputs)
        self.book = EpisodeBook.model_validate_json(self.last.book.model_dump_json())
        assert self.book == self.last.book, "a book is what its JSON says"
        self.told += self.last.deliveries
        if self.actuator:
            self.end(*self.last.deliveries)
        return self.last.deliveries

    def end(self, *deliveries: Delivery, kind: DeliveryEndKind = DeliveryEndKind.DONE, why: str = "") -> None:
        self.book = settle(
            self.book, [DeliveryEnd(delivery.id, kind, self.now, why) for delivery in deliveries], self.rules
        )

    def change_stage(self, owner: str) -> None:
        self.owner = owner
        self.book = hand_over(self.book)

    def result(self, role: str, number: int = 0) -> tuple[str, bool]:
        outcome = outcomes(self.book, role)[number]
        return outcome.result.value, outcome.done

    def with_rules(self, **fields: object) -> World:
        self.rules = replace(self.rules, **fields)
        return self
