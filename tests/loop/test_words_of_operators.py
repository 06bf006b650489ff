"""What operators say of differences, as the loop takes it up: labels, evidence, terms."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from contract import AgentState
from rollout.loop.operators import listen
from rollout.loop.trial import Trial
from rollout.store.ledger import BoutRow, DecisionRow, Ledger
from shadow.bout import Bout
from shadow.compare import differ
from shadow.differences import Fingerprint, Side
from shadow.expected import ExpectedRegister
from shadow.labels import Label, Referee, Right
from shadow.sides import Who

if TYPE_CHECKING:
    from pathlib import Path

AT = 1_800_000_000.0
IDLE, BUSY = Side(state=AgentState.IDLE, rule="a"), Side(state=AgentState.BUSY, rule="b")
ONE_SIDED = Label(right=Right.INCUMBENT, by=Referee.HINDSIGHT, rule="printed", alone=False)


def bout(name: str, candidate: Side = BUSY, label: Label | None = None) -> Bout:
    difference = differ(Who("%1", 1, "s", "w"), IDLE, candidate)
    return Bout(
        id=name, pane="%1", pid=1, session="s", window="w", agent="unknown", began=AT, ended=AT + 9, looks=2,
        agrees=difference is None, difference=difference, fingerprint=Fingerprint.of(IDLE, candidate),
        incumbent=IDLE, candidate=candidate, settled_at=AT + 60, label=label,
    )  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Any:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    rows = [
        (1, bout("b-1")), (1, bout("b-2", label=ONE_SIDED)), (1, bout("b-3", IDLE)), (0, bout("b-4")),
    ]  # fmt: skip
    with ledger.transaction() as tx:
        tx.add_bouts(
            BoutRow(one.id, epoch, "%1", AT, None if one.agrees else one.fingerprint.cluster, one.model_dump_json())
            for epoch, one in rows
        )
    return SimpleNamespace(ledger=ledger, register=ExpectedRegister())


def say(house: Any, kind: str, subject: str, **body: object) -> Any:
    with house.ledger.transaction() as tx:
        tx.add_decision(DecisionRow(AT + 100, kind, subject, "ann", "looked at it", json.dumps(body)))
    return listen(house, Trial(epoch=1))


def test_a_word_on_one_bout_labels_that_bout_and_is_evidence(house: Any) -> None:
    said = say(house, "settle_bout", "b-1", right="candidate")
    (row,) = said.relabelled
    assert Bout.model_validate_json(row.body).label == Label(
        right=Right.CANDIDATE, by=Referee.PERSON, reason="looked at it"
    )
    assert [(fact.guardrail, fact.event) for fact in said.facts] == [("candidate_wrong", False)]
    assert said.trial.signoffs.settled == ()


def test_a_word_on_an_agreement_labels_it_and_is_no_evidence_of_who_differs(house: Any) -> None:
    said = say(house, "settle_bout", "b-3", right="neither")
    assert (len(said.relabelled), said.facts) == (1, ())


@pytest.mark.parametrize("name", ["b-4", "b-9"], ids=["another stage's", "nobody's"])
def test_a_word_on_a_bout_that_is_not_this_stages_changes_nothing(house: Any, name: str) -> None:
    said = say(house, "settle_bout", name, right="candidate")
    assert (said.relabelled, said.facts) == ((), ())


def test_a_word_on_a_cluster_overrules_what_hindsight_could_only_say_for_one_side(house: Any) -> None:
    said = say(house, "settle", bout("b-1").fingerprint.cluster, right="candidate")
    assert sorted(row.id for row in said.relabelled) == ["b-1", "b-2"]
    assert [fact.event for fact in said.facts] == [False, False]


def test_a_sign_off_is_taken_up_with_its_terms(house: Any) -> None:
    expires = "2099-01-01T00:00:00Z"
    said = say(house, "accept", "d-1", owner="team-a", expires=expires, ceiling=0.1, monitors=["a 1", "b 2"])
    (signed,) = said.trial.signoffs.accepted
    assert (signed.owner, signed.reason, signed.ceiling, signed.monitors) == (
        "team-a",
        "looked at it",
        0.1,
        ("a 1", "b 2"),
    )


def test_a_saved_rule_is_a_word_for_the_trail_alone(house: Any) -> None:
    said = say(house, "rule", "mine", rule={})
    assert (said.facts, said.relabelled, said.trial.decisions_read) == ((), (), 1)
