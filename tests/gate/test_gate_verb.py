"""`understudy gate` as a CI job meets it: exit codes, figures and bounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bench_files import fleet, rules

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
ROOT = Path(__file__).resolve().parents[2]
RULES = rules(
    'rule = "ratio", of = "candidate", to = "incumbent", at_most = 1.0',
    'rule = "budget", of = "candidate"',
)


def test_what_keeps_its_rules_ends_with_0(understudy: Shell) -> None:
    understudy.write("pyproject.toml", RULES)
    said = understudy("gate", understudy.write("bench.json", fleet()))
    assert said.code == 0
    assert "All 8 rules are kept." in said.out


def test_what_does_not_ends_with_3_and_says_the_figure_and_the_bound(understudy: Shell) -> None:
    understudy.write("pyproject.toml", RULES)
    said = understudy("gate", understudy.write("bench.json", fleet({10: 0.7})))
    assert said.code == 3
    line = next(line for line in said.out.splitlines() if line.startswith("failed") and "budget" in line)
    assert "0.5 s" in line
    assert "0.7" in line


def test_json_says_everything_and_is_what_a_later_run_is_held_against(understudy: Shell) -> None:
    understudy.write("pyproject.toml", RULES)
    bench = understudy.write("bench.json", fleet())
    said = understudy("gate", bench, "--json")
    assert said.json["schema"] == 1
    assert said.json["passed"] is True
    assert set(said.json["findings"][0]) == {"rule", "subject", "verdict", "figure", "bound", "unit", "says"}
    stored = understudy.write("ratios.json", said.out)
    understudy.write("pyproject.toml", rules('rule = "regression", of = "candidate", to = "incumbent", at_most = 1.2'))
    assert understudy("gate", bench, "--baseline", stored).code == 0
    worse = understudy.write("worse.json", fleet(incumbent=5.0))
    assert understudy("gate", worse, "--baseline", stored).code == 3
    assert understudy("gate", bench).code == 3  # nothing to hold it against is no proof


def test_the_baseline_that_the_rules_name_lies_beside_them(understudy: Shell) -> None:
    row = 'rule = "regression", of = "candidate", to = "tmux", at_most = 1.2'
    own = understudy.write("ci/gate.toml", rules(row, head='baseline = "ratios.json"'))
    understudy.write("ci/ratios.json", fleet())
    assert understudy("gate", understudy.write("bench.json", fleet()), "--rules", own).code == 0


def test_markdown_is_a_table_for_a_job_summary(understudy: Shell) -> None:
    understudy.write("pyproject.toml", RULES)
    said = understudy("gate", understudy.write("bench.json", fleet({10: 0.7})), "--format", "md")
    assert said.code == 3
    assert said.out.startswith("### Cycle time: not passed\n\n| | rule |")
    assert "| **failed** | budget | candidate, 10 agents |" in said.out
    rows = [line for line in said.out.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("none.json",), 2),
        (("bench.json", "--format", "pdf"), 2),
        (("bench.json", "--rules", "none.toml"), 2),
        (("bench.json", "--baseline", "none.json"), 2),
        (("broken.json",), 2),
        (("bench.json", "--rules", "empty.toml"), 78),
    ],
)
def test_what_cannot_be_judged_is_a_sentence_and_never_a_pass(
    understudy: Shell, arguments: tuple[str, ...], code: int
) -> None:
    understudy.write("pyproject.toml", RULES)
    understudy.write("bench.json", fleet())
    understudy.write("broken.json", '{"benchmarks": [')
    understudy.write("empty.toml", "")
    said = understudy("gate", *arguments)
    assert said.code == code
    assert said.err.startswith("understudy: ")
