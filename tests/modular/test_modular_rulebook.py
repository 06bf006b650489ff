"""The rules as data: what a file may say, and what is said about one that may not be used."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

import pytest

from modular.classify import BadQuestion, classify_question, main
from modular.rulebook import compile_book, shipped
from modular.rulefile import BadRules, RuleFile, parse

GOOD = """
agent = "new"
processes = ["newcli"]
[[rule]]
id = "new.busy.word"
state = "busy"
region = "bottom"
lines = 3
any = ['^digging$']
"""
ANY = RuleFile(agent="any")


def test_a_good_file_decides() -> None:
    book = compile_book([ANY, parse("new.toml", GOOD)])
    assert [rule.rule.id for rule in book.of("new").over_draft] == ["new.busy.word"]
    assert book.by_process == {"newcli": "new"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("agent", "agent ="), "is not TOML"),
        (("'^digging$'", "'('"), "no regular expression"),
        (('"busy"', '"bored"'), "rule.0.state"),
        (('"bottom"', '"somewhere"'), "rule.0.region"),
        (("lines = 3", "lines = 0"), "rule.0.lines"),
        (("lines = 3", "rows = 3"), "rule.0.rows"),
        (("new.busy.word", "old.busy.word"), "must begin with 'new'"),
        (("any = ['^digging$']", ""), "needs a pattern"),
        (("lines = 3", 'detail = "fresh"'), "only an idle state has a detail"),
        (("any =", "needs = ['']\nany ="), "rule.0.needs.0"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_the_place_and_the_reason(change: tuple[str, str], says: str) -> None:
    with pytest.raises(BadRules) as refused:
        parse("new.toml", GOOD.replace(*change))
    assert str(refused.value).startswith("new.toml")
    assert says in str(refused.value)


def test_a_composer_without_what_finds_it_is_refused() -> None:
    with pytest.raises(BadRules, match="needs a `fence`"):
        parse("new.toml", 'agent = "new"\n[[composer]]\nshape = "fenced"\n')
    with pytest.raises(BadRules, match="needs a `prompt`"):
        parse("new.toml", 'agent = "new"\n[[composer]]\nshape = "prompt"\n')


def test_the_same_rule_twice_is_refused() -> None:
    rule = GOOD[GOOD.index("[[rule]]") :]
    with pytest.raises(BadRules, match=r"new\.busy\.word is there twice"):
        parse("new.toml", GOOD + rule)


def test_two_files_for_one_cli_or_one_command_are_refused() -> None:
    new = parse("new.toml", GOOD)
    with pytest.raises(BadRules, match="two files"):
        compile_book([ANY, new, new])
    with pytest.raises(BadRules, match="both claim the command 'newcli'"):
        compile_book([ANY, new, RuleFile(agent="other", processes=("newcli",))])


def test_a_book_without_the_rules_for_all_is_refused() -> None:
    with pytest.raises(BadRules, match=r"any\.toml"):
        compile_book([parse("new.toml", GOOD)])


def test_no_two_shipped_rules_of_one_cli_leave_their_order_to_chance() -> None:
    for agent, rules in shipped().agents.items():
        every = [rule.rule for rule in (*rules.over_draft, *rules.over_empty, *rules.rest)]
        own = [rule for rule in every if rule.id.startswith(f"{agent}.")]
        by_priority: dict[int, set[str]] = {}
        for rule in own:
            by_priority.setdefault(rule.priority, set()).add(rule.state)
        torn = {priority for priority, states in by_priority.items() if len(states) > 1}
        assert not torn, f"{agent}: different states at the same priority {torn}"


def test_no_rule_says_idle_over_a_draft() -> None:
    for rules in shipped().agents.values():
        assert "idle" not in {rule.rule.state for rule in rules.over_draft}


def test_a_question_may_leave_out_all_but_the_id_and_a_screen() -> None:
    assert set(classify_question({"id": 7, "screen": "?"})) == {"id", "state", "detail", "rule", "lines"}
    assert classify_question({"id": 7, "screen": "?", "agent": None, "frames": None})["state"] == "unknown"


def test_with_screen_and_frames_the_screen_is_the_last_frame() -> None:
    frames = ["> go\n\n░█  Waiting for a/model"] * 4
    asked = {"id": 1, "agent": "aider", "screen": "> ", "frames": frames}
    assert classify_question(asked)["state"] == "idle"
    del asked["screen"]
    assert classify_question(asked)["state"] == "busy"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"screen": "x"}', "id: Field required"),
        ('{"id": 1}', "there is no screen"),
        ('{"id": 1, "screen": 7}', "screen: Input should be a valid string"),
    ],
)
def test_a_bad_line_ends_the_loop_with_its_number_and_a_sentence(
    line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = StringIO()
    assert main(['{"id": 1, "screen": "x"}', "", line], answers) == 2
    assert len(answers.getvalue().splitlines()) == 1
    assert capsys.readouterr().err.startswith("line 3: ")
    answers = StringIO()
    main([line], answers)
    assert says in capsys.readouterr().err


def test_a_question_without_a_screen_is_refused() -> None:
    with pytest.raises(BadQuestion, match="no screen"):
        classify_question({"id": 1})


LABELLED = Path(__file__).parents[3] / "shared"


@pytest.mark.skipif(not LABELLED.is_dir(), reason="the labelled screens lie beside the repository, not in it")
@pytest.mark.parametrize("name", ["screens-dev.jsonl", "screens-dev-live.jsonl"])
@pytest.mark.parametrize("with_frames", [False, True])
def test_on_labelled_screens_macro_f1_is_nine_tenths_and_nothing_costly_is_confused(
    name: str, monkeypatch: pytest.MonkeyPatch, *, with_frames: bool
) -> None:
    monkeypatch.syspath_prepend(str(LABELLED / "tools"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    from score_screens import score

    rows = [json.loads(line) for line in (LABELLED / "data" / name).read_text().split("\n") if line]
    rows = [row for row in rows if row["fidelity"] != "synthetic" and row["label_confidence"] == "high"]
    rows = [row for row in rows if row["label"] != "unknown"]
    answers = {}
    for row in rows:
        asked = {"id": row["id"], "screen": row["screen"], "screen_ansi": row.get("screen_ansi")}
        asked |= row.get("meta") or {}
        asked |= {"frames": row.get("frames")} if with_frames else {}
        answers[row["id"]] = classify_question(asked)["state"]
    figures = score(rows, answers)
    assert (figures["macro_f1"] >= 0.9, figures["costly"]) == (True, {})


def test_no_rule_calls_an_agent_crashed_on_a_word() -> None:
    for rules in shipped().agents.values():
        every = (*rules.over_draft, *rules.over_empty, *rules.rest)
        assert "crashed" not in {rule.rule.state for rule in every}
