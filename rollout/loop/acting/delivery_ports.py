"""The ports of the delivery worker: the ledger's rows, the actuator, and a guard for each delivery."""

from collections.abc import Sequence
from typing import Protocol

from rollout.loop.acting.deliveries import Delivery
from rollout.store.ledger import DeliveryRow, DeliveryStatus
from tmuxio.acting.actuator import ActionResult, Guard, TokenPlace
from understudy.intents import Key


class DeliveryLog(Protocol):
    """The rows of deliveries in the ledger."""

    def claim(self, delivery_id: str, at: float) -> bool:
        """Claim a wanted row, durably; False if no monitor requests it any more."""
        ...

    def finish(self, delivery_id: str, status: DeliveryStatus, at: float, *, done: bool, why: str) -> bool:
        """Record the result of a claimed row."""
        ...

    def deliveries(self, status: DeliveryStatus | None = None) -> Sequence[DeliveryRow]:
        """The rows of a status, oldest first."""
        ...


class ActuatorPort(Protocol):
    """The actuator as the delivery worker uses it."""

    def type_line(self, pane: str, pid: int, text: str, *, guard: Guard | None = None) -> ActionResult:
        """Type a line and send it."""
        ...

    def press(self, pane: str, pid: int, keys: Sequence[Key], *, guard: Guard | None = None) -> ActionResult:
        """Press named keys."""
        ...

    def withdraw(self, pane: str, pid: int, text: str, *, guard: Guard | None = None) -> ActionResult:
        """Take a typed line out of a composer again."""
        ...

    def kill_window(self, pane: str, pid: int, *, guard: Guard | None = None) -> ActionResult:
        """Kill a pane, and its window where it is the only one in it."""
        ...

    def spawn(self, session: str, index: int | None, name: str, command: str) -> ActionResult:
        """Open a window and start a command in it."""
        ...

    def find_token(self, pane: str, pid: int, token: str) -> TokenPlace:
        """Look for a message's token."""
        ...


class Guards(Protocol):
    """Makes the guard of each delivery."""

    def of(self, delivery: Delivery) -> Guard:
        """The guard of one delivery."""
        ...

    def for_briefing(self) -> Guard:
        """The guard of a new manager's first message."""
        ...
