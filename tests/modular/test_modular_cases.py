"""The corpus: each case is read as it says; the files have no faults; no CLI lacks cases of its main states.

A case is a table in `corpus/CLI/cases.toml` and a screen in a `.ansi` file beside it. `tools/add-case` adds one; a case
that the rules read wrongly has `xfail = "the reason"`, and fails once they read it rightly.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modular.classify import classify_question
from modular.corpus import Case, read_corpus
from modular.rulebook.book import shipped
from modular.rulebook.file import ANY, SHELL, UNKNOWN
from understudy import AgentState
from understudy.screens import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

CORPUS = read_corpus(Path(__file__).parent / "corpus")
CASES = CORPUS.cases
MAIN_STATES = {
    AgentState.BUSY,
    AgentState.IDLE,
    AgentState.WAITING_APPROVAL,
    AgentState.UNSUBMITTED_INPUT,
    AgentState.CRASHED,
}
OF_NO_CLI = {ANY, SHELL, UNKNOWN}


def lacking(cases: Iterable[Case], agents: Iterable[str]) -> dict[str, set[AgentState]]:
    """By CLI the main states of which there is no case."""
    missing = {agent: set(MAIN_STATES) for agent in set(agents) - OF_NO_CLI}
    for case in cases:
        missing.get(case.cli, set()).discard(case.state)
    return {agent: states for agent, states in missing.items() if states}


def marked(case: Case) -> object:
    """The case as a parameter: one that is known to be read wrongly has to be."""
    marks = [] if case.xfail is None else [pytest.mark.xfail(reason=case.xfail, raises=AssertionError, strict=True)]
    return pytest.param(case, id=case.id, marks=marks)


def test_the_files_of_the_corpus_have_no_faults() -> None:
    assert CORPUS.faults == ()


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_the_case_means_what_it_says(case: Case) -> None:
    answer, wanted = classify_question(case.question()), case.expected()
    assert {key: answer[key] for key in wanted} == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_verdict_has_its_rule_and_shows_rows_of_the_screen(case: Case) -> None:
    answer = classify_question(case.question())
    screen = plain(case.screens[-1]).split("\n")
    assert answer["rule"]
    assert answer["lines"] or answer["rule"] in {"doubt", "start.blank", "process.dead"}
    assert set(answer["lines"]) <= {*screen, case.title, " ".join(case.processes), case.command}


def test_every_cli_has_cases_of_its_main_states() -> None:
    assert lacking(CASES, shipped().agents) == {}
    assert {case.cli for case in CASES} == set(shipped().agents)


def test_a_cli_without_cases_of_a_main_state_is_found() -> None:
    kept = [case for case in CASES if case.cli != "aider" or case.state is not AgentState.WAITING_APPROVAL]
    assert lacking(kept, ["codex", "aider", "any"]) == {"aider": {AgentState.WAITING_APPROVAL}}
    assert lacking(kept, ["codex", "newcli"]) == {"newcli": MAIN_STATES}


def test_every_cli_has_traps_what_only_looks_like_a_state() -> None:
    trapped = {case.cli for case in CASES if case.name.startswith("trap_")}
    assert set(shipped().agents) - OF_NO_CLI <= trapped


def test_every_state_has_cases_and_there_are_many() -> None:
    assert {case.state for case in CASES} == set(AgentState)
    assert len(CASES) >= 900


def test_cases_that_ask_the_same_want_the_same() -> None:
    wanted: dict[str, set[AgentState]] = {}
    for case in CASES:
        wanted.setdefault(repr(sorted((case.question() | {"id": ""}).items())), set()).add(case.state)
    assert [states for states in wanted.values() if len(states) > 1] == []
