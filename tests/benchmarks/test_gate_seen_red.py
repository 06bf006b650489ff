"""The gate that this project judges itself by passes its engine, and is seen to fail where that is slow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.shell import Said, Shell

pytest_plugins = ["tests.cli.shell"]
HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def small_rules(understudy: Shell) -> Path:
    """This project's own rules, at ten agents only: what is judged is the engine, not the test machine."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for sizes in ("[10, 25, 50, 100]", "[10, 25]"):
        assert f"agents = {sizes}" in text
        text = text.replace(f"agents = {sizes}", "agents = [10]")
    rows = [line for line in text.splitlines() if 'rule = "growth"' not in line and 'rule = "regression"' not in line]
    return understudy.write("own.toml", "\n".join(rows))


def measured(understudy: Shell, *plugins: str) -> Said:
    """Time the gate's own benchmark at ten agents, and judge it."""
    bench = understudy.folder / "bench.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins),
            *(
                "--benchmark-enable",
                f"--benchmark-json={bench}",
                "-k",
                "[10]",
                str(HERE / "test_gate_benchmark.py"),
            ),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return understudy("gate", bench, "--rules", small_rules(understudy))


@pytest.mark.timeout(300)
def test_the_engine_passes_and_the_same_engine_slowed_down_is_seen_red(understudy: Shell) -> None:
    as_it_is = measured(understudy)
    assert as_it_is.code == 0, as_it_is.out
    slowed = measured(understudy, "-p", "slowed_engine")
    assert slowed.code == 3
    red = [line for line in slowed.out.splitlines() if line.startswith("failed")]
    assert any("candidate / tmux, 10 agents" in line for line in red), slowed.out
