"""The rules as data: what a file may say, and what is said about one that may not be used."""

from __future__ import annotations

from io import StringIO

import pytest

from modular.classify import BadQuestion, classify_question, main
from modular.rulebook.book import compile_book, shipped
from modular.rulebook.faults import BadRules
from modular.rulebook.file import RuleFile, parse

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
    assert [rule.rule.id for rule in book.of("new").looks.over_draft] == ["new.busy.word"]
    assert book.by_process == {"newcli": "new"}


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("agent", "agent ="), 2, "is not TOML"),
        (("'^digging$'", "'('"), 9, "no regular expression (missing ), unterminated subpattern"),
        (("'^digging$'", "\n'dig',\n'(',\n"), 11, "'(' is no regular expression"),
        (("'^digging$'", "'.*'"), 9, "matches even an empty line: add the text that must be seen there"),
        (('"busy"', '"bored"'), 6, "`state` cannot be 'bored': write one of busy, idle,"),
        (('"bottom"', '"somewhere"'), 7, "`region` cannot be 'somewhere': write one of screen, bottom, above"),
        (("lines = 3", "lines = 0"), 8, "`lines` cannot be 0: it should be greater than or equal to 1"),
        (("lines = 3", "liness = 3"), 8, "`liness` is no key of this table: did you mean `lines`?"),
        (
            ("lines = 3", "colour = 3"),
            8,
            "`colour` is no key of this table: take it out; there are all, any, composer,",
        ),
        (("processes", "procesess"), 3, "`procesess` is no key of this table: did you mean `processes`?"),
        (("new.busy.word", "old.busy.word"), 5, "must begin with 'new' and a dot: call it new.busy.word"),
        (("any = ['^digging$']", ""), 4, "needs a pattern in `any` or in `all`: add one"),
        (('state = "busy"', ""), 4, "`state` is missing: add it to this table"),
        (("lines = 3", 'detail = "fresh"'), 8, "only an idle state has a detail: remove `detail`"),
        (("any =", "needs = ['']\nany ="), 9, "`needs` cannot be ''"),
        (('"newcli"', "7"), 3, "`processes` cannot be 7: it should be a valid string"),
        (('agent = "new"', 'agent = "New One"'), 2, "`agent` cannot be 'New One'"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_the_line_what_is_wrong_and_the_remedy(
    change: tuple[str, str], line: int, says: str
) -> None:
    with pytest.raises(BadRules) as refused:
        parse("new.toml", GOOD.replace(*change))
    assert str(refused.value).startswith(f"new.toml, line {line}: ")
    assert says in str(refused.value)


def test_every_fault_of_a_file_is_said_at_once_in_its_order() -> None:
    twice = GOOD.replace("agent", "agents").replace('"busy"', '"bored"')
    with pytest.raises(BadRules) as refused:
        parse("new.toml", twice)
    assert [(fault.line, fault.fix.split()[0]) for fault in refused.value.faults] == [
        (1, "add"),
        (2, "did"),
        (6, "write"),
    ]


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
        every = [rule.rule for rule in (*rules.looks.over_draft, *rules.looks.over_empty, *rules.looks.rest)]
        own = [rule for rule in every if rule.id.startswith(f"{agent}.")]
        by_priority: dict[int, set[str]] = {}
        for rule in own:
            by_priority.setdefault(rule.priority, set()).add(rule.state)
        torn = {priority for priority, states in by_priority.items() if len(states) > 1}
        assert not torn, f"{agent}: different states at the same priority {torn}"


def test_no_rule_says_idle_over_a_draft() -> None:
    for rules in shipped().agents.values():
        assert "idle" not in {rule.rule.state for rule in rules.looks.over_draft}


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


def test_no_rule_calls_an_agent_crashed_for_a_text() -> None:
    for rules in shipped().agents.values():
        every = (*rules.looks.over_draft, *rules.looks.over_empty, *rules.looks.rest)
        assert "crashed" not in {rule.rule.state for rule in every}
