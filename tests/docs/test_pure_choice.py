"""The choice of `make check`: by what a test file uses, and not by a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from pure import SLOW, is_pure

TESTS = Path(__file__).resolve().parents[1]


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / "tests" / "part" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "import subprocess\n",
        "from private_tmux import TmuxServer\n",
        "def test_it(tmux_server):\n    pass\n",
        "def test_it(benchmark):\n    pass\n",
        'pytest_plugins = ["tests.cli.shell"]\n',
        "def test_it():\n    import multiprocessing.pool\n",
    ],
)
def test_a_file_that_starts_something_is_not_chosen(tmp_path: Path, text: str) -> None:
    assert not is_pure(written(tmp_path, "test_it.py", text))


@pytest.mark.parametrize("text", ["", "import json\n\n\ndef test_it(tmp_path):\n    pass\n"])
def test_a_file_that_starts_nothing_is_chosen(tmp_path: Path, text: str) -> None:
    assert is_pure(written(tmp_path, "test_it.py", text))


def test_a_file_whose_helpers_helper_starts_something_is_not_chosen(tmp_path: Path) -> None:
    written(tmp_path, "deeper.py", "import socket\n")
    written(tmp_path, "helper.py", "from deeper import it\n")
    assert not is_pure(written(tmp_path, "test_it.py", "import helper\n"))


@pytest.mark.parametrize("name", ["test_it_benchmark.py", *sorted(SLOW)])
def test_a_file_that_measures_or_is_slow_is_not_chosen(tmp_path: Path, name: str) -> None:
    assert not is_pure(written(tmp_path, name, ""))


def test_every_slow_file_exists() -> None:
    assert {path.name for path in TESTS.rglob("test_*.py")} >= SLOW


def test_the_judge_is_tested_by_every_check() -> None:
    assert is_pure(TESTS / "judgement" / "test_judge.py")
