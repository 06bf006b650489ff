"""A person waives a named state: kept with who, why and until when, told by status and why, taken back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from rollout.store.ledger import LedgerReader
from tests.cli.rollouts import Kept, kept

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


@pytest.fixture
def ran(understudy: Shell, tmp_path: Path) -> Kept:
    return kept(understudy.state, tmp_path / "sock")


def test_a_waiver_is_kept_with_actor_reason_and_expiry(understudy: Shell, ran: Kept) -> None:
    said = understudy("waive", "crashed", "--reason", "none crashes", "--actor", "ann", "--expires", "14d")
    assert said.code == 0
    ledger = LedgerReader.open(ran.folder.ledger)
    (row,) = ledger.decisions("waive")
    ledger.close()
    assert (row.subject, row.actor, row.reason) == ("crashed", "ann", "none crashes")
    assert json.loads(row.body)["expires"] == pytest.approx(time.time() + 14 * 86400, abs=600)


@pytest.mark.usefixtures("ran")
def test_status_and_why_tell_of_a_waiver(understudy: Shell) -> None:
    understudy("waive", "crashed", "--reason", "none crashes", "--actor", "ann")
    for verb in ("status", "why"):
        (waived,) = understudy(verb, "--json").json["waived"]
        assert (waived["state"], waived["actor"], waived["reason"]) == ("crashed", "ann", "none crashes")
        assert "crashed need not be proven (none crashes; ann)" in understudy(verb).out


@pytest.mark.usefixtures("ran")
def test_a_waiver_can_be_taken_back(understudy: Shell) -> None:
    understudy("waive", "crashed", "--reason", "none crashes")
    assert understudy("waive", "crashed", "--undo", "--reason", "one did").code == 0
    assert understudy("status", "--json").json["waived"] == []
    again = understudy("waive", "crashed", "--undo", "--reason", "one did")
    assert (again.code, "crashed is not waived" in again.err) == (0, True)


@pytest.mark.usefixtures("ran")
def test_a_state_that_the_plan_does_not_want_proven_is_named_with_those_that_it_does(understudy: Shell) -> None:
    said = understudy("waive", "christmas", "--reason", "x")
    assert said.code == 2
    assert "waiting_approval" in said.err


def test_a_waiver_needs_a_rollout(understudy: Shell) -> None:
    assert understudy("waive", "crashed", "--reason", "x").code == 5
