"""A lane of deliveries outlives whatever fails around it; what was claimed is looked for and never typed anew."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import TimeoutError as NoConnection
from structlog.testing import capture_logs
from test_delivery import DONE, NOTICE, Bench, bench
from test_guard import delivery_of
from worlds import kill

from rollout.loop.acting.surviving import TRIES
from tmuxio.acting.actuator import ActionResult, TokenPlace

if TYPE_CHECKING:
    from rollout.loop.acting.deliveries import Delivery

__all__ = ["bench"]
FILES = OSError(24, "Too many open files")


def test_an_error_behind_the_typing_is_followed_by_a_search_and_not_by_a_second_typing(bench: Bench) -> None:
    def typed_and_failed() -> ActionResult:
        bench.actuator.answers["find"] = TokenPlace.ABOVE
        raise FILES

    bench.actuator.answers["type"] = typed_and_failed
    (row,) = bench.deliver(NOTICE)
    assert row.status == "done"
    assert bench.did == ["type", "find"]


def test_an_error_in_the_midst_of_a_search_is_tried_again(bench: Bench) -> None:
    bench.actuator.answers["type"] = ActionResult(done=False, why="the server fell silent", certain=False)
    bench.actuator.answers["find"] = [FILES, FILES, TokenPlace.ABOVE]
    (row,) = bench.deliver(NOTICE)
    assert row.status == "done"
    assert bench.did.count("type") == 1


def test_what_fails_again_and_again_is_given_up_and_holds_up_no_other(bench: Bench) -> None:
    bench.actuator.answers["type"] = [ActionResult(done=False, why="the server fell silent", certain=False), DONE]
    bench.actuator.answers["find"] = FILES
    second = NOTICE.model_copy(update={"id": "u-second"})
    with capture_logs() as logs:
        rows = {row.id: row for row in bench.deliver(NOTICE, second)}
    assert (rows[NOTICE.id].status, rows[NOTICE.id].why) == ("refused", "OSError: [Errno 24] Too many open files")
    assert rows["u-second"].why.startswith("the message ")  # refused at once: the first may still show
    assert [line["event"] for line in logs] == ["delivery.failed"], "it is said once"
    assert TRIES <= bench.did.count("find") <= TRIES + 1


def test_a_destructive_delivery_that_fails_asks_a_person_and_is_not_made_again(bench: Bench) -> None:
    bench.actuator.answers["kill"] = FILES
    (row,) = bench.deliver(delivery_of(kill("%2")))
    assert row.status == "escalated"
    assert bench.did == ["kill"]


@pytest.mark.parametrize("fault", [NoConnection("QueuePool limit reached"), FILES, MemoryError()])
def test_no_error_of_the_ledger_ends_a_queue(bench: Bench, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    claims, finishes = iter([fault, fault]), iter([fault])
    claim, finish = bench.ledger.claim, bench.ledger.finish

    def failing_claim(*what: object) -> bool:
        for error in claims:
            raise error
        return claim(*what)  # type: ignore[arg-type]

    def failing_finish(*what: object, **more: object) -> bool:
        for error in finishes:
            raise error
        return finish(*what, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.ledger, "claim", failing_claim)
    monkeypatch.setattr(bench.ledger, "finish", failing_finish)
    with capture_logs() as logs:
        (row,) = bench.deliver(NOTICE)
    assert (row.status, bench.did) == ("done", ["type"])
    assert len(logs) == 2, "once for each stretch of failures"


def many(count: int) -> list[Delivery]:
    return [NOTICE.model_copy(update={"id": f"u-{n:04}", "target": f"%{n}"}) for n in range(count)]


def test_a_hundred_and_fifty_queues_wait_for_a_locked_ledger_and_all_deliver(bench: Bench) -> None:
    deliveries = many(150)
    bench.request_deliveries(*deliveries)
    bench.ledger.engine.pool._timeout = 0.2  # type: ignore[attr-defined]  # half a minute in production
    other = sqlite3.connect(bench.ledger.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(7.0, lambda: other.execute("ROLLBACK")).start()  # longer than a write waits for the lock
    delivery = bench.delivery()
    delivery.submit(deliveries)
    rows = bench.rows(delivery, seconds=40)
    other.close()
    assert {row.status for row in rows} == {"done"}
    assert bench.did.count("type") == 150


def test_what_a_failed_cycle_left_wanted_is_delivered_once(bench: Bench) -> None:
    bench.request_deliveries(NOTICE)
    delivery = bench.delivery()
    delivery.resume()
    delivery.resume()
    assert [row.status for row in bench.rows(delivery)] == ["done"]
    assert bench.did == ["type"]
