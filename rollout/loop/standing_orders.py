"""Applying standing orders: a cycle of the loop and an operator's command carry them out in one way."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from rollout.judgement.chain import Transition
from rollout.judgement.enums import Stage, State
from rollout.judgement.rollout_status import Refusal, Request, RequestKind, RolloutStatus
from rollout.loop.stage_controller import StageController
from rollout.loop.stage_controller import rollout_status as by_ledger
from rollout.store.ledger import LedgerReader
from rollout.store.orders import Order, OrderKind, OrderNotLifted, lift, unfrozen
from rollout.store.orders import order_in_force as ordered

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OrdersResult:
    """The rollout after its standing orders."""

    rollout_status: RolloutStatus
    frozen: Order | None = None
    """The freeze in force."""
    refused: Refusal | None = None
    """Why an ordered rollback was not carried out; the order stands."""


def carry_out_orders(
    controller: StageController, ledger: LedgerReader, folders: tuple[Path, ...], now: float
) -> OrdersResult:
    """Carry out the orders that stand in `folders`: a rollback, then a freeze or its end.

    A rollback order goes once the rollout is rolled back, and where nothing has begun, so that there is nothing to roll
    back. Where the move is refused it stays, and is tried again.
    """
    refused = _roll_back(controller, ledger, folders, now)
    frozen = ordered(OrderKind.FREEZE, *folders)
    rollout_status = by_ledger(ledger)
    if rollout_status.stage is not Stage.OFF and (frozen is not None) is not rollout_status.frozen:
        ask = RequestKind.FREEZE if frozen else RequestKind.UNFREEZE
        word = frozen or unfrozen(*folders)
        actor = (word.actor if word else "") or "an operator"
        reason = (word.reason if word else "") or f"an operator's {ask}"
        controller.request(Request(ask, actor, reason, now))
        rollout_status = by_ledger(ledger)
    return OrdersResult(rollout_status, frozen, refused)


def drop_early_rollback(folder: Path) -> None:
    """Take away a rollback that was ordered before the first cycle: the rollout begins in shadow in any case."""
    if ordered(OrderKind.ROLLBACK, folder) is not None:
        log.warning("rollback.nothing_begun", folder=str(folder))
        with suppress(OrderNotLifted):
            lift(OrderKind.ROLLBACK, folder)


def _roll_back(
    controller: StageController, ledger: LedgerReader, folders: tuple[Path, ...], now: float
) -> Refusal | None:
    found = ((folder, order) for folder in folders if (order := ordered(OrderKind.ROLLBACK, folder)) is not None)
    for folder, order in found:
        reason = order.reason or "an operator ordered it"
        answer = controller.request(Request(RequestKind.ROLLBACK, order.actor or "an operator", reason, now))
        rollout_status = by_ledger(ledger)
        if rollout_status.state is not State.ROLLED_BACK and rollout_status.stage is not Stage.OFF:
            return None if isinstance(answer, Transition) else answer
        with suppress(OrderNotLifted):  # it was carried out; a `retry` says that it still stands
            lift(OrderKind.ROLLBACK, folder)
    return None
