"""The verbs that read the ledger: what they say of a rollout that has run, and where nothing has."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from rollout.faces.cli.output import table
from rollout.judgement.rollout_status import RequestKind
from rollout.loop.analysis import Analysis
from rollout.store.ledger import Ledger
from tests.cli.rollouts import Kept, kept
from tests.cli.shell import PROGRAM

if TYPE_CHECKING:
    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]


@pytest.fixture
def ran(understudy: Shell) -> Kept:
    return kept(understudy.state, understudy.folder / "s")


@pytest.mark.parametrize(
    "asked", [("status",), ("why",), ("agents",), ("history",), ("diffs", "list"), ("report",), ("approve",)]
)
def test_where_nothing_has_run_a_sentence_says_so_and_nothing_fails(understudy: Shell, asked: tuple[str, ...]) -> None:
    said = understudy(*asked)
    assert said.code == 0
    assert "understudy run" in said.out + said.err or "No action waits" in said.err


@pytest.mark.usefixtures("ran")
def test_status_has_every_key_that_scripts_rely_on(understudy: Shell) -> None:
    said = understudy("status", "--json").json
    assert {
        *("schema", "stage", "exposure_percent", "shadow_percent", "act", "state", "verdict", "reasons", "evidence"),
        *("monitors", "would_have"),
    } <= set(said)
    assert said["schema"] == 1
    assert (said["stage"], said["state"], said["exposure_percent"], said["shadow_percent"]) == (
        "shadow",
        "running",
        0,
        100,
    )
    assert {tuple(sorted(row)) for row in said["evidence"]} == {
        tuple(sorted(("guardrail", "stratum", "e_value", "limit", "bouts", "events", "bound", "needed")))
    }
    assert [(one["role"], one["name"], one["version"], one["healthy"]) for one in said["monitors"]] == [
        ("incumbent", "incumbent-monitor", "1.2", True),
        ("candidate", "candidate-monitor", "1.2", True),
    ]


@pytest.mark.usefixtures("ran")
def test_status_for_people_fits_a_terminal(understudy: Shell) -> None:
    said = understudy("status").out.splitlines()
    assert said[0].startswith("No run: the last cycle was ")
    assert said[2].startswith("shadow, 0 % exposed, running")
    assert len(said) <= 24


@pytest.mark.usefixtures("ran")
def test_on_a_terminal_of_80_by_24_status_fits_and_has_colours(understudy: Shell, tmux_server: TmuxServer) -> None:
    settings = " ".join(f"{name}='{value}'" for name, value in understudy.env.items())
    pane = tmux_server.new_window(f"env {settings} {PROGRAM} status; echo THE-END; cat", width=80, height=24)
    screen = tmux_server.wait_for(pane, "THE-END")
    assert screen.startswith("No run: the last cycle was ")
    assert "\nshadow, 0 % exposed, running" in screen
    assert "\x1b[1m" in tmux_server.run("capture-pane", "-p", "-e", "-t", pane)


@pytest.mark.usefixtures("ran")
def test_no_color_takes_the_colours_out(understudy: Shell, tmux_server: TmuxServer) -> None:
    settings = " ".join(f"{name}='{value}'" for name, value in (understudy.env | {"NO_COLOR": "1"}).items())
    pane = tmux_server.new_window(f"env {settings} {PROGRAM} status; echo THE-END; cat")
    tmux_server.wait_for(pane, "THE-END")
    assert "\x1b[" not in tmux_server.run("capture-pane", "-p", "-e", "-t", pane)


@pytest.mark.usefixtures("ran")
def test_a_freeze_shows_at_once_without_any_run(understudy: Shell) -> None:
    understudy("freeze", "--actor", "ann", "--reason", "pager")
    assert understudy("status", "--json").json["state"] == "frozen"
    assert "the rollout is frozen (by ann: pager)" in understudy("why").out


def test_status_works_with_a_broken_flags_file_and_exposes_nothing(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    assert understudy("status", "--json").json["exposure_percent"] == 5
    ran.folder.flags.write_text("{")
    said = understudy("status", "--json").json
    assert (said["exposure_percent"], "nothing is exposed" in said["exposure_doubt"]) == (0, True)


def test_status_says_the_share_that_rules_while_the_last_good_flags_are_followed(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    ledger = Ledger(ran.folder.ledger)
    with ledger.transaction() as tx:
        tx.keep_document("analysis", Analysis(epoch=2, exposed_percent=5).model_dump_json())
    ledger.close()
    ran.folder.flags.write_text("{")
    said = understudy("status", "--json").json
    assert (said["exposure_percent"], "last good ones" in said["exposure_doubt"]) == (5, True)


@pytest.mark.usefixtures("ran")
def test_status_shows_the_risk_as_a_budget_and_the_head_of_the_trail(understudy: Shell) -> None:
    said = understudy("status", "--json").json
    assert said["budget"] == {"alpha": 0.01, "spent": 0.0, "nearest": None, "needed": said["budget"]["needed"]}
    assert said["audit_head"] in understudy("history").out


@pytest.mark.usefixtures("ran")
def test_agents_lists_what_both_say_of_every_pane(understudy: Shell) -> None:
    said = understudy("agents", "--json").json["agents"]
    assert [one["pane"] for one in said] == ["%1", "%2", "%3"]
    assert said[1]["monitors"]["incumbent"]["state"] == "idle"
    assert said[1]["monitors"]["candidate"]["state"] == "busy"
    assert set(said[2]["monitors"]) == {"candidate"}
    _, *lines = understudy("agents").out.splitlines()
    assert [line.endswith("differs") for line in lines] == [False, True, True]


@pytest.mark.usefixtures("ran")
def test_explain_shows_rule_lines_and_intents_of_both(understudy: Shell) -> None:
    said = understudy("explain", "%2").out
    for text in (
        "incumbent.rule",
        "candidate.rule",
        "what incumbent saw in %2",
        "notify_manager (no. 1): it stands still",
    ):
        assert text in said
    document = understudy("explain", "%2", "--json").json
    assert document["monitors"]["incumbent"]["verdict"]["why"]["rule"] == "incumbent.rule"
    assert document["monitors"]["candidate"]["intents"] == []


@pytest.mark.usefixtures("ran")
def test_explaining_an_unseen_pane_names_those_that_were_seen(understudy: Shell) -> None:
    said = understudy("explain", "%9")
    assert said.code == 2
    assert "seen were: %1, %2, %3" in said.err


def test_history_is_the_trail_and_its_chain_can_be_verified(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    rows = understudy("history", "--verify", "--json").json["transitions"]
    assert [(row["from"], row["to"], row["actor"]) for row in rows] == [
        ("off", "shadow", "understudy"),
        ("shadow", "canary", "ann"),
    ]
    assert rows[1]["previous_hash"] == rows[0]["hash"]
    assert {"reason", "evidence", "flag_revision"} <= set(rows[1])
    assert "shadow -> canary (5 %)" in understudy("history").out


@pytest.mark.usefixtures("ran")
def test_history_tells_the_words_of_operators_too(understudy: Shell) -> None:
    cluster = understudy("diffs", "list", "--json").json["clusters"][0]["id"]
    understudy("diffs", "settle", cluster, "--right", "candidate", "--reason", "looked at it", "--actor", "bob")
    (word,) = understudy("history", "--json").json["decisions"]
    assert (word["kind"], word["subject"], word["actor"], word["reason"]) == ("settle", cluster, "bob", "looked at it")
    assert f"settle {cluster}  by bob" in understudy("history").out


def test_columns_stand_under_each_other_whatever_the_names_are_written_in(capsys: pytest.CaptureFixture[str]) -> None:
    table([("日本", "x"), ("abcdef", "y")])
    assert capsys.readouterr().out == "日本    x\nabcdef  y\n"


def test_a_trail_that_was_changed_by_hand_does_not_verify(understudy: Shell, ran: Kept) -> None:
    ran.move(RequestKind.PROMOTE)
    with sqlite3.connect(ran.folder.ledger) as connection:
        connection.execute("UPDATE transitions SET body = replace(body, 'a test''s promote', 'all is well')")
    connection.close()
    said = understudy("history", "--verify")
    assert said.code == 5
    assert "row 2 (promote by ann) was changed after it was written" in said.err


@pytest.mark.usefixtures("ran")
def test_diffs_list_has_every_key_that_scripts_rely_on(understudy: Shell) -> None:
    said = understudy("diffs", "list", "--json").json["clusters"]
    assert said[0]["severity"] == "action"
    for one in said:
        assert {
            *(
                "id",
                "class",
                "severity",
                "bouts",
                "agents",
                "first_seen",
                "last_seen",
                "expected",
                "accepted",
                "settled",
            )
        } <= set(one)


@pytest.mark.usefixtures("ran")
def test_diffs_show_has_both_sides_and_takes_the_beginning_of_an_id(understudy: Shell) -> None:
    one = understudy("diffs", "list", "--json").json["clusters"][0]
    said = understudy("diffs", "show", one["id"][:5])
    assert said.code == 0
    assert "wants notify_manager:idle" in said.out
    assert "what incumbent saw in %2" in said.out
    assert understudy("diffs", "show", one["id"], "--json").json["example"]["pane"] == "%2"


@pytest.mark.usefixtures("ran")
def test_a_cluster_that_is_not_there_is_a_sentence(understudy: Shell) -> None:
    said = understudy("diffs", "show", "nothing")
    assert said.code == 2
    assert "there is no cluster nothing; there are: d-" in said.err


@pytest.mark.usefixtures("ran")
def test_accepting_and_settling_show_at_once(understudy: Shell) -> None:
    first, second = (one["id"] for one in understudy("diffs", "list", "--json").json["clusters"][:2])
    assert understudy("diffs", "accept", first, "--reason", "meant so", "--expires", "7d", "--yes").code == 0
    assert understudy("diffs", "settle", second, "--right", "candidate", "--reason", "it is dead").code == 0
    after = {one["id"]: one for one in understudy("diffs", "list", "--json").json["clusters"]}
    assert after[first]["accepted"] is True
    assert after[second]["settled"] == "candidate"


@pytest.mark.usefixtures("ran")
def test_none_but_the_four_answers_is_taken(understudy: Shell) -> None:
    said = understudy("diffs", "settle", "d-", "--right", "me", "--reason", "x")
    assert said.code == 2
    assert "name one of incumbent, candidate, both, neither" in said.err


def test_the_register_of_expected_differences_is_shown_with_its_reasons(understudy: Shell) -> None:
    rules = understudy("diffs", "rules", "--json").json["rules"]
    assert rules
    assert all(rule["why"] and rule["right"] for rule in rules)


def test_a_ledger_that_is_none_is_a_sentence_with_the_remedy(understudy: Shell, ran: Kept) -> None:
    ran.folder.ledger.write_text("no database, and longer than a header of one" * 10)
    for suffix in ("-wal", "-shm"):
        ran.folder.ledger.with_name(f"{ran.folder.ledger.name}{suffix}").unlink(missing_ok=True)
    said = understudy("status")
    assert said.code == 78
    assert "is no ledger" in said.err


def test_a_ledger_that_another_build_went_on_with_is_a_sentence_with_the_remedy(understudy: Shell, ran: Kept) -> None:
    ledger = Ledger(ran.folder.ledger)
    with ledger.transaction() as tx:
        tx.keep_document("analysis", '{"epoch": 1, "key_of_a_later_build": []}')
    ledger.close()
    said = understudy("status")
    assert said.code == 78
    assert "use the build that wrote it" in said.err


@pytest.mark.usefixtures("ran")
def test_verbs_speak_of_the_server_that_is_named(understudy: Shell) -> None:
    kept(understudy.state, understudy.folder / "other").move(RequestKind.PROMOTE)
    assert understudy("status", "--json").json["stage"] == "canary"
    named = understudy("status", "--json", "--socket-path", understudy.folder / "s").json
    assert named["stage"] == "shadow"
    assert json.dumps(named["socket"]).endswith('/s"')
