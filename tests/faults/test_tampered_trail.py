"""Rows of the audit trail and words of operators that are deleted, edited or put in behind the program's back."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from faulty_disks import RUNS

from rollout.judgement.rollout_status import RequestKind
from rollout.store.ledger import DecisionRow, Ledger
from tests.cli.rollouts import kept

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer

    from tests.cli.rollouts import Kept
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]

WORDS = (
    DecisionRow(1.0, "approve", "e-7f3a19c2d4e5f601", "ann", "looked"),
    DecisionRow(2.0, "settle", "d-cfcbff", "bob", "so", json.dumps({"right": "candidate"})),
    DecisionRow(3.0, "accept", "d-cfcbff", "cleo", "so", json.dumps({"expires": "2027-01-01T00:00:00Z", "ceiling": 1})),
)
DELETED = {
    "transitions": ("DELETE FROM transitions",),
    "transitions and the head": ("DELETE FROM transitions", "DELETE FROM documents WHERE name LIKE 'audit%'"),
    "decisions": ("DELETE FROM decisions",),
    "decisions and the head": ("DELETE FROM decisions", "DELETE FROM documents WHERE name LIKE 'audit%'"),
    "the trail": ("DELETE FROM transitions", "DELETE FROM decisions"),
    "the last decision": ("DELETE FROM decisions WHERE n = 3",),
    "the first decision": ("DELETE FROM decisions WHERE n = 1",),
    "the head": ("DELETE FROM documents WHERE name = 'audit-head'",),
}


def tamper(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        for statement in statements:
            raw.execute(statement)


def spoken(made: Kept) -> Path:
    ledger = Ledger(made.folder.ledger)
    for row in WORDS:
        with ledger.transaction() as tx:
            tx.add_decision(row)
    ledger.close()
    return made.folder.ledger


@pytest.fixture
def path(understudy: Shell) -> Path:
    made = kept(understudy.state, understudy.folder / "s")
    made.move(RequestKind.PROMOTE)
    return spoken(made)


@pytest.mark.usefixtures("path")
def test_words_of_operators_are_part_of_a_whole_trail(understudy: Shell) -> None:
    said = understudy("history", "--verify")
    assert (said.code, "and 3 decisions: the chain is whole" in said.out) == (0, True)


@pytest.mark.parametrize("deleted", DELETED)
def test_deleted_rows_are_found(understudy: Shell, path: Path, deleted: str) -> None:
    tamper(path, *DELETED[deleted])
    assert understudy("history", "--verify").code == 5


@pytest.mark.parametrize("deleted", DELETED)
def test_a_start_does_not_cover_deleted_rows(understudy: Shell, tmux_server: TmuxServer, deleted: str) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    path = spoken(kept(understudy.state, tmux_server.socket_path))
    tamper(path, *DELETED[deleted])
    started = understudy("run", "--once", "--socket-path", tmux_server.socket_path)
    assert (started.code, "audit trail" in started.err) == (78, True), started
    assert understudy("history", "--verify").code == 5


@pytest.mark.parametrize("asked", [("pause", "--reason", "x"), ("rollback", "--reason", "x")])
def test_a_move_does_not_cover_deleted_rows(understudy: Shell, path: Path, asked: tuple[str, ...]) -> None:
    tamper(path, "DELETE FROM decisions WHERE n = 3")
    assert understudy(*asked).code == 0
    said = understudy("history", "--verify")
    assert (said.code, "decisions were cut off or added" in said.err) == (5, True)


def test_nothing_is_promoted_on_a_trail_that_is_not_whole(understudy: Shell, path: Path) -> None:
    tamper(path, "UPDATE decisions SET actor = 'eve' WHERE n = 2")
    said = understudy("promote", "--reason", "x", "--yes")
    assert (said.code, "not what was written" in said.err) == (5, True)


COLUMNS = ("at", "kind", "subject", "actor", "reason", "body", "hash", "n")


@pytest.mark.parametrize("seed", range(RUNS * 2))
def test_an_edited_word_is_found(understudy: Shell, path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same edits in every run
    column, n = chance.choice(COLUMNS), chance.randint(1, 3)
    change = f"{column} + 100" if column in {"at", "n"} else f"{column} || 'x'"
    tamper(path, f"UPDATE decisions SET {column} = {change} WHERE n = {n}")  # noqa: S608 - names of this file
    assert understudy("history", "--verify").code == 5, (column, n)


def test_a_word_that_was_put_in_is_found(understudy: Shell, path: Path) -> None:
    tamper(
        path,
        "INSERT INTO decisions (at, kind, subject, actor, reason, body, hash) "
        "VALUES (9.0, 'approve', 'e-1', 'ann', 'looked', '{}', 'f00')",
    )
    assert understudy("history", "--verify").code == 5


def test_doctor_says_that_the_trail_is_not_whole(understudy: Shell, path: Path) -> None:
    tamper(path, "DELETE FROM transitions")
    said = understudy("doctor", "--json", "--socket-path", understudy.folder / "s").json
    (ledger,) = [one for one in said["checks"] if one["check"] == "ledger"]
    assert (ledger["verdict"], ledger["remedy"]) == ("broken", "understudy history --verify")


def test_a_ledger_of_version_1_is_brought_up_to_date_with_its_words_chained(understudy: Shell, path: Path) -> None:
    tamper(path, "ALTER TABLE decisions DROP COLUMN hash", "UPDATE meta SET value = '1'")
    tamper(path, "UPDATE documents SET body = json_remove(body, '$.decisions', '$.decision') WHERE name = 'audit-head'")
    told = understudy("history")
    assert (told.code, "version 1: the next `understudy run`" in told.err) == (78, True)
    ledger = Ledger(path)
    assert [(row.actor, len(row.hash)) for row in ledger.decisions()] == [("ann", 32), ("bob", 32), ("cleo", 32)]
    ledger.close()
    assert understudy("history", "--verify").code == 0
