"""Makes deliveries beside the cycle, one queue a pane, so that a slow pane holds up no cycle and no other pane.

Before keys are sent the ledger says `claimed`, afterwards the result. A row that is claimed at a start was in progress
when the harness ended: a destructive action asks a person, a notice is looked for by its token.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from rollout.loop.acting.chasing import Chaser
from rollout.loop.acting.deliveries import Delivery, message
from rollout.loop.acting.delivery_ports import ActuatorPort, DeliveryLog, Guards
from rollout.loop.acting.destructive import DestructiveActions
from rollout.loop.acting.keyed_executor import KeyedExecutor
from rollout.loop.acting.surviving import LedgerWrites, Survivor
from rollout.store.ledger import DeliveryStatus
from tmuxio.acting.actuator import TokenPlace
from tmuxio.acting.composer import ComposerReader, read_prompt
from understudy.failures import SourceFailed
from understudy.intents import DESTRUCTIVE
from understudy.ports import Clock

ONCE_MORE: Final = "its token was seen nowhere: it is typed again"
_BROKEN_OFF: Final = "it failed while it was done: it may have been done, look at the pane before you approve it"
_MAYBE: Final = "the harness ended during the action: it may have been done, look at the pane before you approve it"


class DeliveryWorker:
    """Makes deliveries, each pane's in their order. `submit` and `recover` return at once."""

    def __init__(
        self,
        log: DeliveryLog,
        actuator: ActuatorPort,
        guards: Guards,
        clock: Clock,
        *,
        frozen: Callable[[], str] = lambda: "",
        spawn_command: str | None = None,
        patience_s: float = 120.0,
        stale_s: float = 300.0,
        boot_s: float = 90.0,
        poll_s: float = 1.0,
        composer: ComposerReader = read_prompt,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take its parts. `frozen` says why nothing may be delivered at all; "" if it may.

        `patience_s` limits the search for a token, `boot_s` the start of a new manager;
        a delivery that an earlier run requested more than `stale_s` ago is not made. `composer` reads the text in an
        agent's composer; `elapsed` is the clock by which waits end, which nothing sets.
        """
        self._log = log
        self._actuator = actuator
        self._guards = guards
        self._clock = clock
        self._frozen = frozen
        self._patience_s = patience_s
        self._stale_s = stale_s
        self._poll_s = poll_s
        self._executor = KeyedExecutor()
        self._queued: set[str] = set()
        self._persist = LedgerWrites(self._executor.closing, poll_s)
        self._survive = Survivor(self._executor.closing, poll_s)
        self._chaser = Chaser(actuator, guards, composer, self, lambda: self._patience_s, elapsed)
        self._destroyer = DestructiveActions(
            actuator, guards, composer, self._line_of, self._wait, elapsed, spawn_command=spawn_command, boot_s=boot_s
        )

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        """Queue deliveries whose rows stand in the ledger as `wanted`; call it in every cycle, also without any."""
        for delivery in deliveries:
            self._queue(delivery, partial(self._deliver, delivery))
        self._executor.revive()

    def resume(self) -> None:
        """Queue what stands in the ledger as `wanted` and is not queued, after a cycle that failed."""
        rows = [row for row in self._log.deliveries(DeliveryStatus.WANTED) if row.id not in self._queued]
        self.submit([Delivery.model_validate_json(row.body) for row in rows])

    def recover(self) -> None:
        """Take up what an earlier run left: call it once, before the first `submit`.

        A row that was not claimed and is destructive or old has to be requested anew: the monitors have not
        reported since.
        """
        now = self._clock.now()
        for row in self._log.deliveries(DeliveryStatus.CLAIMED):
            delivery, since = Delivery.model_validate_json(row.body), row.claimed_at or row.wanted_at
            if delivery.kind in DESTRUCTIVE:
                self._queue(delivery, partial(self.finish, delivery, DeliveryStatus.ESCALATED, why=_MAYBE))
            else:
                age_s = max(0.0, now - since)
                again = row.why == ONCE_MORE or age_s > self._stale_s
                line = message(delivery, since)
                self._queue(delivery, partial(self._chase, delivery, line, age_s=age_s, again=again))
        for row in self._log.deliveries(DeliveryStatus.WANTED):
            delivery = Delivery.model_validate_json(row.body)
            stale = delivery.kind in DESTRUCTIVE or now - row.wanted_at > self._stale_s
            self._queue(delivery, partial(self._drop if stale else self._deliver, delivery))

    def idle(self) -> bool:
        """Whether nothing is queued or in progress."""
        return self._executor.idle()

    def close(self, wait_s: float = 10.0) -> None:
        """Finish claimed deliveries; queued ones stay `wanted`, for the next start."""
        self._executor.close(wait_s)

    def _queue(self, delivery: Delivery, job: Callable[[], None]) -> None:
        give_up, take_up = partial(self._give_up, delivery), partial(self._take_up, delivery)
        key = delivery.target or f"session {delivery.session}"
        self._queued.add(delivery.id)

        def run() -> None:
            try:
                self._survive(job, take_up, give_up, delivery.id)
            finally:
                self._queued.discard(delivery.id)

        self._executor.put(key, run)

    def _take_up(self, delivery: Delivery) -> None:
        """Continue a delivery that failed halfway, from the state in its row."""
        claimed = {row.id: row.claimed_at or row.wanted_at for row in self._log.deliveries(DeliveryStatus.CLAIMED)}
        if delivery.id not in claimed:
            self._deliver(delivery)  # which does nothing unless the row is still wanted
        elif delivery.kind in DESTRUCTIVE:
            self.finish(delivery, DeliveryStatus.ESCALATED, why=_BROKEN_OFF)
        else:
            since = claimed[delivery.id]
            age_s = max(0.0, self._clock.now() - since)
            self._chase(delivery, message(delivery, since), age_s=age_s, again=True)

    def _give_up(self, delivery: Delivery, why: str) -> None:
        self.finish(
            delivery, DeliveryStatus.ESCALATED if delivery.kind in DESTRUCTIVE else DeliveryStatus.REFUSED, why=why
        )

    def _wait(self) -> bool:
        """Wait a moment; True where the harness is about to end."""
        return self._executor.closing.wait(self._poll_s)

    def _drop(self, delivery: Delivery) -> None:
        """Refuse the deliveries of an earlier run: a monitor that still wants one requests it again."""
        if self._persist(lambda: self._log.claim(delivery.id, self._clock.now())):
            self.finish(delivery, DeliveryStatus.REFUSED, why="the harness was started anew before it was done")

    def _deliver(self, delivery: Delivery) -> None:
        """Claim, then deliver; after any failure the row still says that it was claimed."""
        began = self._clock.now()
        if not self._persist(lambda: self._log.claim(delivery.id, began)):
            return
        try:
            self._deliver_keys(delivery, began)
        except Exception as error:  # noqa: BLE001 - a worker that dies of one delivery would lose every later one
            why = f"{type(error).__name__}: {error}"
            if delivery.kind in DESTRUCTIVE:
                self.finish(delivery, DeliveryStatus.ESCALATED, why=why)
            else:
                self._chase(delivery, message(delivery, began), again=True, why=why)  # it may have been typed

    def _deliver_keys(self, delivery: Delivery, began: float) -> None:
        """Check once more that it is allowed, and do it."""
        if why := self._frozen():
            self.finish(delivery, DeliveryStatus.REFUSED, why=why)
        elif not delivery.valid(self._clock.now()):
            self.finish(delivery, DeliveryStatus.REFUSED, why="it is not valid any more")
        elif delivery.kind in {"notify_manager", "submit_draft"} and (why := self._chaser.hindrance(delivery)):
            self.finish(delivery, DeliveryStatus.REFUSED, why=why)
        elif delivery.kind == "notify_manager":
            self._notify(delivery, began)
        else:
            self._destroy(delivery)

    def _notify(self, delivery: Delivery, began: float) -> None:
        if delivery.target is None or delivery.target_pid is None:
            self.finish(delivery, DeliveryStatus.REFUSED, why=f"the process of pane {delivery.target} is unknown")
            return
        text = message(delivery, began)
        told = self._actuator.type_line(delivery.target, delivery.target_pid, text, guard=self._guards.of(delivery))
        if told.done:
            self.finish(delivery, DeliveryStatus.DONE)
        elif told.certain and not told.typed and self._is_nowhere(delivery):
            self.finish(delivery, DeliveryStatus.REFUSED, why=told.why)
        else:
            self._chase(delivery, text, again=True, why=told.why)  # typed and not sent, or unknown

    def _is_nowhere(self, delivery: Delivery) -> bool:
        try:
            place = self._actuator.find_token(delivery.target or "", delivery.target_pid or 0, delivery.token)
        except SourceFailed:
            return False
        return place in {TokenPlace.NOWHERE, TokenPlace.WAITING}  # it was not typed: others' keys are not waited for

    def _chase(self, delivery: Delivery, line: str, *, age_s: float = 0.0, again: bool, why: str = "") -> None:
        """Look for a message that may have been typed; beside its pane's queue where that takes longer."""
        chase = self._chaser.begin(delivery, line, age_s=age_s, again=again, why=why)
        if not self._chaser.step(chase):
            self._executor.put(f"chase {delivery.id}", partial(self._chaser.follow, chase, self._wait))

    def once_more(self, delivery: Delivery) -> None:
        """Deliver anew what was seen nowhere."""
        now = self._clock.now()
        if self._persist(lambda: self._log.finish(delivery.id, DeliveryStatus.WANTED, now, done=False, why=ONCE_MORE)):
            self._queue(delivery, partial(self._deliver, delivery))

    def _line_of(self, token: str) -> str | None:
        """The line of a notice that carries a token, as it was typed; None where none is known."""
        for row in reversed(self._log.deliveries()):
            if row.kind == "notify_manager" and row.claimed_at is not None and row.id.startswith(token[1:-1]):
                return message(Delivery.model_validate_json(row.body), row.claimed_at)
        return None

    def _destroy(self, delivery: Delivery) -> None:
        made = self._destroyer.make(delivery)
        status = (
            DeliveryStatus.DONE if made.done else DeliveryStatus.REFUSED if made.certain else DeliveryStatus.ESCALATED
        )
        self.finish(delivery, status, why=made.why)

    def finish(self, delivery: Delivery, status: DeliveryStatus, why: str = "") -> None:
        """Record the result of a delivery in the ledger."""
        now = self._clock.now()
        self._persist(lambda: self._log.finish(delivery.id, status, now, done=status is DeliveryStatus.DONE, why=why))
