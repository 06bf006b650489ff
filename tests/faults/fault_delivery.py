"""A ledger and a delivery over the actuator of a fault's server, and the touches that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fault_stage import actuator, dialog_guard, until

from rollout.loop.acting.composer_reading import read_composer
from rollout.loop.acting.deliveries import Delivery, Item
from rollout.loop.acting.delivery_worker import DeliveryWorker
from rollout.store.ledger import DeliveryRow, Ledger
from understudy import SystemClock
from understudy.intents import Intent, Notice, NotifyManager, SubmitDraft

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fault_stage import FaultAgent
    from private_tmux import TmuxServer

    from tmuxio.acting.actuator import Veto
    from understudy.screens import Frame, PaneShot


@dataclass
class Guarded:
    """The guards of all touches: a monitor that knows the agent's dialog."""

    deliveries: Deliveries

    def of(self, _touch: Delivery) -> Any:
        def guard(shot: PaneShot, frame: Frame) -> Veto | None:
            self.deliveries.while_judging()
            return dialog_guard(shot, frame)

        return guard

    def for_briefing(self) -> Any:
        return dialog_guard


@dataclass
class Deliveries:
    """What a test delivers, and what became of it."""

    server: TmuxServer
    folder: Path

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.made = 0
        self.while_judging: Callable[[], None] = lambda: None
        self.open()

    def open(self, arrival_s: float = 0.5, **more: Any) -> DeliveryWorker:
        touching = actuator(self.server, arrival_s=arrival_s)
        waits = {"patience_s": 60.0, "poll_s": 0.05, "composer": read_composer} | more
        self.delivery = DeliveryWorker(self.ledger, touching, Guarded(self), SystemClock(), **waits)
        return self.delivery

    def close(self) -> None:
        self.delivery.close()
        self.ledger.close()

    def notice(self, to: FaultAgent, text: str = "dev is idle") -> Delivery:
        intent = NotifyManager(about=Notice.IDLE, text=text, **self._about(to))
        return self._touch(intent, to)

    def draft(self, of: FaultAgent) -> Delivery:
        return self._touch(SubmitDraft(**self._about(of)), of)

    def submit(self, touch: Delivery) -> None:
        with self.ledger.transaction() as tx:
            body = touch.model_dump_json()
            tx.request_deliveries(
                [DeliveryRow(touch.id, "e-1", touch.kind, touch.target, "wanted", touch.wanted_at, body)]
            )
        self.delivery.submit([touch])

    def row(self, touch: Delivery) -> DeliveryRow:
        row = self.ledger.delivery(touch.id)
        assert row is not None
        return row

    def ended(self, touch: Delivery, within_s: float = 10.0) -> DeliveryRow:
        """Wait for the end of a delivery."""
        ends = {"done", "refused", "escalated"}
        assert until(lambda: self.row(touch).status in ends, within_s), self.row(touch)
        return self.row(touch)

    def _touch(self, intent: Intent, to: FaultAgent) -> Delivery:
        self.made += 1
        item = Item(key="k", episode="e-1", ordinal=1, intent=intent)
        return Delivery(
            id=f"u-{self.made * 7919 % 65536:04x}{self.made:08x}",
            kind=intent.kind,
            session="team",
            target=to.pane,
            target_pid=to.pid,
            items=(item,),
            role="incumbent",
            wanted_at=SystemClock().now(),
        )

    @staticmethod
    def _about(agent: FaultAgent) -> dict[str, Any]:
        at = SystemClock().now()
        about = {"pane": agent.pane, "pid": agent.pid, "target": agent.pane, "session": "team"}
        return about | {"reason": "a test", "at": at}
