"""Decisions of operators, as the loop takes them up: labels, spells that are overruled, waivers, terms."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from rollout.judgement.enums import Guardrail, Stage
from rollout.judgement.evidence import EvidenceEvent
from rollout.judgement.plans import DEFAULT_PLAN
from rollout.judgement.rollout_status import RolloutStatus
from rollout.loop.analysis import Analysis
from rollout.loop.evidence import add_events
from rollout.loop.operator_input import listen
from rollout.store.ledger import BoutRow, DecisionRow, Ledger, SpellRow
from shadow.bout import Bout
from shadow.compare import differ
from shadow.differences import Fingerprint, Side
from shadow.expected import ExpectedRegister
from shadow.labels import Label, Referee, Right
from shadow.referee.records import CliVersion, NamedState, NamingRule, ScoredSpell, Vote
from shadow.sides import Who
from understudy import AgentState

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


def spell(name: str, began: float) -> ScoredSpell:
    return ScoredSpell(
        id=name, pane="%1", pid=1, session="s", window="w", agent="claude", began=began, ended=began + 4, looks=3,
        named=NamedState.IDLE, rule=NamingRule.TYPED, incumbent=Vote.WRONG, candidate=Vote.WRONG,
        ran=CliVersion(cli="claude", version="2.1.34"),
    )  # fmt: skip


@pytest.fixture
def runtime(tmp_path: Path) -> Any:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    rows = [
        (1, bout("b-1")), (1, bout("b-2", label=ONE_SIDED)), (1, bout("b-3", IDLE)), (0, bout("b-4")),
    ]  # fmt: skip
    with ledger.transaction() as tx:
        tx.add_bouts(
            BoutRow(one.id, epoch, "%1", AT, None if one.agrees else one.fingerprint.cluster, one.model_dump_json())
            for epoch, one in rows
        )
        tx.add_spells(
            SpellRow(one.id, 1, "%1/1", one.began, one.ended, one.model_dump_json())
            for one in (spell("s-inside", AT + 2), spell("s-outside", AT + 500))
        )
    return SimpleNamespace(ledger=ledger, register=ExpectedRegister())


def say(runtime: Any, kind: str, subject: str, *, analysis: Analysis | None = None, **body: object) -> Any:
    with runtime.ledger.transaction() as tx:
        tx.add_decision(DecisionRow(AT + 100, kind, subject, "ann", "looked at it", json.dumps(body)))
    return listen(runtime.ledger, runtime.register, analysis or Analysis(epoch=1))


def test_a_decision_on_one_bout_labels_that_bout_and_takes_its_spells_out_of_the_scoring(runtime: Any) -> None:
    said = say(runtime, "settle_bout", "b-1", right="candidate")
    (row,) = said.relabelled
    assert Bout.model_validate_json(row.body).label == Label(
        right=Right.CANDIDATE, by=Referee.PERSON, reason="looked at it"
    )
    assert said.overruled == {"s-inside": "settle bout b-1 by ann"}
    assert said.analysis.signoffs.settled == ()


def test_what_was_overruled_counts_for_no_version_of_a_cli(runtime: Any) -> None:
    said = say(runtime, "settle_bout", "b-1", right="candidate")
    assert said.analysis.cli_versions.clis["claude"]["2.1.34"].scored == 1


def test_what_was_overruled_is_counted_and_never_turns_clean(runtime: Any) -> None:
    said = say(runtime, "settle_bout", "b-1", right="candidate")
    assert (said.analysis.scoring.overruled, said.analysis.scoring.named) == (1, 1)
    add_events = [
        (evidence_event.guardrail, evidence_event.event)
        for evidence_event in said.evidence_events
        if not evidence_event.starts_again and evidence_event.whole
    ]
    assert add_events == [("wrong", True), ("worse", False)]  # of the spell that lies elsewhere


def test_evidence_of_spells_starts_again_where_one_was_overruled_and_nothing_else_does(runtime: Any) -> None:
    analysis = Analysis(epoch=1)
    evidence_events = [EvidenceEvent(Guardrail.WRONG, event=True), EvidenceEvent(Guardrail.FAILURE, event=False)]
    analysis = add_events(analysis, evidence_events, RolloutStatus(stage=Stage.SHADOW, epoch=1), DEFAULT_PLAN)
    said = say(runtime, "settle_bout", "b-1", analysis=analysis, right="candidate")
    assert {evidence_event.guardrail for evidence_event in said.evidence_events if evidence_event.starts_again} == {
        "wrong"
    }


def test_a_decision_on_an_agreement_labels_it(runtime: Any) -> None:
    said = say(runtime, "settle_bout", "b-3", right="neither")
    assert len(said.relabelled) == 1


def test_a_waiver_lasts_until_it_expires(runtime: Any) -> None:
    said = say(runtime, "waive", "waiting_approval", expires=AT + 1000)
    waiver = said.analysis.waivers[AgentState.WAITING_APPROVAL]
    assert (waiver.actor, waiver.reason, waiver.expires) == ("ann", "looked at it", AT + 1000)


@pytest.mark.parametrize("name", ["b-4", "b-9"], ids=["another stage's", "no such bout"])
def test_a_decision_on_a_bout_that_is_not_this_stages_changes_nothing(runtime: Any, name: str) -> None:
    said = say(runtime, "settle_bout", name, right="candidate")
    assert (said.relabelled, said.evidence_events) == ((), ())


def test_a_decision_on_a_cluster_overrules_hindsight_that_speaks_for_one_side(runtime: Any) -> None:
    said = say(runtime, "settle", bout("b-1").fingerprint.cluster, right="candidate")
    assert sorted(row.id for row in said.relabelled) == ["b-1", "b-2"]
    assert set(said.overruled) == {"s-inside"}


def test_a_sign_off_is_taken_up_with_its_terms(runtime: Any) -> None:
    expires = "2099-01-01T00:00:00Z"
    said = say(runtime, "accept", "d-1", owner="team-a", expires=expires, ceiling=0.1, monitors=["a 1", "b 2"])
    (signed,) = said.analysis.signoffs.accepted
    assert (signed.owner, signed.reason, signed.ceiling, signed.monitors) == (
        "team-a",
        "looked at it",
        0.1,
        ("a 1", "b 2"),
    )


def test_a_saved_rule_is_a_decision_for_the_trail_alone(runtime: Any) -> None:
    said = say(runtime, "rule", "mine", rule={})
    assert (said.evidence_events, said.relabelled, said.analysis.decisions_read) == ((), (), 1)
