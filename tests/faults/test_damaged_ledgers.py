"""Ledgers with a garbage page, with garbled rows, of a newer build, and in folders that cannot be written."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from faulty_disks import RUNS, make_read_only, small_disk

from rollout.store.ledger import CycleRow, DecisionRow, EvidenceRow, Ledger, LedgerReader, LedgerUnusable, check_pages
from tests.cli.rollouts import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from private_tmux import TmuxServer

    from tests.cli.rollouts import Kept
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]

ACCEPTED = '{"expires": "2027-01-01T00:00:00Z", "ceiling": 0.5}'
READING = (
    ("status",), ("why",), ("agents",), ("history",), ("history", "--verify"), ("diffs", "list"), ("approve",),
    ("report",), ("diffs", "referee"), ("diffs", "rules"), ("backtest",), ("flags", "show"),
)  # fmt: skip
PAGE = 4096


@pytest.fixture
def ran(understudy: Shell) -> Kept:
    return kept(understudy.state, understudy.folder / "s")


def fill(path: Path) -> None:
    """Give a ledger some thousand rows, and its pages back to its file."""
    ledger = Ledger(path)
    with ledger.transaction() as tx:
        for n in range(300):
            row = CycleRow(f"c-2{n}", 1.0 + n, "shadow", act=False, stage="shadow", epoch=1, wall_s=0.1)
            tx.add_cycle(row, {"incumbent": json.dumps({"n": n, "filler": "x" * 300})})
        tx.add_evidence(EvidenceRow(1, float(n), "eyes", None, event=False, subject=f"c-{n}") for n in range(3000))
    ledger.close()
    empty_log(path)


def empty_log(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def garbage(path: Path, chance: random.Random) -> int:
    """Overwrite one page in use, but for the first, with noise."""
    with closing(sqlite3.connect(path)) as raw:
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
    page = chance.randrange(2, pages + 1)
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(chance.randbytes(PAGE))
    return page


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_garbage_page_is_found_by_doctor(understudy: Shell, ran: Kept, seed: int) -> None:
    fill(ran.folder.ledger)
    page = garbage(ran.folder.ledger, random.Random(seed))  # noqa: S311 - the same pages in every run
    said = understudy("doctor", "--json", "--socket-path", understudy.folder / "s").json
    (ledger,) = [one for one in said["checks"] if one["check"] == "ledger"]
    assert ledger["verdict"] == "broken", (page, ledger)
    assert "restore it from a copy" in ledger["remedy"]


@pytest.mark.parametrize("seed", range(min(RUNS, 3)))
def test_a_run_does_not_go_on_with_a_garbage_page(understudy: Shell, tmux_server: TmuxServer, seed: int) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    made = kept(understudy.state, tmux_server.socket_path)
    fill(made.folder.ledger)
    garbage(made.folder.ledger, random.Random(seed))  # noqa: S311
    said = understudy("run", "--once", "--socket-path", tmux_server.socket_path)
    assert (said.code, "is damaged" in said.err) == (78, True), said.err


def test_the_look_through_a_large_ledger_is_bounded_in_time(ran: Kept) -> None:
    fill(ran.folder.ledger)
    began = time.monotonic()
    assert check_pages(ran.folder.ledger, 0.0) is False
    assert time.monotonic() - began < 2.0
    assert check_pages(ran.folder.ledger, 60.0) is True


GARBLED = [
    ("documents", "body"), ("memories", "body"), ("reports", "body"), ("differences", "body"), ("cycles", "owners"),
    ("cycles", "outcomes"), ("transitions", "body"), ("decisions", "body"), ("transitions", "status"), ("cycles", "at"),
]  # fmt: skip


NOISE = ("garbled", b"\xff\xfe\x00", '{"a": 1}', "[]", "null", "{")


@pytest.mark.parametrize("garbled", NOISE[: max(2, RUNS - 3)])
@pytest.mark.parametrize(("table", "column"), GARBLED)
def test_garbled_rows_are_a_sentence_and_78(
    understudy: Shell, ran: Kept, table: str, column: str, garbled: str | bytes
) -> None:
    ledger = Ledger(ran.folder.ledger)
    with ledger.transaction() as tx:
        tx.add_decision(DecisionRow(1.0, "accept", "d-1", "ann", "so", ACCEPTED))
        tx.keep_document("analysis", "{}")
    ledger.close()
    with closing(sqlite3.connect(ran.folder.ledger)) as raw:
        raw.execute(f"UPDATE {table} SET {column} = ?", (garbled,))  # noqa: S608 - names of this file
        raw.commit()
    for asked in READING:
        said = understudy(*asked)
        assert said.code in {0, 5, 78}, (asked, said)
        assert "defect" not in said.err


@pytest.mark.parametrize(("table", "column"), GARBLED)
def test_a_run_on_garbled_rows_is_a_sentence_and_78_or_goes_on(
    understudy: Shell, tmux_server: TmuxServer, table: str, column: str
) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    made = kept(understudy.state, tmux_server.socket_path)
    of_server = ("--socket-path", tmux_server.socket_path)
    assert understudy("run", "--once", *of_server).code == 0
    with closing(sqlite3.connect(made.folder.ledger)) as raw:
        raw.execute(f"UPDATE {table} SET {column} = 'garbled'")  # noqa: S608 - names of this file
        raw.commit()
    said = understudy("run", "--once", *of_server)
    assert said.code in {0, 78}, said
    assert "defect" not in said.err


def digest(path: Path) -> tuple[bytes, list[tuple[str, ...]]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        schema = raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    return path.read_bytes(), schema


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_a_ledger_of_a_newer_build_is_refused_as_it_was(understudy: Shell, ran: Kept, journal: str) -> None:
    path = ran.folder.ledger
    empty_log(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("UPDATE meta SET value = '99'")
        raw.execute("DROP TABLE memories")
        raw.execute("CREATE TABLE of_later (n INTEGER)")
        raw.execute(f"PRAGMA journal_mode={journal}")
    before = digest(path)
    with pytest.raises(LedgerUnusable, match="version 99"):
        Ledger(path)
    for asked in (("status",), ("pause", "--reason", "x")):
        said = understudy(*asked)
        assert (said.code, "use the build that wrote it" in said.err) == (78, True)
    assert digest(path) == before


def test_a_file_of_another_program_is_refused_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE bookmarks (n INTEGER)")
    before = digest(path)
    with pytest.raises(LedgerUnusable, match="is no ledger"):
        Ledger(path)
    assert digest(path) == before


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").touch()
    assert Ledger(tmp_path / "ledger.sqlite").cycles() == ()


@pytest.fixture
def read_only(understudy: Shell, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A state folder on a read-only disk; its ledger with a log beside it, or without."""
    with small_disk(understudy.state) as disk:
        made = kept(disk, understudy.folder / "s")
        log = made.folder.ledger.with_name("ledger.sqlite-wal")
        if request.param == "log":
            writer = Ledger(made.folder.ledger)
            with writer.transaction() as tx:
                tx.keep_document("last", '"in the log"')
            beside = [log, log.with_name("ledger.sqlite-shm")]
            saved = [(file, file.read_bytes()) for file in beside]
            writer.close()
            ledger_text = made.folder.ledger.read_bytes()
            made.folder.ledger.write_bytes(ledger_text)
            for file, content in saved[:1]:
                file.write_bytes(content)
        else:
            empty_log(made.folder.ledger)
            assert not log.exists()
        make_read_only(disk)
        yield made.folder.ledger


