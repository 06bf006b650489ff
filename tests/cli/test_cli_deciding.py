"""The operator's hand: what is moved, what is refused, and what works with nothing else working."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

import pytest

from rollout.judgement.enums import Verdict
from rollout.judgement.rollout_status import RequestKind
from rollout.loop.acting.episode import Episode, EpisodeBook, Escalation
from rollout.store.flags import FlagsFile
from rollout.store.ledger import Ledger
from rollout.store.orders import OrderKind, order_in_force
from tests.cli.rollouts import Kept, kept

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


@pytest.fixture
def ran(understudy: Shell) -> Kept:
    return kept(understudy.state, understudy.folder / "s")


def stage(understudy: Shell) -> tuple[str, str]:
    said = understudy("status", "--json").json
    return said["stage"], said["state"]


def test_promote_moves_one_stage_writes_the_flag_and_keeps_who_and_why(understudy: Shell, ran: Kept) -> None:
    said = understudy("promote", "--reason", "reviewed", "--actor", "ann", "--yes")
    assert said.code == 0, said.err
    assert stage(understudy) == ("canary", "running")
    assert FlagsFile(ran.folder.flags).read().candidate.percent == 5
    last = understudy("history", "--json").json["transitions"][-1]
    assert (last["actor"], last["reason"]) == ("ann", "reviewed")


@pytest.mark.usefixtures("ran")
def test_a_dry_run_says_what_would_happen_and_does_not_do_it(understudy: Shell) -> None:
    said = understudy("promote", "--reason", "look", "--dry-run")
    assert said.out.startswith("Would move: shadow -> canary (5 %)")
    assert stage(understudy) == ("shadow", "running")


@pytest.mark.usefixtures("ran")
def test_where_nobody_can_answer_a_promotion_needs_yes(understudy: Shell) -> None:
    said = understudy("promote", "--reason", "reviewed")
    assert said.code == 2
    assert "--yes" in said.err
    assert stage(understudy) == ("shadow", "running")


def test_with_tied_hands_nothing_is_promoted(understudy: Shell) -> None:
    kept(understudy.state, understudy.folder / "s", act=False)
    said = understudy("promote", "--reason", "reviewed", "--yes")
    assert said.code == 5
    assert "understudy run --act" in said.err


@pytest.mark.usefixtures("ran")
def test_rollback_needs_a_reason_unless_it_is_now(understudy: Shell) -> None:
    assert understudy("rollback").code == 5
    assert understudy("rollback", "--reason", "managers complain").code == 0
    assert stage(understudy) == ("shadow", "rolled_back")


@pytest.mark.usefixtures("ran")
def test_retry_begins_anew_only_after_a_rollback(understudy: Shell) -> None:
    nothing = understudy("retry", "--reason", "fixed")
    assert (nothing.code, "not rolled back" in nothing.err) == (0, True)
    understudy("rollback", "--reason", "managers complain")
    refused = understudy("promote", "--reason", "no", "--yes")
    assert (refused.code, "understudy retry" in refused.err) == (5, True)
    assert understudy("retry", "--reason", "fixed").code == 0
    assert stage(understudy) == ("shadow", "running")


@pytest.mark.usefixtures("ran")
def test_pause_and_resume(understudy: Shell) -> None:
    assert understudy("pause", "--reason", "release week").code == 0
    assert stage(understudy) == ("shadow", "paused")
    assert understudy("resume", "--reason", "release is out").code == 0
    assert stage(understudy) == ("shadow", "running")


@pytest.mark.usefixtures("ran")
def test_retiring_before_production_is_refused(understudy: Shell) -> None:
    said = understudy("retire", "--reason", "enough", "--yes")
    assert said.code == 5
    assert "only from production" in said.err


def test_a_move_without_a_rollout_is_refused(understudy: Shell) -> None:
    said = understudy("pause", "--reason", "x")
    assert said.code == 5
    assert "nothing has run here yet" in said.err


def test_a_question_may_be_named_by_as_many_digits_as_are_unmistakable(understudy: Shell, ran: Kept) -> None:
    now = time.time()
    ids = ("e-7f3a19c2d4e5f601", "e-7f3a19c2ffffffff")
    episodes = {
        one: Episode(
            id=one, intent_key="kill_window", pane="%1", pid=1, session="team", opened_at=now, voices={},
            escalation=Escalation(
                episode=one, session="team", intent_key="kill_window", pane="%1", why="", at=now, expires_at=now + 900
            ),
        )
        for one in ids
    }  # fmt: skip
    ledger = Ledger(ran.folder.ledger)
    with ledger.transaction() as tx:
        book = EpisodeBook(episodes=episodes).model_dump(mode="json")
        tx.keep_document("acting", json.dumps({"epoch": 1, "book": book}))
    ledger.close()
    both = understudy("approve", "e-7f3a19", "--reason", "looked")
    assert (both.code, "more than one question begins with e-7f3a19" in both.err) == (5, True)
    assert understudy("approve", "e-7f3", "--reason", "looked").code == 5
    assert "Approved e-7f3a19c2d4e5f601" in understudy("approve", "e-7f3a19c2d", "--reason", "looked").out


@pytest.mark.usefixtures("ran")
def test_approving_what_does_not_wait_is_refused(understudy: Shell) -> None:
    said = understudy("approve", "e-123456", "--reason", "looked")
    assert said.code == 5
    assert "nothing called e-123456 waits" in said.err


@pytest.mark.usefixtures("ran")
def test_approving_a_promotion_that_was_not_earned_is_refused(understudy: Shell) -> None:
    said = understudy("approve", "--reason", "go", "--yes")
    assert said.code == 5
    assert "does not call it promotable" in said.err


def test_rollback_now_turns_the_flag_down_and_leaves_an_order_for_the_run(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    said = understudy("rollback", "--now", "--reason", "pager")
    assert said.code == 0
    assert FlagsFile(ran.folder.flags).read().candidate.percent == 0
    assert order_in_force(OrderKind.ROLLBACK, ran.folder.path) is not None
    status = understudy("status", "--json").json
    assert (status["exposure_percent"], status["state"]) == (0, "rolled_back")


def test_rollback_now_reaches_every_server_that_was_run(understudy: Shell, ran: Kept) -> None:
    other = kept(understudy.state, understudy.folder / "other")
    understudy("rollback", "--now")
    assert all(order_in_force(OrderKind.ROLLBACK, one.folder.path) for one in (ran, other))


def test_rollback_now_of_one_server_leaves_the_others_alone(understudy: Shell, ran: Kept) -> None:
    other = kept(understudy.state, understudy.folder / "other")
    understudy("rollback", "--now", "--socket-path", understudy.folder / "other")
    assert order_in_force(OrderKind.ROLLBACK, other.folder.path)
    assert order_in_force(OrderKind.ROLLBACK, ran.folder.path) is None


def test_rollback_now_where_nothing_ever_ran_says_so(understudy: Shell) -> None:
    said = understudy("rollback", "--now")
    assert (said.code, "nothing to roll back" in said.err) == (0, True)


def test_a_retry_after_rollback_now_needs_no_run_in_between(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    understudy("rollback", "--now", "--reason", "pager", "--actor", "ann")
    assert understudy("retry", "--reason", "fixed").code == 0
    assert stage(understudy) == ("shadow", "running")
    trail = understudy("history", "--json").json["transitions"]
    assert [(row["request"], row["reason"]) for row in trail[-2:]] == [("rollback", "pager"), ("retry", "fixed")]


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b'{"version": 2, "features": []}'])
def test_rollback_now_works_with_broken_flags_and_settings(understudy: Shell, ran: Kept, content: bytes) -> None:
    ran.folder.flags.write_bytes(content)
    understudy.write("understudy.toml", "no = toml = at all")
    assert understudy("rollback", "--now").code == 0
    assert FlagsFile(ran.folder.flags).read().candidate.percent == 0


def test_emergency_verbs_work_while_the_database_is_locked(understudy: Shell, ran: Kept) -> None:
    ledger = Ledger(ran.folder.ledger)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with ledger.transaction():
            held.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        held.wait(10)
        for asked in (("freeze",), ("unfreeze",), ("rollback", "--now")):
            assert understudy.real(*asked, timeout=8).code == 0
        refused = understudy("pause", "--reason", "release week")
        assert (refused.code, "is locked by another process: try again" in refused.err) == (75, True)
    finally:
        done.set()
        holder.join()
        ledger.close()


def test_waiting_ends_at_once_where_the_stage_is_reached_or_passed(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    for stage_name in ("shadow", "canary"):
        assert understudy("wait", "--for", f"stage={stage_name}", "--timeout", "0").code == 0


@pytest.mark.usefixtures("ran")
def test_waiting_ends_with_75_when_the_time_is_over(understudy: Shell) -> None:
    said = understudy("wait", "--for", "stage=beta", "--timeout", "0")
    assert said.code == 75
    assert "is in shadow and not yet stage=beta" in said.err


def test_waiting_ends_with_4_after_a_rollback(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.ROLLBACK)
    assert understudy("wait", "--for", "promotable", "--timeout", "0").code == 4


def test_waiting_for_what_never_comes_is_refused(understudy: Shell) -> None:
    said = understudy("wait", "--for", "christmas")
    assert said.code == 2
    assert "stage=production" in said.err


def test_a_retirement_can_be_taken_back_and_only_a_retirement(understudy: Shell, ran: Kept) -> None:
    for ask in (RequestKind.PROMOTE, RequestKind.PROMOTE, RequestKind.PROMOTE):
        ran.move(ask)
    early = understudy("retire", "--undo", "--reason", "compare again")
    assert (early.code, "not retired" in early.err) == (0, True)
    ran.move(RequestKind.RETIRE, verdict=Verdict.PROMOTABLE)
    said = understudy("retire", "--undo", "--reason", "compare again")
    assert (said.code, said.out.startswith("retired -> production (100 %)")) == (0, True)
    assert "[audit " in said.out
