"""The requirements of `make`: a Python that is new enough, tmux, and a browser for the tests of pages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TOOLS = ("bash", "env", "id", "cut", "cat", "dirname", "tr", "rm", "chmod", "sed")


class Machine:
    """A PATH on which only what a test puts there is to be found."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)

    def has(self, program: str, script: str) -> None:
        path = self.bin / program
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(self, *command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        env = {"PATH": str(self.bin), "HOME": str(self.bin)}
        return subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, check=False, timeout=20)

    def ensure_tmux(self) -> subprocess.CompletedProcess[str]:
        return self.run(SCRIPTS / "ensure-tmux")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("version", ["3.2", "3.3a", "3.10", "4.0", "next-3.6", "master", "openbsd-7.4"])
def test_a_tmux_that_is_new_enough_is_left_alone(machine: Machine, version: str) -> None:
    machine.has("tmux", f"echo tmux {version}")
    machine.has("apt-get", "echo must not be called >&2; exit 9")
    done = machine.ensure_tmux()
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("version", ["3.1c", "2.9", "1.8"])
def test_where_it_may_not_install_the_exact_command_is_said(machine: Machine, version: str) -> None:
    machine.has("tmux", f"echo tmux {version}")
    machine.has("id", "echo 1000")
    machine.has("sudo", "exit 1")
    machine.has("apt-get", "exit 9")
    done = machine.ensure_tmux()
    assert done.returncode == 1
    assert "sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q tmux" in done.stderr
    assert version in done.stderr


@pytest.mark.parametrize("manager", ["apt-get", "dnf", "apk", "pacman", "brew"])
def test_root_has_it_installed_by_the_package_manager_that_is_there(machine: Machine, manager: str) -> None:
    machine.has("id", "echo 0")
    tmux = machine.bin / "tmux"
    machine.has(manager, f"printf '#!/bin/sh\\necho tmux 3.4\\n' > {tmux}; chmod 755 {tmux}")
    done = machine.ensure_tmux()
    assert done.returncode == 0, done.stderr
    assert manager in done.stderr


def test_sudo_without_a_password_is_used(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("sudo", 'if [ "$1" = -n ]; then exit 0; fi; exec "$@"')
    tmux = machine.bin / "tmux"
    machine.has("apk", f"printf '#!/bin/sh\\necho tmux 3.4\\n' > {tmux}; chmod 755 {tmux}")
    assert machine.ensure_tmux().returncode == 0


def test_a_package_manager_that_has_only_an_old_tmux_is_said(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("tmux", "echo tmux 3.0a")
    machine.has("dnf", "exit 0")
    done = machine.ensure_tmux()
    assert done.returncode == 1
    assert "still missing (here: tmux 3.0a)" in done.stderr


def test_without_any_package_manager_it_says_what_is_needed(machine: Machine) -> None:
    done = machine.ensure_tmux()
    assert done.returncode == 1
    assert "tmux 3.2 or newer" in done.stderr


@pytest.mark.parametrize("name", ["chromium", "chromium-browser"])
def test_a_browser_that_is_there_is_left_alone(machine: Machine, name: str) -> None:
    machine.has(name, "exit 0")
    machine.has("apt-get", "echo must not be called >&2; exit 9")
    done = machine.run(SCRIPTS / "ensure-browser")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_browser_that_is_missing_is_installed(machine: Machine) -> None:
    machine.has("id", "echo 0")
    chromium = machine.bin / "chromium"
    machine.has("apt-get", f"printf '#!/bin/sh\n' > {chromium}; chmod 755 {chromium}")
    assert machine.run(SCRIPTS / "ensure-browser").returncode == 0


def test_a_browser_that_cannot_be_installed_is_said_with_the_command(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("sudo", "exit 1")
    machine.has("dnf", "exit 9")
    done = machine.run(SCRIPTS / "ensure-browser")
    assert done.returncode == 1
    assert "sudo dnf install -y -q chromium" in done.stderr


def prepare(machine: Machine, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    clone = tmp_path / "clone"
    (clone / "scripts").mkdir(parents=True)
    (clone / "requirements").mkdir()
    (clone / "requirements" / "run.txt").touch()
    (clone / "pyproject.toml").touch()
    shutil.copy(SCRIPTS / "prepare-venv", clone / "scripts")
    return machine.run(clone / "scripts" / "prepare-venv", "run", cwd=clone)


def test_an_old_python_is_named_with_the_way_out(machine: Machine, tmp_path: Path) -> None:
    machine.has("python3", 'if [ "$1" = -V ]; then echo Python 3.9.2; else exit 1; fi')
    done = prepare(machine, tmp_path)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; python3 here is 3.9.2" in done.stderr
    assert "PYTHON=/path/to/python3.12" in done.stderr


def test_no_python_at_all_is_said(machine: Machine, tmp_path: Path) -> None:
    done = prepare(machine, tmp_path)
    assert done.returncode == 1
    assert "there is no python3 on PATH" in done.stderr


def test_a_newer_python_under_another_name_is_found_and_a_missing_venv_module_is_said(
    machine: Machine, tmp_path: Path
) -> None:
    machine.has("python3", "exit 1")
    machine.has("python3.12", 'case "$2" in *"import venv"*) exit 1;; *) exit 0;; esac')
    done = prepare(machine, tmp_path)
    assert done.returncode == 1
    assert "python3.12 has no venv module" in done.stderr
    assert "apt install python3-venv" in done.stderr


def test_no_committed_file_names_a_package_registry() -> None:
    root = SCRIPTS.parent
    if not (root / ".git").exists():  # an unpacked archive: nothing is committed there
        return
    tracked = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split()
    named = ("index" + "-url", "find" + "-links https", "pypi" + ".org", "python" + "hosted")
    texts = {name: (root / name).read_text(errors="ignore") for name in tracked if (root / name).is_file()}
    assert not [name for name, text in texts.items() if any(word in text for word in named)]