@pytest.mark.parametrize("read_only", ["no log", "log"], indirect=True)
@pytest.mark.usefixtures("read_only")
def test_reading_verbs_read_on_a_read_only_disk(understudy: Shell) -> None:
    for asked in READING:
        said = understudy(*asked)
        assert said.code == 0, (asked, said)
    assert understudy("history", "--json").json["transitions"]


@pytest.mark.parametrize("read_only", ["log"], indirect=True)
def test_a_reader_on_a_read_only_disk_reads_the_log_too(read_only: Path) -> None:
    reader = LedgerReader.open(read_only)
    assert reader.document("last") == '"in the log"'
    reader.close()


@pytest.mark.parametrize("read_only", ["no log"], indirect=True)
@pytest.mark.usefixtures("read_only")
def test_a_verb_that_writes_says_that_the_disk_is_read_only(understudy: Shell) -> None:
    said = understudy("pause", "--reason", "x")
    assert (said.code, "readonly" in said.err or "cannot be used" in said.err) == (78, True), said


def test_a_reader_beside_a_writer_sees_what_was_committed_last(ran: Kept) -> None:
    writer = Ledger(ran.folder.ledger)
    reader = LedgerReader.open(ran.folder.ledger)
    with writer.transaction() as tx:
        tx.keep_document("now", "1")
    assert reader.document("now") == "1"
    reader.close()
    writer.close()


def test_a_copy_of_a_ledger_under_an_odd_name_is_read(ran: Kept, tmp_path: Path) -> None:
    empty_log(ran.folder.ledger)
    odd = tmp_path / "what? #1 %20" / "ledger.sqlite"
    odd.parent.mkdir()
    shutil.copy(ran.folder.ledger, odd)
    reader = LedgerReader.open(odd)
    assert reader.cycle_count() == 1
    reader.close()
