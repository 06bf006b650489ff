"""Rows are claimed before a touch and finished after it, whatever happens in between."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from test_guard import delivery_of
from worlds import draft, idle, kill, spawn

from rollout.loop.acting.delivery_worker import ONCE_MORE, DeliveryWorker
from rollout.store.ledger import DeliveryRow, Ledger, LedgerUnusable
from tmuxio.acting.actuator import ActionResult, TokenPlace
from tmuxio.server.errors import ServerSilent
from understudy import Key, SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rollout.loop.acting.deliveries import Delivery


DONE = ActionResult(done=True)


@dataclass
class FakeActuator:
    """Does as it is told, and writes down what it was asked to do."""

    answers: dict[str, Any] = field(default_factory=dict)
    acts: list[tuple[Any, ...]] = field(default_factory=list)

    def _do(self, act: str, *what: Any) -> Any:
        self.acts.append((act, *what))
        answer = self.answers.get(act, DONE)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def type_line(self, pane: str, pid: int, text: str, *, guard: object = None) -> ActionResult:
        assert guard is not None
        return self._do("type", pane, pid, text)

    def press(self, pane: str, pid: int, keys: tuple[Key, ...], *, guard: object = None) -> ActionResult:
        assert guard is not None
        return self._do("press", pane, pid, *keys)

    def withdraw(self, pane: str, pid: int, text: str, *, guard: object = None) -> ActionResult:
        assert guard is not None
        return self._do("withdraw", pane, pid, text)

    def kill_window(self, pane: str, pid: int, *, guard: object = None) -> ActionResult:
        assert guard is not None
        return self._do("kill", pane, pid)

    def spawn(self, session: str, index: int | None, name: str, command: str) -> ActionResult:
        return self._do("spawn", session, index, name, command)

    def find_token(self, pane: str, pid: int, token: str) -> TokenPlace:
        self.answers.setdefault("find", TokenPlace.NOWHERE)
        return self._do("find", pane, pid, token)


@dataclass
class ClockOfActuator:
    """Time passes with what the actuator does: a hundredth of a second each, however busy the machine is."""

    actuator: FakeActuator
    began: float = field(default_factory=SystemClock().now)

    def now(self) -> float:
        return self.began + len(self.actuator.acts) / 100

    def sleep(self, _seconds: float) -> None:
        raise AssertionError("a delivery waits for its end, and sleeps never")


class NoGuards:
    def of(self, _touch: Delivery) -> Any:
        return lambda _shot, _frame: None

    def for_briefing(self) -> Any:
        return lambda _shot, _frame: None


@dataclass
class Bench:
    """A real ledger, scripted hands, and a delivery over both."""

    ledger: Ledger
    actuator: FakeActuator = field(default_factory=FakeActuator)
    frozen: str = ""
    made: list[DeliveryWorker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = ClockOfActuator(self.actuator)

    def delivery(self, **more: Any) -> DeliveryWorker:
        waits = {"patience_s": 0.05, "boot_s": 0.05, "poll_s": 0.001, "elapsed": self.clock.now}
        fields = {"frozen": lambda: self.frozen} | waits | more
        self.made.append(DeliveryWorker(self.ledger, self.actuator, NoGuards(), self.clock, **fields))
        return self.made[-1]

    def request_deliveries(self, *deliveries: Delivery) -> None:
        with self.ledger.transaction() as tx:
            tx.request_deliveries(
                DeliveryRow(
                    id=delivery.id,
                    episode="e-1",
                    kind=delivery.kind,
                    target=delivery.target,
                    status="wanted",
                    wanted_at=delivery.wanted_at,
                    body=delivery.model_dump_json(),
                )
                for delivery in deliveries
            )

    def deliver(self, *deliveries: Delivery, **more: Any) -> list[DeliveryRow]:
        self.request_deliveries(*deliveries)
        worker = self.delivery(**more)
        worker.submit(deliveries)
        return self.rows(worker)

    def rows(self, worker: DeliveryWorker, seconds: float = 10) -> list[DeliveryRow]:
        until = time.monotonic() + seconds
        while not worker.idle():
            assert time.monotonic() < until, "delivery never came to an end"
            time.sleep(0.002)
        return list(self.ledger.deliveries())

    @property
    def did(self) -> list[str]:
        return [act[0] for act in self.actuator.acts]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(Ledger(tmp_path / "ledger.sqlite"))
    yield made
    for worker in made.made:
        worker.close()
    made.ledger.close()


NOTICE = delivery_of(idle())


def test_a_row_is_claimed_before_the_action_and_done_after_it(bench: Bench) -> None:
    seen = []

    def look() -> ActionResult:
        seen.extend(row.status for row in bench.ledger.deliveries())
        return DONE

    bench.actuator.answers["type"] = look
    (row,) = bench.deliver(NOTICE)
    assert seen == ["claimed"]
    assert (row.status, row.done, row.why) == ("done", True, "")
    assert bench.actuator.acts == [("type", "%0", 1, "[u-7f3a00] %1 is idle")]


def test_each_kind_is_done_its_own_way(bench: Bench) -> None:
    keys = (Key.END_OF_LINE, Key.ENTER)
    submit = delivery_of(draft(keys=keys)).model_copy(update={"id": "u-1"})
    killing = delivery_of(kill("%2")).model_copy(update={"id": "u-2"})
    rows = bench.deliver(submit, killing)
    assert sorted(bench.actuator.acts) == [("kill", "%2", 1), ("press", "%1", 1, *keys)]
    assert [row.status for row in rows] == ["done", "done"]


def test_a_withdrawn_row_is_left_alone(bench: Bench) -> None:
    bench.request_deliveries(NOTICE)
    with bench.ledger.transaction() as tx:
        tx.withdraw([NOTICE.id], 1.0, "no monitor requests it any more")
    worker = bench.delivery()
    worker.submit([NOTICE])
    assert [row.status for row in bench.rows(worker)] == ["withdrawn"]
    assert bench.did == []


def test_frozen_or_stale_it_delivers_nothing(bench: Bench) -> None:
    bench.frozen = "frozen by ada: look first"
    (row,) = bench.deliver(NOTICE)
    assert (row.status, row.why) == ("refused", "frozen by ada: look first")
    bench.frozen = ""
    stale = delivery_of(idle(valid_until=1.0)).model_copy(update={"id": "u-stale"})
    assert [row.why for row in bench.deliver(stale)][1:] == ["it is not valid any more"]
    assert bench.did == []


def test_a_refusal_is_kept_with_its_reason(bench: Bench) -> None:
    bench.actuator.answers["type"] = ActionResult(done=False, why="the pane is in copy mode")
    (row,) = bench.deliver(NOTICE)
    assert (row.status, row.done, row.why) == ("refused", False, "the pane is in copy mode")


def test_what_stands_unsent_in_a_composer_is_sent_and_not_typed_again(bench: Bench) -> None:
    bench.actuator.answers["type"] = ActionResult(done=False, why="typed, but not sent: somebody typed in it")
    bench.actuator.answers["find"] = TokenPlace.COMPOSER
    bench.actuator.answers["press"] = [ActionResult(done=False, why="still typing"), DONE]
    (row,) = bench.deliver(NOTICE)
    assert row.status == "done"
    assert [act for act in bench.did if act != "find"] == ["type", "press", "press"]


def test_a_destructive_delivery_that_may_have_happened_asks_a_person(bench: Bench) -> None:
    bench.actuator.answers["kill"] = ActionResult(done=False, why="the server fell silent", certain=False)
    (row,) = bench.deliver(delivery_of(kill()))
    assert (row.status, row.why) == ("escalated", "the server fell silent")


def test_a_notice_that_may_have_been_typed_is_looked_for(bench: Bench) -> None:
    bench.actuator.answers["type"] = ActionResult(done=False, why="the server fell silent", certain=False)
    bench.actuator.answers["find"] = [ServerSilent(bench.ledger.path, 5.0), TokenPlace.NOWHERE, TokenPlace.ABOVE]
    assert [row.status for row in bench.deliver(NOTICE)] == ["done"]
    assert bench.did.count("type") == 1


def test_an_internal_failure_ends_the_delivery_and_not_the_queue(bench: Bench) -> None:
    bench.actuator.answers["type"] = [RuntimeError("a bug"), DONE]
    second = NOTICE.model_copy(update={"id": "u-second"})
    rows = {row.id: row for row in bench.deliver(NOTICE, second)}
    assert (rows[NOTICE.id].status, rows[NOTICE.id].why) == ("refused", "RuntimeError: a bug")
    assert rows["u-second"].why.startswith("the message ")  # the first may have been typed: nothing is typed behind it


@pytest.mark.parametrize(
    ("place", "acts"),
    [
        (TokenPlace.COMPOSER, ["find", "press"]),
        (TokenPlace.ABOVE, ["find"]),
    ],
)
def test_a_notice_found_claimed_at_a_start_is_looked_for_by_its_token(
    bench: Bench, place: TokenPlace, acts: list[str]
) -> None:
    bench.request_deliveries(NOTICE)
    bench.ledger.claim(NOTICE.id, 1.0)
    bench.actuator.answers["find"] = place
    worker = bench.delivery()
    worker.recover()
    assert [row.status for row in bench.rows(worker)] == ["done"]
    assert bench.did == acts
    assert bench.actuator.acts[0] == ("find", "%0", 1, "[u-7f3a00]")


def test_a_notice_that_is_nowhere_within_the_timeout_is_typed_once_more_and_then_given_up(bench: Bench) -> None:
    bench.request_deliveries(NOTICE)
    began = bench.clock.now()
    bench.ledger.claim(NOTICE.id, began)
    bench.actuator.answers["type"] = lambda: [row.why for row in bench.ledger.deliveries()] == [ONCE_MORE] and DONE
    worker = bench.delivery(patience_s=0.2)
    worker.recover()
    assert [row.status for row in bench.rows(worker)] == ["done"]
    assert bench.did.count("type") == 1
    assert bench.did.count("find") == 20

    again = NOTICE.model_copy(update={"id": "u-again"})
    bench.request_deliveries(again)
    bench.ledger.claim(again.id, began)
    bench.ledger.finish(again.id, "wanted", began, done=False, why=ONCE_MORE)
    bench.ledger.claim(again.id, began)
    second = bench.delivery()
    second.recover()
    rows = {row.id: row for row in bench.rows(second)}
    assert (rows["u-again"].status, rows["u-again"].why) == ("refused", "its token was seen nowhere")
    assert bench.did.count("type") == 1


def test_what_would_destroy_and_is_found_claimed_at_a_start_asks_a_person(bench: Bench) -> None:
    for number, act in enumerate((kill(), draft(), spawn())):
        delivery = delivery_of(act).model_copy(update={"id": f"u-{number}"})
        bench.request_deliveries(delivery)
        bench.ledger.claim(delivery.id, 1.0)
    worker = bench.delivery()
    worker.recover()
    assert [row.status for row in bench.rows(worker)] == ["escalated"] * 3
    assert bench.did == []


def test_a_fresh_notice_that_was_only_wanted_is_made_at_the_next_start(bench: Bench) -> None:
    bench.request_deliveries(NOTICE.model_copy(update={"wanted_at": SystemClock().now()}))
    worker = bench.delivery()
    worker.recover()
    assert [row.status for row in bench.rows(worker)] == ["done"]


def test_what_would_destroy_or_is_old_has_to_be_wanted_anew_after_a_start(bench: Bench) -> None:
    fresh = {"wanted_at": SystemClock().now()}
    bench.request_deliveries(NOTICE, delivery_of(kill()).model_copy(update={"id": "u-kill"} | fresh))
    worker = bench.delivery()
    worker.recover()
    assert {row.why for row in bench.rows(worker)} == {"the harness was started anew before it was done"}
    assert {row.status for row in bench.ledger.deliveries()} == {"refused"}
    assert bench.did == []


def test_an_old_notice_that_is_nowhere_is_not_typed_again(bench: Bench) -> None:
    bench.request_deliveries(NOTICE)
    bench.ledger.claim(NOTICE.id, 1.0)
    worker = bench.delivery()
    worker.recover()
    assert [row.status for row in bench.rows(worker)] == ["refused"]
    assert bench.did == ["find"]


def test_a_slow_pane_holds_up_itself_alone_and_keeps_its_order(bench: Bench) -> None:
    release = threading.Event()

    def slowly() -> ActionResult:
        release.wait(10)
        return DONE

    bench.actuator.answers["type"] = [slowly, DONE]
    second = NOTICE.model_copy(update={"id": "u-second"})
    other = delivery_of(draft()).model_copy(update={"id": "u-other"})
    bench.request_deliveries(NOTICE, second, other)
    worker = bench.delivery()
    worker.submit([NOTICE, second, other])
    until = time.monotonic() + 5
    while len(bench.did) < 2 and time.monotonic() < until:
        time.sleep(0.005)
    assert sorted(bench.did) == ["press", "type"]
    release.set()
    assert {row.status for row in bench.rows(worker)} == {"done"}


def test_closing_finishes_what_is_in_hand_and_leaves_the_rest_wanted(bench: Bench) -> None:
    started, release = threading.Event(), threading.Event()

    def slowly() -> ActionResult:
        started.set()
        release.wait(10)
        return DONE

    bench.actuator.answers["type"] = slowly
    second = NOTICE.model_copy(update={"id": "u-second"})
    bench.request_deliveries(NOTICE, second)
    worker = bench.delivery()
    worker.submit([NOTICE, second])
    assert started.wait(5)
    threading.Timer(0.05, release.set).start()
    worker.close()
    assert {row.id: row.status for row in bench.ledger.deliveries()} == {NOTICE.id: "done", "u-second": "wanted"}


def test_a_locked_ledger_is_waited_for_before_any_action(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, failures = bench.ledger.claim, iter([LedgerUnusable("locked"), LedgerUnusable("locked")])

    def locked(delivery_id: str, at: float) -> bool:
        if failure := next(failures, None):
            assert bench.did == []
            raise failure
        return claim(delivery_id, at)

    monkeypatch.setattr(bench.ledger, "claim", locked)
    assert [row.status for row in bench.deliver(NOTICE)] == ["done"]


def test_a_new_manager_takes_the_place_of_the_old_one_and_is_briefed(bench: Bench) -> None:
    intent = spawn(kills=("%0",), window_index=1, briefing="You lead this team.")
    delivery = delivery_of(intent).model_copy(update={"kill_pids": {"%0": 1000}})
    bench.actuator.answers["spawn"] = ActionResult(done=True, pane="%8", pid=8)
    bench.actuator.answers["type"] = [ActionResult(done=False, why="it has not come up yet"), DONE]
    (row,) = bench.deliver(delivery, spawn_command="claude", boot_s=5.0)
    brief = ("type", "%8", 8, "[u-7f3a00] You lead this team.")
    assert bench.actuator.acts == [("kill", "%0", 1000), ("spawn", "team", 1, "Claude-pm", "claude"), brief, brief]
    assert (row.status, row.why) == ("done", "")


def test_a_manager_whose_predecessor_cannot_be_killed_is_not_started(bench: Bench) -> None:
    delivery = delivery_of(spawn(kills=("%0",))).model_copy(update={"kill_pids": {"%0": 1000}})
    bench.actuator.answers["kill"] = ActionResult(done=False, why="the agent works again")
    (row,) = bench.deliver(delivery, spawn_command="claude")
    assert (row.status, row.why, bench.did) == ("refused", "the agent works again", ["kill"])
