"""The corpus: screens of agent CLIs, each with the state that it shows. The rules are held to it.

A folder for each CLI: `cases.toml` has a table for each case, and `STATE.ansi` the screens of that state, one below the
other. `tools/add-case` and `diffs settle` add cases; docs/add-a-cli.md shows the way from a screen to a rule.
"""

from modular.corpus.adding import CaseExists, add_case
from modular.corpus.case import BadCase, Case, same_question
from modular.corpus.folder import CliCases, read_cli, read_corpus

__all__ = ["BadCase", "Case", "CaseExists", "CliCases", "add_case", "read_cli", "read_corpus", "same_question"]
