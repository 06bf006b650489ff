"""`diffs show` opens whatever id a message names, for people and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rollout.judgement.rollout_status import RequestKind
from rollout.store.ledger import BoutRow, DeliveryRow, Ledger, SpellRow
from shadow.compare import compare
from shadow.differences import Fingerprint
from shadow.referee.records import NamedState, NamingRule, ScoredSpell, Vote
from tests.cli.rollouts import CANDIDATE, INCUMBENT, THEN, Kept
from tests.cli.test_cli_diffs import bout, filled
from understudy.verdicts import AgentState

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
SPELL = ScoredSpell(
    id="s%2-102-1780000000.000",
    pane="%2",
    pid=102,
    session="team one",
    window="Claude-2",
    agent="claude",
    began=THEN,
    ended=THEN + 20,
    looks=4,
    named=NamedState.BUSY,
    rule=NamingRule.PRINTED,
    incumbent=Vote.WRONG,
    candidate=Vote.RIGHT,
)
DELIVERY = DeliveryRow(
    id="u-0123456789abcdef",
    episode="e-7f3a19c2d4e5f601",
    kind="notify_manager",
    target="%1",
    status="done",
    wanted_at=THEN,
    body="{}",
    finished_at=THEN + 1,
    done=True,
)


@pytest.fixture
def ran(understudy: Shell, tmp_path: Path) -> Kept:
    made = filled(understudy.state, tmp_path / "sock")
    ledger = Ledger(made.folder.ledger)
    with ledger.transaction() as tx:
        tx.add_spells([SpellRow(SPELL.id, 1, "%2/102", THEN, THEN + 20, SPELL.model_dump_json())])
        tx.request_deliveries([DELIVERY])
    ledger.close()
    return made


def differing() -> str:
    return bout(0, agrees=False).id


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(
    ("what", "kind", "says"),
    [
        (differing(), "bout", "differs, class true"),
        (differing()[:9], "bout", "spells    s%2-102"),
        (SPELL.id, "spell", "named     busy (busy, starting), by rule printed"),
        ("s%2-102", "spell", "candidate right"),
        (DELIVERY.episode, "episode", "delivery u-0123456789abcdef: notify_manager to %1, done"),
        (DELIVERY.episode[:8], "episode", "closed"),
        (DELIVERY.id, "delivery", "episode e-7f3a19c2d4e5f601"),
        (DELIVERY.id[:10], "delivery", "done"),
    ],
)
def test_each_kind_of_id_has_a_page_and_a_document(understudy: Shell, what: str, kind: str, says: str) -> None:
    told = understudy("diffs", "show", what)
    assert (told.code, says in told.out) == (0, True), told.out + told.err
    document = understudy("diffs", "show", what, "--json").json
    assert document["kind"] == kind
    assert str(document[kind]["id"]).startswith(what)


def test_a_head_of_the_audit_trail_opens_its_transition(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    head = understudy("status", "--json").json["audit_head"]
    assert "shadow -> canary (5 %)" in understudy("diffs", "show", head).out
    document = understudy("diffs", "show", head, "--json").json
    assert document["kind"] == "transition"
    assert document["transition"]["hash"].startswith(head)


@pytest.mark.usefixtures("ran")
def test_a_cluster_shows_its_slices(understudy: Shell) -> None:
    cluster = understudy("diffs", "list", "--json").json["clusters"][0]["id"]
    document = understudy("diffs", "show", cluster, "--json").json
    assert document["kind"] == "cluster"
    assert sum(one["bouts"] for one in document["cluster"]["kinds"]) == 12


def test_a_cluster_known_only_from_a_bout_opens_with_its_screen(understudy: Shell, ran: Kept) -> None:
    found = next(one for one in compare(INCUMBENT, CANDIDATE) if one.pane == "%2")
    other = found.candidate.model_copy(update={"state": AgentState.STARTING})
    fingerprint = Fingerprint.of(found.incumbent, other)
    difference = found.model_copy(
        update={"candidate": other, "fingerprint": fingerprint, "cluster": fingerprint.cluster}
    )
    made = bout(99, agrees=False).model_copy(update={"difference": difference, "fingerprint": fingerprint})
    ledger = Ledger(ran.folder.ledger)
    with ledger.transaction() as tx:
        tx.add_bouts([BoutRow(made.id, 1, "%2", THEN + 90, fingerprint.cluster, made.model_dump_json())])
    ledger.close()
    document = understudy("diffs", "show", fingerprint.cluster, "--json").json
    assert document["cluster"]["id"] == fingerprint.cluster


def test_a_tape_whose_screens_are_missing_is_named_with_the_file_that_it_needs(understudy: Shell, ran: Kept) -> None:
    (ran.folder.tapes / "screens.sqlite").unlink()
    said = understudy("diffs", "show", bout(0, agrees=False).fingerprint.cluster)
    assert said.code == 0
    assert "screens.sqlite is missing, which holds its screens" in said.err
    assert "kept any more" not in said.err


def test_a_cluster_whose_tapes_are_deleted_says_so(understudy: Shell, ran: Kept) -> None:
    for path in ran.folder.tapes.glob("*.tape.gz"):
        path.unlink()
    said = understudy("diffs", "show", bout(0, agrees=False).fingerprint.cluster)
    assert "No screen of it can be shown: no tape that shows its pane is kept any more." in said.err


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize("what", ["b-ffffffffffffffff", "s%9-1-1.000", "e-ffffffff", "u-ffffffff", "d-zzz", "zzz"])
def test_an_id_that_is_not_there_is_a_sentence(understudy: Shell, what: str) -> None:
    said = understudy("diffs", "show", what)
    assert said.code == 2
    assert "there is no" in said.err


@pytest.mark.usefixtures("ran")
def test_only_the_clusters_that_wait_are_listed_on_demand(understudy: Shell) -> None:
    rows = understudy("diffs", "list", "--json").json["clusters"]
    only = understudy("diffs", "list", "--open", "--json").json["clusters"]
    assert [row["id"] for row in only] == [row["id"] for row in rows if row["open"]]
