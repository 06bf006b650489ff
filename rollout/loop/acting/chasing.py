"""Chasing: a message that may have been typed is looked for by its token, and sent where it stands alone.

It is never typed again while it may still show. The chase has a thread of its own, so that its pane's other deliveries
go on: what would be typed behind it is refused at once, with the reason, and asked for again later.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from rollout.loop.acting.deliveries import Delivery
from rollout.loop.acting.delivery_ports import ActuatorPort, Guards
from rollout.loop.acting.surviving import TRIES, say_once
from rollout.store.ledger import DeliveryStatus
from tmuxio.acting.actuator import TokenPlace
from tmuxio.acting.composer import ComposerReader
from tmuxio.acting.line_typing import OnlyThisLine
from understudy.failures import SourceFailed
from understudy.intents import Key

SETTLE_S: Final = 10.0
"""A message that was read by its program, and shows nowhere after so long, does not hold back the next one."""
_LOOKS: Final = 3
"""Before a message is typed once more it was nowhere in so many looks: one may find a screen that is being drawn."""
_STANDING: Final = 10
"""A message that stands unsent is waited for so many times longer than one that is nowhere."""


@dataclass(slots=True)
class Chase:
    """One message that is looked for."""

    delivery: Delivery
    line: str
    """As it was typed."""
    since: float
    """When it was typed, or when it last waited unread, on the monotonic clock: its patience counts from here."""
    again: bool
    """Whether it must not be typed once more."""
    why: str = ""
    """Why it is looked for."""
    place: TokenPlace | None = None
    """Where it was seen last; None while nothing is known."""
    gives_up_withdrawing: bool = False
    nowhere: int = 0
    """In how many looks, one after the other, it was nowhere."""
    failures: int = 0
    """Looks, one after the other, that ended in an error of the harness."""

    @property
    def pane(self) -> str:
        """The pane in which it is looked for."""
        return self.delivery.target or ""


class Ends(Protocol):
    """The actions at the end of a chase."""

    def finish(self, delivery: Delivery, status: DeliveryStatus, why: str) -> None:
        """Record its result in the ledger."""
        ...

    def once_more(self, delivery: Delivery) -> None:
        """Type it again: it was seen nowhere, and it is not known that it was ever typed."""
        ...


class Chaser:
    """Looks for messages, each step by step. Safe for threads."""

    def __init__(
        self,
        actuator: ActuatorPort,
        guards: Guards,
        composer: ComposerReader,
        ends: Ends,
        patience_s: Callable[[], float],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take its parts. `patience_s` is for how long a token is looked for; `elapsed` a clock that nothing sets."""
        self._actuator = actuator
        self._guards = guards
        self._composer = composer
        self._ends = ends
        self._patience_s = patience_s
        self._elapsed = elapsed
        self._alone = threading.Lock()
        self._open: dict[str, Chase] = {}
        self._said: set[str] = set()

    def begin(self, delivery: Delivery, line: str, *, age_s: float = 0.0, again: bool, why: str = "") -> Chase:
        """Open a chase for a message that was typed `age_s` seconds ago."""
        chase = Chase(delivery, line, self._elapsed() - age_s, again, why)
        with self._alone:
            self._open[delivery.id] = chase
        return chase

    def hindrance(self, delivery: Delivery) -> str:
        """Say why a delivery would get in the way of a message that is chased in its pane; "" where it would not."""
        with self._alone:
            others = [chase for chase in self._open.values() if chase.pane == delivery.target]
        if delivery.kind == "submit_draft" and others:
            return f"the message {others[0].delivery.token} in it is being sent"
        held = next((chase for chase in others if self._may_still_show(chase)), None)
        return f"the message {held.delivery.token} was typed into it and does not show yet" if held else ""

    def follow(self, chase: Chase, wait: Callable[[], bool]) -> None:
        """Look until it is settled; `wait` waits a moment, and returns True if the harness is about to end."""
        while not wait():  # a chase that is broken off stays claimed, and the next start takes it up
            if self.step(chase):
                return

    def step(self, chase: Chase) -> bool:
        """Look once; True if it is settled. An error of the harness is tried again, a few times, and logged once."""
        try:
            settled = self._step(chase)
        except Exception as error:  # noqa: BLE001 - it would hold back its pane's deliveries for good
            chase.failures += 1
            say_once(self._said, "delivery.failed", error, subject=chase.delivery.id)
            if chase.failures < TRIES:
                return False
            return self._end(chase, DeliveryStatus.REFUSED, f"{type(error).__name__}: {error}")
        chase.failures = 0
        return settled

    def _step(self, chase: Chase) -> bool:
        chase.place = self._place(chase)
        chase.nowhere = chase.nowhere + 1 if chase.place is TokenPlace.NOWHERE else 0
        if chase.place is TokenPlace.ABOVE:
            return self._end(chase, DeliveryStatus.DONE)
        if chase.place is TokenPlace.COMPOSER and (status := self._send(chase)) is not None:
            return self._end(chase, status, chase.why if status is not DeliveryStatus.DONE else "")
        # an unsent message is waited for, and one that was not read yet for as long as it takes
        patience_s = self._patience_s() * (_STANDING if chase.place is TokenPlace.COMPOSER else 1)
        unsettled = chase.place in {None, TokenPlace.WAITING}
        if unsettled:
            chase.since = self._elapsed()  # a program that has just read has not drawn yet
        if unsettled or self._elapsed() < chase.since + patience_s:
            return False
        if chase.again or chase.place is TokenPlace.COMPOSER:
            return self._end(chase, DeliveryStatus.REFUSED, chase.why or "its token was seen nowhere")
        if chase.nowhere < _LOOKS:
            return False
        self._close(chase)
        self._ends.once_more(chase.delivery)
        return True

    def _place(self, chase: Chase) -> TokenPlace | None:
        """Where the message stands; None where the server cannot be seen."""
        try:
            return self._actuator.find_token(chase.pane, chase.delivery.target_pid or 0, chase.delivery.token)
        except SourceFailed:
            return None

    def _send(self, chase: Chase) -> DeliveryStatus | None:
        """Press Enter where it stands alone, else take it away; the status that it ends with, None for none yet."""
        pid = chase.delivery.target_pid or 0
        guard = self._guards.of(chase.delivery)
        only = OnlyThisLine(chase.line, self._composer, guard)
        pressed = self._actuator.press(chase.pane, pid, (Key.ENTER,), guard=only)
        if pressed.done:
            return DeliveryStatus.DONE
        chase.why = f"typed, but not sent: {pressed.why}"
        if not only.mixed or chase.gives_up_withdrawing:
            return None
        withdrawn = self._actuator.withdraw(chase.pane, pid, chase.line, guard=guard)
        chase.gives_up_withdrawing = not withdrawn.certain
        chase.why = f"typed, and withdrawn: {pressed.why}" if withdrawn.done else f"{chase.why}; {withdrawn.why}"
        return DeliveryStatus.REFUSED if withdrawn.done else None

    def _may_still_show(self, chase: Chase) -> bool:
        if chase.place is TokenPlace.WAITING:
            return True
        return chase.place in {None, TokenPlace.NOWHERE} and self._elapsed() < chase.since + SETTLE_S

    def _end(self, chase: Chase, status: DeliveryStatus, why: str = "") -> bool:
        self._ends.finish(chase.delivery, status, why)
        self._close(chase)
        return True

    def _close(self, chase: Chase) -> None:
        with self._alone:
            self._open.pop(chase.delivery.id, None)
