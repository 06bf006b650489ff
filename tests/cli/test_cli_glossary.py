"""`explain TERM` prints the glossary of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rollout.faces.cli.verbs.glossary import entries

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
