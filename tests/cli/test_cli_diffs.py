"""A person's word on differences: signed off with terms, settled, drawn by lot, expected by a rule of one's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modular.corpus import read_corpus
from rollout.loop.decisions import acceptance_of, with_decision
from rollout.loop.tape_retention import Interest
from rollout.loop.tape_store import TapeStore
from rollout.store.ledger import BoutRow, Ledger, LedgerReader
from shadow.bout import Bout, bout_id
from shadow.compare import compare
from shadow.signoffs import NOBODY_SAID
from tests.cli.rollouts import CANDIDATE, INCUMBENT, THEN, Kept, kept
from tmuxio.tapes.tapefile import read_tape
from understudy import Frame, PaneShot, Tape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
CYCLE = "c-20260528T202640.000000"
SCREEN = "● Done.\n\n│ > and now the docs │\n"


def bout(number: int, *, agrees: bool) -> Bout:
    """A settled bout of %2, as the two reports have it, or of %1, on which both agree."""
    found = next(one for one in compare(INCUMBENT, CANDIDATE) if one.pane == "%2")
    pane, side = ("%1", found.incumbent) if agrees else ("%2", found.candidate)
    return Bout(
        id=bout_id(pane, number, THEN + number),
        pane=pane,
        pid=101 if agrees else 102,
        session="team one",
        window="Claude-2",
        agent="claude",
        began=THEN,
        ended=THEN + 20,
        looks=3,
        agrees=agrees,
        difference=None if agrees else found,
        fingerprint=found.fingerprint,
        incumbent=found.incumbent if not agrees else side,
        candidate=side,
        settled_at=THEN + 90,
    )


@pytest.fixture
def ran(understudy: Shell, tmp_path: Path) -> Kept:
    return filled(understudy.state, tmp_path / "sock")


def filled(state: Path, socket: Path) -> Kept:
    """A rollout of twelve bouts that differ and thirty that agree, and one tape that shows them."""
    made = kept(state, socket)
    bouts = [
        *(bout(number, agrees=False) for number in range(12)),
        *(bout(number, agrees=True) for number in range(30)),
    ]
    ledger = Ledger(made.folder.ledger)
    with ledger.transaction() as tx:
        tx.add_bouts(
            BoutRow(
                one.id,
                1,
                one.pane or "",
                THEN + 90,
                None if one.agrees else one.fingerprint.cluster,
                one.model_dump_json(),
            )
            for one in bouts
        )
        connection = tx._connection
        connection.exec_driver_sql("UPDATE differences SET cycle = ?", (CYCLE,))
    ledger.close()
    tape_store = TapeStore(made.folder.tapes, now=lambda: THEN)
    tape_store.keep(CYCLE, tape(), {}, {}, interest=Interest.DIFFERS)
    tape_store.close()
    return made


def tape() -> Tape:
    shots = tuple(
        PaneShot(
            pane=f"%{number}", pid=100 + number, session="team one", session_id="$1", session_created=1,
            window_id="@1", window_index=number, window=f"Claude-{number}", title="\u2733 claude",
            processes=("bash", "claude"), ansi=SCREEN,
        )
        for number in (1, 2, 3)
    )  # fmt: skip
    return Tape(id="t-1", frames=tuple(Frame(at=THEN + 1 + n * 0.3, panes=shots) for n in range(4)))


def first_cluster(understudy: Shell) -> dict[str, object]:
    found: dict[str, object] = understudy("diffs", "list", "--json").json["clusters"][0]
    return found


@pytest.mark.usefixtures("ran")
def test_a_cluster_has_a_trend_a_share_and_its_slices(understudy: Shell) -> None:
    row = first_cluster(understudy)
    assert (row["bouts"], row["trend"]) == (12, "steady")
    assert row["share"] == pytest.approx(12 / 42)
    assert sum(row["slices"]) == 12  # type: ignore[call-overload]


@pytest.mark.usefixtures("ran")
def test_a_cluster_that_changes_an_act_shows_five_members_before_it_is_signed_off(understudy: Shell) -> None:
    cluster = str(first_cluster(understudy)["id"])
    refused = understudy("diffs", "accept", cluster, "--reason", "meant so")
    assert refused.code == 2
    assert "There is no terminal to answer on: add --yes" in refused.err
    assert refused.err.count("pane %2") == 5
    assert "5 of its 12 bouts, drawn at random" in refused.err
    assert first_cluster(understudy)["accepted"] is False
    assert understudy("diffs", "accept", cluster, "--reason", "meant so", "--yes").code == 0


def test_a_sign_off_keeps_owner_expiry_ceiling_and_the_versions_it_is_meant_for(understudy: Shell, ran: Kept) -> None:
    cluster = str(first_cluster(understudy)["id"])
    terms = ("--owner", "team-a", "--actor", "ann", "--expires", "2099-01-31", "--ceiling", "0.4", "--yes")
    assert understudy("diffs", "accept", cluster, "--reason", "meant so", *terms).code == 0
    ledger = LedgerReader.open(ran.folder.ledger)
    (row,) = ledger.decisions("accept")
    ledger.close()
    signed = acceptance_of(row)
    assert (row.actor, signed.owner, signed.reason, signed.ceiling) == ("ann", "team-a", "meant so", 0.4)
    assert signed.monitors == ("incumbent-monitor 1.2", "candidate-monitor 1.2")
    said = with_decision(NOBODY_SAID, row)
    assert said.acceptance(cluster, row.at + 1) is not None
    assert said.under(("incumbent-monitor 1.2", "candidate-monitor 1.3")).acceptance(cluster, row.at + 1) is None
    assert said.under(signed.monitors).lapsed(cluster, signed.expires + 1) == "expired"


@pytest.mark.parametrize(
    ("expires", "says"), [("soon", "write 14d, 12h, or a day"), ("2020-01-01", "is in the past; give a later time")]
)
@pytest.mark.usefixtures("ran")
def test_an_expiry_that_is_none_is_a_sentence(understudy: Shell, expires: str, says: str) -> None:
    said = understudy("diffs", "accept", "d-", "--reason", "x", "--expires", expires, "--yes")
    assert said.code == 2
    assert says in said.err


@pytest.mark.usefixtures("ran")
def test_a_ceiling_that_is_passed_reopens_and_says_so(understudy: Shell) -> None:
    cluster = str(first_cluster(understudy)["id"])
    understudy("diffs", "accept", cluster, "--reason", "rare", "--ceiling", "0.01", "--yes")
    row = first_cluster(understudy)
    assert (row["accepted"], row["open"], row["reopened"]) == (False, True, "ceiling")
    assert "reopened: above the ceiling it was signed off for" in understudy("diffs", "list").out


@pytest.mark.usefixtures("ran")
def test_what_is_settled_for_the_candidate_becomes_a_case_of_both_corpora(understudy: Shell) -> None:
    cluster = str(first_cluster(understudy)["id"])
    said = understudy(
        "diffs", "settle", cluster, "--right", "candidate", "--reason", "it works", "--fixtures", "cases", "--json"
    )
    assert said.code == 0, said.err
    engine, shadow = (understudy.folder / path for path in said.json["fixtures"])
    corpus = understudy.folder / "cases" / "modular" / "corpus"
    assert engine == corpus / "claude" / "cases.toml"
    (case,) = read_corpus(corpus).cases
    assert (case.screens, case.expected(), case.processes) == ((SCREEN,), {"state": "busy"}, ("bash", "claude"))
    assert [shot.pane for shot in read_tape(shadow / "pane.tape.gz").tape.frames[-1].panes] == ["%2"]
    assert json.loads((shadow / "settled.json").read_text()) == {
        "pane": "%2", "incumbent": "idle", "candidate": "busy", "right": "candidate",
    }  # fmt: skip


@pytest.mark.usefixtures("ran")
def test_where_no_tests_are_at_hand_settling_says_so_and_counts_all_the_same(understudy: Shell) -> None:
    cluster = str(first_cluster(understudy)["id"])
    said = understudy("diffs", "settle", cluster, "--right", "candidate", "--reason", "it works")
    assert said.code == 0
    assert "--fixtures DIR names one" in said.err
    assert first_cluster(understudy)["settled"] == "candidate"


@pytest.mark.usefixtures("ran")
def test_a_draw_is_of_both_kinds_the_same_by_its_seed_and_shows_the_screens(understudy: Shell) -> None:
    said = understudy("diffs", "settle", "--sample", "10", "--seed", "7", "--json").json
    assert (said["schema"], said["seed"], len(said["sample"])) == (1, 7, 10)
    assert [one["agrees"] for one in said["sample"]].count(True) == 5
    assert said["sample"][0]["screen"] == SCREEN
    assert understudy("diffs", "settle", "--sample", "10", "--seed", "7", "--json").json == said


def test_an_answer_to_a_draw_is_in_the_ledger_and_is_not_asked_for_again(understudy: Shell, ran: Kept) -> None:
    drawn = understudy("diffs", "settle", "--sample", "42", "--json").json["sample"]
    one = drawn[0]["id"]
    assert understudy("diffs", "settle", one, "--right", "neither", "--actor", "ann").code == 0
    ledger = LedgerReader.open(ran.folder.ledger)
    (row,) = ledger.decisions("settle_bout")
    ledger.close()
    assert (row.subject, row.actor, json.loads(row.body)["right"]) == (one, "ann", "neither")
    again = [other["id"] for other in understudy("diffs", "settle", "--sample", "42", "--json").json["sample"]]
    assert one not in again
    assert len(again) == len(drawn) - 1


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--sample", "3"), "there is no terminal to answer on"),
        (("b-0000000000", "--right", "both"), "there is no bout b-0000000000"),
        ((), "name a cluster and the monitor that is right"),
        (("d-1", "--right", "both", "--sample", "2"), "name a cluster and the monitor that is right"),
        (("d-", "--right", "both"), "needs a reason for the history: --reason TEXT"),
    ],
)
def test_settling_what_cannot_be_is_a_sentence(understudy: Shell, asked: tuple[str, ...], says: str) -> None:
    said = understudy("diffs", "settle", *asked)
    assert (said.code, says in said.err) == (2, True), said.err


RULE = """
id = "mine-is-idle"
title = "our banner reads as idle to the incumbent"
severity = ["action", "state"]
agent = ["*"]
right = "candidate"
why = "our banner stands where the incumbent looks for a prompt"
ceiling = 0.5
test = "none"
[incumbent]
state = ["idle"]
rule = ["incumbent.rule"]
alone = ["notify_manager:idle"]
[candidate]
state = ["busy"]
rule = ["candidate.rule"]
"""


def test_a_rule_says_what_it_would_hide_before_it_is_saved(understudy: Shell, ran: Kept) -> None:
    understudy.write("mine.toml", RULE)
    said = understudy("diffs", "rules", "--try", "mine.toml", "--json").json
    assert (said["rule"], said["hides"], said["hides_actions"], len(said["clusters"])) == ("mine-is-idle", 12, 12, 1)
    assert (said["now"], said["would_have_been"]) == ({"bouts": 42, "events": 12}, {"bouts": 30, "events": 0})
    told = understudy("diffs", "rules", "--try", "mine.toml").out
    assert "would have explained 12 bouts in 1 clusters, 12 of which change an act" in told
    assert "A rule applies from the next run on" in told
    assert "mine-is-idle" not in understudy("diffs", "rules").out
    saved = understudy("diffs", "rules", "--save", "mine.toml", "--reason", "the banner", "--actor", "ann", "--yes")
    assert saved.code == 0, saved.err
    assert "mine-is-idle" in understudy("diffs", "rules").out
    ledger = LedgerReader.open(ran.folder.ledger)
    (row,) = ledger.decisions("rule")
    ledger.close()
    assert (row.subject, row.actor, row.reason) == ("mine-is-idle", "ann", "the banner")


@pytest.mark.usefixtures("ran")
def test_a_rule_that_is_none_is_a_sentence(understudy: Shell) -> None:
    understudy.write("bad.toml", RULE.replace('rule = ["candidate.rule"]', 'rule = ["*"]'))
    said = understudy("diffs", "rules", "--try", "bad.toml")
    assert said.code == 78
    assert "a rule that matches everything expects everything" in said.err
    assert understudy("diffs", "rules", "--try", "none.toml").code == 2


@pytest.mark.usefixtures("ran")
def test_the_referee_shows_its_settle_rates(understudy: Shell) -> None:
    assert understudy("diffs", "referee").code == 0
    assert understudy("diffs", "referee", "--json").json == {"schema": 1, "kinds": []}
