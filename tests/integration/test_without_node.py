"""Tests of the flags server are skipped with a reason if it cannot be installed; if they are required, they fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def on_a_machine_without_node(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one of this folder's tests on a machine without node and npm."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "sh"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            HERE / "test_unleash_doctor.py",
            "-k",
            "is_well",
        ],
        env={"PATH": str(programs), "HOME": str(folder), **env},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )


def test_they_are_skipped_with_a_reason(tmp_path: Path) -> None:
    done = on_a_machine_without_node(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "no flags server: The flags server needs node 20 or newer and npm (here: none): install them." in done.stdout


def test_where_they_must_run_that_is_a_failure(tmp_path: Path) -> None:
    done = on_a_machine_without_node(tmp_path, UNDERSTUDY_REQUIRE_INTEGRATION="1")
    assert done.returncode == 1
    assert "UNDERSTUDY_REQUIRE_INTEGRATION=1, and there is no flags server" in done.stdout


def test_what_has_to_pass_before_a_change_is_taken_requires_them() -> None:
    assert "UNDERSTUDY_REQUIRE_INTEGRATION=1" in (HERE.parents[1] / ".ci" / "run").read_text(encoding="utf-8")


def test_the_lock_of_the_server_holds_no_address() -> None:
    lock = (HERE / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "://" not in lock
    assert '"unleash-server": "7.5.1"' in lock
