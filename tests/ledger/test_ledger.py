import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Executable

from rollout.store.ledger import (
    BoutRow,
    CycleRow,
    DecisionRow,
    DeliveryRow,
    DifferenceRow,
    EvidenceRow,
    Ledger,
    LedgerConflict,
    LedgerReader,
    LedgerUnusable,
    MemoryRow,
    StageMoved,
    TransitionRow,
    TransitionStatus,
    opening,
)
from rollout.store.ledger import ledger as writing
from rollout.store.ledger.tables import LEDGER_VERSION


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


def cycle(n: int) -> CycleRow:
    return CycleRow(id=f"c-{n}", at=float(n), mode="shadow", act=False, stage="shadow", epoch=1, wall_s=0.1)


def requested(name: str) -> DeliveryRow:
    return DeliveryRow(
        id=name, episode="e-1", kind="notify_manager", target="%1", status="wanted", wanted_at=1.0, body="{}"
    )


def test_what_one_transaction_wrote_is_read_back_as_it_was(ledger: Ledger) -> None:
    evidence = EvidenceRow(epoch=1, at=1.0, guardrail="live_mismatch", stratum=None, event=False, subject="c-1")
    with ledger.transaction() as tx:
        tx.add_cycle(cycle(1), {"incumbent": "{}"})
        tx.add_evidence([evidence])
        tx.keep_memory(MemoryRow(role="incumbent", monitor="m", cycle="c-1", body="[1]"))
    assert ledger.cycles() == (cycle(1),)
    assert ledger.reports("c-1") == {"incumbent": "{}"}
    assert ledger.evidence(1) == (evidence,)
    assert ledger.memory("incumbent") == MemoryRow(role="incumbent", monitor="m", cycle="c-1", body="[1]")


def bout(name: str, epoch: int, at: float, cluster: str | None) -> BoutRow:
    return BoutRow(id=name, epoch=epoch, pane="%1", settled_at=at, cluster=cluster, body="{}")


def test_what_is_too_old_goes_but_for_what_the_judge_the_trail_and_people_need(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        assert [tx.add_cycle(cycle(n), {}) for n in (1, 2, 3)] == [1, 2, 3]
        tx.add_bouts([
            bout("b-old-agreement", 2, 10, None),
            bout("b-old-difference", 1, 10, "d-1"),
            bout("b-old-but-of-this-epoch", 2, 10, "d-1"),
            bout("b-new", 2, 90, None),
        ])  # fmt: skip
        tx.add_evidence(EvidenceRow(2, at, "live_mismatch", None, event=True, subject="x") for at in (10.0, 90.0))
        tx.add_differences(DifferenceRow("c-1", at, 2, "%1", "d-1", "{}") for at in (10.0, 90.0))
        tx.request_deliveries([requested("open"), replace(requested("over"), status="done", finished_at=10.0)])
        tx.add_decision(DecisionRow(10.0, "settle", "d-1", "ann", "why"))
        tx.add_transition(TransitionRow(10.0, "committed", "h-1", "{}"), after="")
    with ledger.transaction() as tx:
        assert tx.forget(before=50.0, epoch=2) == 4
    assert [row.id for row in ledger.bouts()] == ["b-old-but-of-this-epoch", "b-new"]
    assert [row.at for row in ledger.evidence(2)] == [10.0, 90.0]
    assert [row.at for row in ledger.differences()] == [90.0]
    assert [row.id for row in ledger.deliveries()] == ["open"]
    assert (len(ledger.decisions()), len(ledger.transitions()), ledger.cycle_count()) == (1, 1, 3)
    with ledger.transaction() as tx:
        assert tx.forget(before=50.0, epoch=2) == 0


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError, match="half way"), ledger.transaction() as tx:
        tx.add_cycle(cycle(1), {})
        raise RuntimeError("half way")
    assert ledger.cycles() == ()


