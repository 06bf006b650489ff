"""Delivery: makes touches beside the cycle, one queue a pane, so that a slow pane holds up no cycle and no other pane.

Before a pane is touched the ledger says `claimed`, afterwards what became of it. A row that is found claimed at a start
had a hand on it when the harness ended: what would destroy asks a person, a notice is looked for by its token.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread
from typing import Final, Protocol

from contract.failures import LookingFailed
from contract.intents import DESTRUCTIVE, Key, SpawnManager, SubmitDraft
from contract.ports import Clock
from rollout.loop.touch import Touch, message
from rollout.store.ledger import DeliveryRow, LedgerUnusable
from tmuxio.hands import Guard, Place
from tmuxio.hands import Touch as Touched

ONCE_MORE: Final = "its token was seen nowhere: once more"
_MAYBE: Final = "the harness ended with its hand on it: it may have been done, look at the pane before you approve it"


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

    def kill_window(self, pane: str, pid: int, *, guard: Guard | None = None) -> Touched:
        """Kill the window that holds a pane."""
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
        boot_s: float = 90.0,
        poll_s: float = 1.0,
    ) -> None:
        """Take its parts. `frozen` says why nothing may be touched at all, "" where it may.

        `patience_s` is for how long a token is looked for, `boot_s` for how long a new manager may take to come up.
        """
        self._log = log
        self._hands = hands
        self._guards = guards
        self._clock = clock
        self._frozen = frozen
        self._spawn_command = spawn_command
        self._patience_s = patience_s
        self._boot_s = boot_s
        self._poll_s = poll_s
        self._closing = Event()
        self._alone = Lock()
        self._lanes: dict[str, deque[Callable[[], None]]] = {}
        self._threads: set[Thread] = set()

    def submit(self, touches: Sequence[Touch]) -> None:
        """Queue touches whose rows stand in the ledger as `wanted`."""
        for touch in touches:
            self._queue(touch, lambda touch=touch: self._deliver(touch))  # type: ignore[misc]  # bound at once

    def recover(self) -> None:
        """Take up what an earlier run left: call it once, before the first `submit`."""
        for row in self._log.deliveries("claimed"):
            touch = Touch.model_validate_json(row.body)
            since = row.claimed_at or row.wanted_at
            if touch.kind in DESTRUCTIVE:
                self._queue(touch, lambda touch=touch: self._finish(touch, "escalated", why=_MAYBE))  # type: ignore[misc]
            else:
                again = row.why == ONCE_MORE
                self._queue(touch, lambda touch=touch, since=since, again=again: self._chase(touch, since, again=again))  # type: ignore[misc]
        self.submit([Touch.model_validate_json(row.body) for row in self._log.deliveries("wanted")])

    def idle(self) -> bool:
        """Whether nothing is queued or in hand."""
        with self._alone:
            return not self._threads

    def close(self, wait_s: float = 10.0) -> None:
        """Finish what is in hand; what is only queued stays wanted, for the next start."""
        self._closing.set()
        with self._alone:
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(wait_s)

    def _queue(self, touch: Touch, job: Callable[[], None]) -> None:
        lane = touch.target or f"session {touch.session}"
        with self._alone:
            if (queue := self._lanes.get(lane)) is not None:
                queue.append(job)
                return
            self._lanes[lane] = deque([job])
            thread = Thread(target=self._run, args=(lane,), name=f"delivery-{lane}", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _run(self, lane: str) -> None:
        """Work through a lane until it is empty; its thread ends with it."""
        while True:
            with self._alone:
                queue = self._lanes[lane]
                if not queue or self._closing.is_set():
                    del self._lanes[lane]
                    self._threads = {thread for thread in self._threads if thread.name != f"delivery-{lane}"}
                    return
                job = queue.popleft()
            job()

    def _deliver(self, touch: Touch) -> None:
        """Claim, and touch; whatever goes wrong then, it is known that a hand was on it."""
        began = self._clock.now()
        if not self._persist(lambda: self._log.claim(touch.id, began)):
            return
        try:
            self._touch(touch, began)
        except Exception as error:  # noqa: BLE001 - a lane that dies of one touch would take every later one with it
            why = f"{type(error).__name__}: {error}"
            self._finish(touch, "escalated" if touch.kind in DESTRUCTIVE else "refused", why=why)

    def _touch(self, touch: Touch, began: float) -> None:
        """Look once more whether it may be, and do it."""
        if why := self._frozen():
            self._finish(touch, "refused", why=why)
        elif not touch.valid(self._clock.now()):
            self._finish(touch, "refused", why="it is not valid any more")
        elif touch.kind == "notify_manager":
            self._notify(touch, began)
        else:
            self._destroy(touch)

    def _notify(self, touch: Touch, began: float) -> None:
        if touch.target is None or touch.target_pid is None:
            self._finish(touch, "refused", why=f"nobody knows the process of pane {touch.target}")
            return
        text = message(touch, began)
        told = self._hands.type_line(touch.target, touch.target_pid, text, guard=self._guards.of(touch))
        if told.done:
            self._finish(touch, "done")
        elif told.certain and self._place(touch) is Place.NOWHERE:
            self._finish(touch, "refused", why=told.why)
        else:
            self._chase(touch, began, again=True, why=told.why)  # typed and not sent, or nobody knows

    def _chase(self, touch: Touch, since: float, *, again: bool, why: str = "") -> None:
        """Look for a message that may have been typed: send it where it stands, else type it once more or give up."""
        while True:
            place = self._place(touch)
            if place is Place.ABOVE or (place is Place.COMPOSER and self._sent(touch)):
                self._finish(touch, "done")
                return
            # what stands unsent in a composer is waited for: anything else would be typed behind it
            patience_s = self._patience_s * (10 if place is Place.COMPOSER else 1)
            if place is not None and self._clock.now() >= since + patience_s:
                break
            if self._closing.wait(self._poll_s):
                return  # it stays claimed, and the next start takes it up
        if again or place is Place.COMPOSER:
            self._finish(touch, "refused", why=why or "its token was seen nowhere, twice")
        elif self._persist(lambda: self._log.finish(touch.id, "wanted", self._clock.now(), done=False, why=ONCE_MORE)):
            self._deliver(touch)

    def _place(self, touch: Touch) -> Place | None:
        """Where the message stands; None where the server cannot be seen."""
        try:
            return self._hands.find_token(touch.target or "", touch.target_pid or 0, touch.token)
        except LookingFailed:
            return None

    def _sent(self, touch: Touch) -> bool:
        guard = self._guards.of(touch)
        return self._hands.press(touch.target or "", touch.target_pid or 0, (Key.ENTER,), guard=guard).done

    def _destroy(self, touch: Touch) -> None:
        made = self._made(touch)
        if made.done:
            self._finish(touch, "done", why=made.why)
        else:
            self._finish(touch, "refused" if made.certain else "escalated", why=made.why)

    def _made(self, touch: Touch) -> Touched:
        intent, guard = touch.intent, self._guards.of(touch)
        if isinstance(intent, SpawnManager):
            return self._spawned(touch, intent, guard)
        if touch.target is None or touch.target_pid is None:
            return Touched(done=False, why=f"nobody knows the process of pane {touch.target}")
        if isinstance(intent, SubmitDraft):
            return self._hands.press(touch.target, touch.target_pid, intent.keys, guard=guard)
        return self._hands.kill_window(touch.target, touch.target_pid, guard=guard)

    def _spawned(self, touch: Touch, intent: SpawnManager, guard: Guard) -> Touched:
        """Kill what the new manager replaces, start it, and brief it once it is up."""
        if self._spawn_command is None:
            return Touched(done=False, why="no command is set that starts a manager (spawn_command)")
        if unknown := [pane for pane in intent.kills if pane not in touch.kill_pids]:
            return Touched(done=False, why=f"nobody knows the process of pane {', '.join(unknown)}")
        for pane in intent.kills:
            killed = self._hands.kill_window(pane, touch.kill_pids[pane], guard=guard)
            if not killed.done:
                return killed
        made = self._hands.spawn(intent.session, intent.window_index, intent.window_name, self._spawn_command)
        if not made.done or made.pane is None or made.pid is None or not intent.briefing:
            return made
        return Touched(done=True, why=self._briefed(made.pane, made.pid, f"{touch.token} {intent.briefing}"))

    def _briefed(self, pane: str, pid: int, text: str) -> str:
        """Tell a new manager what it is there for; returns why that could not be done, "" where it was."""
        guard, until = self._guards.for_briefing(), self._clock.now() + self._boot_s
        while True:
            told = self._hands.type_line(pane, pid, text, guard=guard)
            if told.done:
                return ""
            if not told.certain or self._clock.now() >= until or self._closing.wait(self._poll_s):
                return f"it was started, but not briefed: {told.why}"

    def _finish(self, touch: Touch, status: str, *, why: str = "") -> None:
        now = self._clock.now()
        self._persist(lambda: self._log.finish(touch.id, status, now, done=status == "done", why=why))

    def _persist(self, write: Callable[[], bool]) -> bool:
        """Write to the ledger, however long another process locks it: nothing goes on without."""
        while True:
            try:
                return write()
            except LedgerUnusable:
                if self._closing.wait(self._poll_s):
                    return False
