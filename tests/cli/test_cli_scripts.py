"""The verbs that scripts pipe through: schema, classify, backtest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from understudy.schema import names

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


def test_schema_lists_its_names_and_prints_each(understudy: Shell) -> None:
    listed = understudy("schema").out.split()
    assert set(names()) <= set(listed)
    for name in listed:
        assert understudy("schema", name).json["$schema"].startswith("https://json-schema.org/")


def test_a_mistyped_record_is_answered_with_the_nearest_one(understudy: Shell) -> None:
    said = understudy("schema", "cycle-raport")
    assert said.code == 2
    assert "did you mean cycle-report?" in said.err


IDLE = "some output\n\n$ "


@pytest.mark.parametrize("monitor", ["legacy", "modular"])
def test_classify_answers_every_line_in_its_order(understudy: Shell, monitor: str) -> None:
    asked = [
        {"id": "one", "screen": IDLE},
        {"id": 2, "frames": ["a\n", "b\n", "c\n", "d\n"], "label": "ignored"},
        {"id": "three", "screen": IDLE, "screen_ansi": None, "processes": ["bash"], "pane_current_command": "bash"},
    ]
    said = understudy("classify", "--jsonl", "--monitor", monitor, stdin="\n".join(map(json.dumps, asked)) + "\n\n")
    assert said.code == 0, said.err
    assert [answer["id"] for answer in said.lines] == ["one", 2, "three"]
    assert all(set(answer) == {"schema", "id", "state", "detail", "rule", "lines"} for answer in said.lines)
    assert said.lines[2]["state"] == ("crashed" if monitor == "modular" else said.lines[2]["state"])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": 1', "line 2 of the input: no JSON"),
        ("[1]", "line 2 of the input: no JSON object"),
        ('{"id": 1}', "line 2 of the input: there is no screen"),
        ('{"screen": "x"}', "line 2 of the input: id"),
        ('{"id": 1, "screen": 3}', "line 2 of the input: screen"),
    ],
)
@pytest.mark.parametrize("monitor", ["legacy", "modular"])
def test_a_bad_line_is_named(understudy: Shell, monitor: str, line: str, says: str) -> None:
    good = json.dumps({"id": 1, "screen": IDLE})
    said = understudy("classify", "--monitor", monitor, stdin=f"{good}\n{line}\n")
    assert said.code == 2
    assert says in said.err
    assert len(said.out.splitlines()) == 1


def test_classify_takes_anybodys_monitor_and_names_one_that_is_none(understudy: Shell) -> None:
    said = understudy("classify", "--monitor", "nobody", stdin="")
    assert said.code == 2
    assert "there is no monitor called `nobody`" in said.err


def test_backtest_says_when_a_stream_would_have_been_promotable_or_rolled_back(understudy: Shell) -> None:
    clean = [{"run": "clean", "guardrail": "failure", "event": False}] * 400
    bad = [{"run": "bad", "guardrail": "failure", "event": True}] * 20
    said = understudy("backtest", "--stream", "-", "--json", stdin="\n".join(map(json.dumps, clean + bad)))
    assert said.code == 0
    by_run = {line["run"]: line for line in said.lines}
    assert by_run["clean"]["verdict"] == "promotable"
    assert by_run["bad"]["verdict"] == "rollback"
    assert by_run["bad"]["rollback_at"] <= 20


def test_backtest_names_a_bad_line_a_bad_stage_and_a_file_that_is_not_there(understudy: Shell) -> None:
    assert "line 1" in understudy("backtest", "--stream", "-", stdin="{}").err
    assert "name one of" in understudy("backtest", "--stream", "-", "--stage", "gamma").err
    said = understudy("backtest", "--stream", "none.jsonl")
    assert said.code == 2
    assert "none.jsonl: no such file" in said.err