def test_a_delivery_is_claimed_by_exactly_one_of_many_workers(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.request_deliveries([requested("d-1")])
    won: list[bool] = []
    actuator = [threading.Thread(target=lambda: won.append(ledger.claim("d-1", 2.0))) for _ in range(8)]
    for hand in actuator:
        hand.start()
    for hand in actuator:
        hand.join()
    assert sorted(won) == [False] * 7 + [True]


def test_a_claimed_delivery_can_no_longer_be_withdrawn(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.request_deliveries([requested("d-1"), requested("d-2")])
    ledger.claim("d-1", 2.0)
    with ledger.transaction() as tx:
        tx.withdraw(["d-1", "d-2"], 3.0, "it works again")
    assert [row.status for row in ledger.deliveries()] == ["claimed", "withdrawn"]


def test_of_two_transitions_from_the_same_stage_the_second_is_refused(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.add_transition(TransitionRow(at=1.0, status="pending", hash="a", body="{}"), after="")
    with pytest.raises(StageMoved), ledger.transaction() as tx:
        tx.add_transition(TransitionRow(at=1.0, status="pending", hash="b", body="{}"), after="")
    assert [row.hash for row in ledger.transitions()] == ["a"]


def test_after_an_undone_transition_the_stage_before_counts(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.add_transition(TransitionRow(at=1.0, status="pending", hash="a", body="{}"), after="")
        tx.finish_transition("a", TransitionStatus.UNDONE)
        tx.add_transition(TransitionRow(at=2.0, status="pending", hash="b", body="{}"), after="")
    assert [(row.hash, row.status) for row in ledger.transitions()] == [("a", "undone"), ("b", "pending")]


def test_old_reports_go_and_their_cycles_stay(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "KEEP_REPORTS", 20)
    for n in range(1, 61):
        with ledger.transaction() as tx:
            tx.add_cycle(cycle(n), {"incumbent": "{}"})
    assert ledger.cycle_count() == 60
    assert ledger.reports("c-20") == {}
    assert ledger.reports("c-60") == {"incumbent": "{}"}


def test_the_outcomes_of_old_cycles_go_with_their_reports(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "KEEP_REPORTS", 20)
    for n in range(1, 61):
        with ledger.transaction() as tx:
            tx.add_cycle(replace(cycle(n), outcomes=({"intent_key": "submit_draft"},)), {})
    assert [len(row.outcomes) for row in ledger.cycles(60)] == [1] * 20 + [0] * 40


def test_a_reader_of_no_ledger_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="nothing has run"):
        LedgerReader.open(tmp_path / "ledger.sqlite")


def test_a_file_that_is_no_ledger_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_text("this is not a database, whatever its name says" * 100)
    with pytest.raises(LedgerUnusable, match="is no ledger"):
        Ledger(path)


def test_a_row_that_is_there_already_is_no_reason_to_move_a_ledger(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.add_bouts([bout("b-1", 1, 1.0, None)])
    with pytest.raises(LedgerConflict, match="is whole: try again") as refused, ledger.transaction() as tx:
        tx.add_bouts([bout("b-1", 1, 2.0, None)])
    assert "move" not in str(refused.value)
    assert [row.settled_at for row in ledger.bouts()] == [1.0]


def test_a_ledger_of_another_version_is_refused(ledger: Ledger) -> None:
    with sqlite3.connect(ledger.path) as raw:
        raw.execute("UPDATE meta SET value = '99'")
    raw.close()
    with pytest.raises(LedgerUnusable, match="version 99"):
        Ledger(ledger.path)


def test_a_locked_ledger_is_a_sentence_and_not_a_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_BUSY_TIMEOUT_S", 0.05)
    ledger = Ledger(tmp_path / "ledger.sqlite")
    raw = sqlite3.connect(ledger.path, isolation_level=None)
    raw.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerUnusable, match="locked"), ledger.transaction():
        pass
    raw.close()


def test_only_its_owner_may_read_the_ledger(ledger: Ledger) -> None:
    assert ledger.path.stat().st_mode & 0o077 == 0


def test_a_ledger_opens_while_another_process_writes_to_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    path, first_version = ledger.path, opening._first_version

    def meanwhile() -> Executable:  # between what the opening reads and what it writes
        with closing(sqlite3.connect(path, timeout=0)) as other, suppress(sqlite3.OperationalError), other:
            other.execute("INSERT INTO documents (name, body) VALUES ('another', '{}')")
        return first_version()

    monkeypatch.setattr(opening, "_first_version", meanwhile)
    Ledger(path).close()


@pytest.mark.parametrize("version", range(1, LEDGER_VERSION))
def test_a_ledger_of_an_earlier_version_is_refused_with_the_command_that_archives_it(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE meta SET value = '{version}' WHERE key = 'version'")  # noqa: S608 - a number
    with pytest.raises(LedgerUnusable, match=f"mv {path} {path}.version-{version}$"):
        Ledger(path)


def test_the_command_that_archives_a_ledger_takes_the_rows_of_its_log_along(tmp_path: Path) -> None:
    running, path = tmp_path / "running.sqlite", tmp_path / "a ledger.sqlite"
    Ledger(running).close()
    with closing(sqlite3.connect(running)) as killed:
        killed.execute("UPDATE meta SET value = '1' WHERE key = 'version'")
        killed.commit()
        for suffix in ("", "-wal"):  # the row stays in the log, as after a kill
            shutil.copy(f"{running}{suffix}", f"{path}{suffix}")
    with pytest.raises(LedgerUnusable) as refused:
        Ledger(path)
    subprocess.run(["sh", "-c", str(refused.value).rpartition("with: ")[2]], check=True)
    with closing(sqlite3.connect(f"{path}.version-1")) as archived:
        assert archived.execute("SELECT value FROM meta").fetchall() == [("1",)]
    Ledger(path).close()
