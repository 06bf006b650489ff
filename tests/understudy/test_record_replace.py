"""A record with other values: at run time a copy, and for mypy a call that knows the record's fields."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import understudy
from understudy.outcomes import EVERYTHING, Scope

ROOT = Path(understudy.__file__).parent.parent
WRONG = """
from understudy.outcomes import EVERYTHING
EVERYTHING.replace(sessions={"dev": 1.0})
EVERYTHING.replace(sessions=1)
EVERYTHING.replace(session=None)
"""


def test_a_copy_has_the_new_values_and_leaves_the_record_as_it_was() -> None:
    assert EVERYTHING.replace(sessions={"dev": 1.0}) == Scope(sessions={"dev": 1.0})
    assert EVERYTHING.sessions is None


@pytest.mark.timeout(300)
def test_mypy_finds_a_wrong_type_and_a_field_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(tmp_path / "wrong.py")]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert [line.rpartition("[")[2] for line in found.splitlines() if "error:" in line] == ["arg-type]", "call-arg]"]
