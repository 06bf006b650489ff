"""Delivery: makes touches beside the cycle, one queue a pane, so that a slow pane holds up no cycle and no other pane.

Before a pane is touched the ledger says `claimed`, afterwards what became of it. A row that is found claimed at a start
had a hand on it when the harness ended: what would destroy asks a person, a notice is looked for by its token.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from rollout.loop.acting.chasing import Chaser
from rollout.loop.acting.delivery_ports import DeliveryLog, Guards, HandsPort
from rollout.loop.acting.destroying import Destroyer
from rollout.loop.acting.lanes import Lanes
from rollout.loop.acting.surviving import LedgerWrites, Survivor
from rollout.loop.acting.touch import Touch, message
from tmuxio.touching.composer import ComposerReader, read_prompt
from tmuxio.touching.hands import Place
from understudy.failures import SourceFailed
from understudy.intents import DESTRUCTIVE
from understudy.ports import Clock

ONCE_MORE: Final = "its token was seen nowhere: once more"
_BROKEN_OFF: Final = "it failed while it was done: it may have been done, look at the pane before you approve it"
_MAYBE: Final = "the harness ended with its hand on it: it may have been done, look at the pane before you approve it"


class Delivery:
    """Makes touches, each pane's in their order. `submit` and `recover` return at once."""

    def __init__(
        self,
        log: DeliveryLog,
        hands: HandsPort,
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
        """Take its parts. `frozen` says why nothing may be touched at all, "" where it may.

        `patience_s` is for how long a token is looked for, `boot_s` for how long a new manager may take to come up;
        what an earlier run wanted longer than `stale_s` ago is not made any more. `composer` reads what stands in an
        agent's composer; `elapsed` is the clock by which waits end, which nothing sets.
        """
        self._log = log
        self._hands = hands
        self._guards = guards
        self._clock = clock
        self._frozen = frozen
        self._patience_s = patience_s
        self._stale_s = stale_s
        self._poll_s = poll_s
        self._lanes = Lanes()
        self._queued: set[str] = set()
        self._persist = LedgerWrites(self._lanes.closing, poll_s)
        self._survive = Survivor(self._lanes.closing, poll_s)
        self._chaser = Chaser(hands, guards, composer, self, lambda: self._patience_s, elapsed)
        self._destroyer = Destroyer(
            hands, guards, composer, self._line_of, self._wait, elapsed, spawn_command=spawn_command, boot_s=boot_s
        )

    def submit(self, touches: Sequence[Touch]) -> None:
        """Queue touches whose rows stand in the ledger as `wanted`; call it in every cycle, also without any."""
        for touch in touches:
            self._queue(touch, partial(self._deliver, touch))
        self._lanes.revive()

    def resume(self) -> None:
        """Queue what stands in the ledger as `wanted` and is not queued, after a cycle that failed."""
        rows = [row for row in self._log.deliveries("wanted") if row.id not in self._queued]
        self.submit([Touch.model_validate_json(row.body) for row in rows])

    def recover(self) -> None:
        """Take up what an earlier run left: call it once, before the first `submit`.

        What nobody had in hand yet and would destroy, or is old by now, has to be wanted anew: the monitors have not
        been heard since.
        """
        now = self._clock.now()
        for row in self._log.deliveries("claimed"):
            touch, since = Touch.model_validate_json(row.body), row.claimed_at or row.wanted_at
            if touch.kind in DESTRUCTIVE:
                self._queue(touch, partial(self.finish, touch, "escalated", why=_MAYBE))
            else:
                age_s = max(0.0, now - since)
                again = row.why == ONCE_MORE or age_s > self._stale_s
                line = message(touch, since)
                self._queue(touch, partial(self._chase, touch, line, age_s=age_s, again=again))
        for row in self._log.deliveries("wanted"):
            touch = Touch.model_validate_json(row.body)
            stale = touch.kind in DESTRUCTIVE or now - row.wanted_at > self._stale_s
            self._queue(touch, partial(self._drop if stale else self._deliver, touch))

    def idle(self) -> bool:
        """Whether nothing is queued or in hand."""
        return self._lanes.idle()

    def close(self, wait_s: float = 10.0) -> None:
        """Finish what is in hand; what is only queued stays wanted, for the next start."""
        self._lanes.close(wait_s)

    def _queue(self, touch: Touch, job: Callable[[], None]) -> None:
        give_up, take_up = partial(self._give_up, touch), partial(self._take_up, touch)
        lane = touch.target or f"session {touch.session}"
        self._queued.add(touch.id)

        def run() -> None:
            try:
                self._survive(job, take_up, give_up, touch.id)
            finally:
                self._queued.discard(touch.id)

        self._lanes.put(lane, run)

    def _take_up(self, touch: Touch) -> None:
        """Go on with a touch in whose midst something failed, from where its row says that it is."""
        claimed = {row.id: row.claimed_at or row.wanted_at for row in self._log.deliveries("claimed")}
        if touch.id not in claimed:
            self._deliver(touch)  # which does nothing unless the row is still wanted
        elif touch.kind in DESTRUCTIVE:
            self.finish(touch, "escalated", why=_BROKEN_OFF)
        else:
            since = claimed[touch.id]
            age_s = max(0.0, self._clock.now() - since)
            self._chase(touch, message(touch, since), age_s=age_s, again=True)

    def _give_up(self, touch: Touch, why: str) -> None:
        self.finish(touch, "escalated" if touch.kind in DESTRUCTIVE else "refused", why=why)

    def _wait(self) -> bool:
        """Wait a moment; True where the harness is about to end."""
        return self._lanes.closing.wait(self._poll_s)

    def _drop(self, touch: Touch) -> None:
        """Refuse what an earlier run wanted: who still wants it asks again."""
        if self._persist(lambda: self._log.claim(touch.id, self._clock.now())):
            self.finish(touch, "refused", why="the harness was started anew before it was done")

    def _deliver(self, touch: Touch) -> None:
        """Claim, and touch; whatever goes wrong then, it is known that a hand was on it."""
        began = self._clock.now()
        if not self._persist(lambda: self._log.claim(touch.id, began)):
            return
        try:
            self._touch(touch, began)
        except Exception as error:  # noqa: BLE001 - a lane that dies of one touch would take every later one with it
            why = f"{type(error).__name__}: {error}"
            if touch.kind in DESTRUCTIVE:
                self.finish(touch, "escalated", why=why)
            else:
                self._chase(touch, message(touch, began), again=True, why=why)  # it may have been typed

    def _touch(self, touch: Touch, began: float) -> None:
        """Look once more whether it may be, and do it."""
        if why := self._frozen():
            self.finish(touch, "refused", why=why)
        elif not touch.valid(self._clock.now()):
            self.finish(touch, "refused", why="it is not valid any more")
        elif touch.kind in {"notify_manager", "submit_draft"} and (why := self._chaser.hindrance(touch)):
            self.finish(touch, "refused", why=why)
        elif touch.kind == "notify_manager":
            self._notify(touch, began)
        else:
            self._destroy(touch)

    def _notify(self, touch: Touch, began: float) -> None:
        if touch.target is None or touch.target_pid is None:
            self.finish(touch, "refused", why=f"nobody knows the process of pane {touch.target}")
            return
        text = message(touch, began)
        told = self._hands.type_line(touch.target, touch.target_pid, text, guard=self._guards.of(touch))
        if told.done:
            self.finish(touch, "done")
        elif told.certain and not told.typed and self._is_nowhere(touch):
            self.finish(touch, "refused", why=told.why)
        else:
            self._chase(touch, text, again=True, why=told.why)  # typed and not sent, or nobody knows

    def _is_nowhere(self, touch: Touch) -> bool:
        try:
            place = self._hands.find_token(touch.target or "", touch.target_pid or 0, touch.token)
        except SourceFailed:
            return False
        return place in {Place.NOWHERE, Place.WAITING}  # it was not typed: others' keys are not waited for

    def _chase(self, touch: Touch, line: str, *, age_s: float = 0.0, again: bool, why: str = "") -> None:
        """Look for a message that may have been typed; beside its pane's queue where that takes longer."""
        chase = self._chaser.begin(touch, line, age_s=age_s, again=again, why=why)
        if not self._chaser.step(chase):
            self._lanes.put(f"chase {touch.id}", partial(self._chaser.follow, chase, self._wait))

    def once_more(self, touch: Touch) -> None:
        """Deliver anew what was seen nowhere."""
        now = self._clock.now()
        if self._persist(lambda: self._log.finish(touch.id, "wanted", now, done=False, why=ONCE_MORE)):
            self._queue(touch, partial(self._deliver, touch))

    def _line_of(self, token: str) -> str | None:
        """The line of a notice that carries a token, as it was typed; None where none is known."""
        for row in reversed(self._log.deliveries()):
            if row.kind == "notify_manager" and row.claimed_at is not None and row.id.startswith(token[1:-1]):
                return message(Touch.model_validate_json(row.body), row.claimed_at)
        return None

    def _destroy(self, touch: Touch) -> None:
        made = self._destroyer.make(touch)
        status = "done" if made.done else "refused" if made.certain else "escalated"
        self.finish(touch, status, why=made.why)

    def finish(self, touch: Touch, status: str, why: str = "") -> None:
        """Say in the ledger what became of a delivery."""
        now = self._clock.now()
        self._persist(lambda: self._log.finish(touch.id, status, now, done=status == "done", why=why))
