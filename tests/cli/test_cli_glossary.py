"""`explain TERM` prints the glossary of the documentation; the report for a browser carries its terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from rollout.faces.cli.glossary import entries, report_terms
from rollout.judgement.enums import Guardrail
from shadow.report.page import as_html
from tests.report_samples import report

if TYPE_CHECKING:
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]


def test_explain_prints_the_entry_of_a_term_without_a_server(understudy: Shell) -> None:
    said = understudy("explain", "spell")
    assert said.code == 0, said.err
    assert "the unit of evidence" in said.out


@pytest.mark.parametrize("term", ["live check", "Live-Check", "LIVE_CHECK"])
def test_a_term_is_found_however_its_words_are_joined(understudy: Shell, term: str) -> None:
    assert understudy("explain", term, "--json").json["term"] == "live check"


def test_an_unknown_term_names_the_nearest_ones(understudy: Shell) -> None:
    said = understudy("explain", "strata")
    assert said.code == 2
    assert "stratum" in said.err


def test_every_entry_has_an_example() -> None:
    assert [name for name, text in entries().items() if "Example: " not in text] == []


@pytest.mark.parametrize("term", entries())
def test_an_entry_is_two_sentences_and_an_example(term: str) -> None:
    text, _, example = entries()[term].partition("\nExample: ")
    assert len(re.findall(r"\.(?=\s|$)", text)) == 2
    assert example.endswith(".")


def test_every_guardrail_has_an_entry() -> None:
    assert set(Guardrail) <= set(entries())


def test_the_report_for_a_browser_explains_its_terms_in_the_page_itself() -> None:
    page = as_html(report([]), terms=report_terms())
    assert '<a href="#terms">Terms</a>' in page
    assert re.search(r'<dt id="term-spell">spell</dt><dd>[^<]*unit of evidence', page)
    assert set(re.findall(r'href="#(term-[^"]+)"', page)) <= set(re.findall(r'id="(term-[^"]+)"', page))


def test_code_in_a_term_is_shown_as_code() -> None:
    assert "called <code>crashed</code>" in as_html(report([]), terms={"x": "called `crashed`"})
