"""Standing orders: a verb that decides carries them out as the loop does, and none is left where nothing has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rollout.judgement.enums import Stage, State
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import Refusal, RefusalReason, RequestKind
from rollout.loop.stage_controller import StageController
from rollout.loop.stage_controller import rollout_status as by_ledger
from rollout.loop.standing_orders import carry_out_orders, drop_early_rollback
from rollout.store.flags import FlagsFile
from rollout.store.ledger import Ledger
from rollout.store.orders import OrderKind, give, order_in_force
from tests.cli.rollouts import THEN, Kept, kept

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


@pytest.fixture
def ran(understudy: Shell, tmp_path: Path) -> Kept:
    return kept(understudy.state, tmp_path / "sock")


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Refusal(RefusalReason.CONFLICT, "the stage was moved meanwhile")
    asked = StageController.request
    monkeypatch.setattr(
        StageController,
        "request",
        lambda self, request: answer if request.kind is RequestKind.ROLLBACK else asked(self, request),
    )


@pytest.mark.usefixtures("refusing")
def test_a_rollback_that_is_refused_stays_ordered_and_nothing_else_is_moved(understudy: Shell, ran: Kept) -> None:
    give(OrderKind.ROLLBACK, ran.folder.path, actor="ann", reason="pager")
    said = understudy("pause", "--reason", "release week")
    assert said.code == 5
    assert "A rollback is ordered and could not be carried out (the stage was moved meanwhile)" in said.err
    assert order_in_force(OrderKind.ROLLBACK, ran.folder.path) is not None
    assert [row["request"] for row in understudy("history", "--json").json["transitions"]] == ["begin"]


def test_a_verb_that_decides_carries_out_a_freeze_that_no_run_has_seen(understudy: Shell, ran: Kept) -> None:
    give(OrderKind.FREEZE, ran.folder.path, actor="ann", reason="pager")
    refused = understudy("promote", "--reason", "reviewed", "--yes")
    assert (refused.code, "frozen" in refused.err) == (5, True)
    assert understudy("history", "--json").json["transitions"][-1]["request"] == "freeze"


def test_a_rollback_of_a_server_that_no_run_has_seen_is_a_message_and_no_order(understudy: Shell) -> None:
    said = understudy("rollback", "--now", "--socket-name", "never-run")
    assert said.code == 0
    assert "nothing to roll back" in said.err
    assert not list(understudy.state.rglob("rollback.json"))


def test_a_rollback_reaches_a_run_whose_folder_is_gone(understudy: Shell, ran: Kept) -> None:
    (understudy.folder / "other.understudy.lock").touch()
    assert ran.folder.path.exists()
    assert understudy("rollback", "--now", "--socket-path", understudy.folder / "other").code == 0
    assert len(list(understudy.state.rglob("rollback.json"))) == 1


def test_a_rollback_order_of_a_rollout_that_has_not_begun_is_taken_away(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    controller = StageController(ledger, FlagsFile(tmp_path / "flags.json"), DEFAULT_PLAN)
    give(OrderKind.ROLLBACK, tmp_path, actor="ann", reason="pager")
    assert carry_out_orders(controller, ledger, (tmp_path,), THEN).rollout_status.stage is Stage.OFF
    assert order_in_force(OrderKind.ROLLBACK, tmp_path) is None
    ledger.close()


def test_a_rollback_that_was_ordered_before_the_first_run_does_not_hold_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    controller = StageController(ledger, FlagsFile(tmp_path / "flags.json"), DEFAULT_PLAN)
    give(OrderKind.ROLLBACK, tmp_path, actor="ann", reason="pager")
    drop_early_rollback(tmp_path)
    controller.wake(THEN)
    assert carry_out_orders(controller, ledger, (tmp_path,), THEN).rollout_status.state is State.RUNNING
    assert by_ledger(ledger).stage is Stage.SHADOW
    ledger.close()
