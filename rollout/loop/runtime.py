"""The runtime: everything that a cycle works with, built once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rollout.judgement.plan import Plan
from rollout.loop.acting.deliveries import Delivery
from rollout.loop.acting.episode import Rules
from rollout.loop.hosting.host import MonitorHost
from rollout.loop.kept_memories import KeptMemories
from rollout.loop.loop_state import LoopState
from rollout.loop.monitor_role import MonitorRole
from rollout.loop.observing import Observer
from rollout.loop.routing.router import Router
from rollout.loop.shadowing import ShadowComparer
from rollout.loop.stage_controller import StageController
from rollout.loop.tape_store import TapeStore
from rollout.store.ledger import Ledger
from shadow.expected import ExpectedRegister
from tmuxio.reading.reader import Reader
from understudy.ports import Clock


class DeliveryQueue(Protocol):
    """Makes deliveries beside the cycle."""

    def submit(self, deliveries: tuple[Delivery, ...]) -> None:
        """Queue deliveries that are in the ledger; returns at once."""
        ...

    def resume(self) -> None:
        """Queue the deliveries that are `wanted` in the ledger, after a cycle that failed."""
        ...


@dataclass(frozen=True)
class Runtime:
    """The components of a run."""

    ledger: Ledger
    loop_state: LoopState
    """The state that one cycle hands to the next."""
    controller: StageController
    router: Router
    reader: Reader
    hosts: Mapping[MonitorRole, MonitorHost]
    observer: Observer
    shadowing: ShadowComparer
    delivery: DeliveryQueue
    tapes: TapeStore
    register: ExpectedRegister
    kept_memories: KeptMemories
    clock: Clock
    plan: Plan
    rules: Rules
    act: bool
    can_spawn: bool
    ledger_days: float
    """So long differences and bouts are kept."""
    order_folders: tuple[Path, ...]
    """Where standing orders may lie: the server's folder and the state folder."""
    tmux_pid: int | None = None
    """Of the tmux server that is watched; None where it did not say."""
