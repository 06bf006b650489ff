"""What delivery needs of others: the ledger's rows, the hands, and a guard for each touch."""

from collections.abc import Sequence
from typing import Protocol

from rollout.loop.acting.touch import Touch
from rollout.store.ledger import DeliveryRow
from tmuxio.touching.hands import Guard, Place
from tmuxio.touching.hands import Touch as Touched
from understudy.intents import Key


class DeliveryLog(Protocol):
    """The rows of deliveries in the ledger."""

    def claim(self, delivery_id: str, at: float) -> bool:
        """Take a wanted row in hand, durably; False where nobody wants it any more."""
        ...

    def finish(self, delivery_id: str, status: str, at: float, *, done: bool, why: str) -> bool:
        """Say what became of a claimed row."""
        ...

    def deliveries(self, status: str | None = None) -> Sequence[DeliveryRow]:
        """The rows of a status, oldest first."""
        ...


class HandsPort(Protocol):
    """What delivery needs of the hands."""

    def type_line(self, pane: str, pid: int, text: str, *, guard: Guard | None = None) -> Touched:
        """Type a line and send it."""
        ...

    def press(self, pane: str, pid: int, keys: Sequence[Key], *, guard: Guard | None = None) -> Touched:
        """Press named keys."""
        ...

    def withdraw(self, pane: str, pid: int, text: str, *, guard: Guard | None = None) -> Touched:
        """Take a typed line out of a composer again."""
        ...

    def kill_window(self, pane: str, pid: int, *, guard: Guard | None = None) -> Touched:
        """Kill a pane, and its window where it is the only one in it."""
        ...

    def spawn(self, session: str, index: int | None, name: str, command: str) -> Touched:
        """Open a window and start a command in it."""
        ...

    def find_token(self, pane: str, pid: int, token: str) -> Place:
        """Look for a message's token."""
        ...


class Guards(Protocol):
    """Makes the guard of each touch."""

    def of(self, touch: Touch) -> Guard:
        """The guard of one touch."""
        ...

    def for_briefing(self) -> Guard:
        """The guard of a new manager's first message."""
        ...
