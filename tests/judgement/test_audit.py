"""The audit trail in a real ledger: whatever somebody edits, takes out, puts in or moves is found."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from rollout.judgement.plans import DEMO_PLAN
from rollout.judgement.rollout_status import Request, RequestKind
from rollout.loop.audit import breaks
from rollout.loop.stage_controller import StageController, trail
from rollout.store.flags import FlagsFile
from rollout.store.ledger import DecisionRow, Ledger, LedgerUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED = (
    RequestKind.PROMOTE,
    RequestKind.PAUSE,
    RequestKind.RESUME,
    RequestKind.PROMOTE,
    RequestKind.ROLLBACK,
    RequestKind.RETRY,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.db")
    controller = StageController(ledger, FlagsFile(tmp_path / "flags.json"), DEMO_PLAN)
    controller.wake(1.0)
    for at, ask in enumerate(ASKED, 2):
        controller.request(Request(ask, "ann", "because", float(at)))
    yield ledger
    ledger.close()


def tamper(ledger: Ledger, statement: str) -> None:
    with sqlite3.connect(ledger.path) as connection:
        connection.execute(statement)
    connection.close()


def test_what_nobody_touched_is_whole(ledger: Ledger) -> None:
    assert len(trail(ledger)) == 1 + len(ASKED)
    assert breaks(ledger) == ()


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM transitions WHERE n = {n}",
        "UPDATE transitions SET status = 'undone' WHERE n = {n}",
        "UPDATE transitions SET body = replace(body, '\"revision\":', '\"revision\":1') WHERE n = {n}",
        "UPDATE transitions SET body = replace(body, 'e', 'a') WHERE n = {n}",
        "UPDATE transitions SET body = '{{}}' WHERE n = {n}",
        "UPDATE transitions SET at = at + 1 WHERE n = {n}",
        "UPDATE transitions SET hash = 'f00' WHERE n = {n}",
        "UPDATE transitions SET n = 99 - n WHERE n = {n}",
        "DELETE FROM transitions WHERE n >= {n}",
    ],
)
def test_every_row_that_is_edited_missing_or_moved_is_found(ledger: Ledger, statement: str, number: int) -> None:
    tamper(ledger, statement.format(n=number))
    assert breaks(ledger)


def test_a_trail_that_was_cut_with_its_head_is_found_by_a_head_that_somebody_saw(ledger: Ledger) -> None:
    seen = trail(ledger)[-1].head
    assert breaks(ledger, seen) == ()
    tamper(ledger, "DELETE FROM transitions WHERE n > 4")
    last = trail(ledger)[-1].hash
    with ledger.transaction() as tx:
        tx.keep_document("audit-head", json.dumps({"rows": 4, "hash": last}))
    assert breaks(ledger) == ()  # nothing in the file tells
    assert seen in breaks(ledger, seen)[0]


def test_a_trail_without_its_head_is_not_whole(ledger: Ledger) -> None:
    tamper(ledger, "DELETE FROM documents WHERE name = 'audit-head'")
    assert "head of the trail is gone" in breaks(ledger)[0]


def test_a_break_stays_to_be_seen_whatever_is_entered_behind_it(ledger: Ledger) -> None:
    tamper(ledger, "DELETE FROM transitions WHERE n = 7")
    with ledger.transaction() as tx:
        tx.add_decision(DecisionRow(9.0, "settle", "d-1", "ann", "so"))
    assert any("were cut off or added" in found for found in breaks(ledger))


def test_a_head_of_a_few_digits_is_nobodys(ledger: Ledger) -> None:
    assert breaks(ledger, trail(ledger)[-1].hash[:3])


def test_a_row_that_cannot_be_read_is_a_sentence(ledger: Ledger) -> None:
    tamper(ledger, "UPDATE transitions SET body = '{' WHERE n = 3")
    assert "row 3" in breaks(ledger)[0]
    with pytest.raises(LedgerUnusable, match="history --verify"):
        trail(ledger)
