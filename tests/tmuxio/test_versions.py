"""Versions of CLIs, read off real processes that run real files made for the test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tmuxio.processes.packages import Package, packages_of
from tmuxio.processes.running import ProcessTrees
from tmuxio.processes.table import Process, read_process
from tmuxio.processes.versions import ProcessVersions, no_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program and wait until the kernel shows it; it is ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*argv: object, **more: Any) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([*map(str, argv)], stdin=subprocess.PIPE, **more))
        while not Path(f"/proc/{started[-1].pid}/cmdline").read_bytes():
            pass
        return started[-1]

    yield begin
    for one in started:
        one.kill()
        one.communicate()


def alone(pid: int) -> tuple[Process, ...]:
    """The processes below a pane that runs nothing else."""
    process = read_process(pid)
    return (process,) if process is not None else ()


def version(process: subprocess.Popen[bytes], cli: str) -> str | None:
    return ProcessVersions(alone)(process.pid, cli)


def installed(source: str, place: Path) -> Path:
    """Copy a program of the machine to a place of its own."""
    place.parent.mkdir(parents=True, exist_ok=True)
    found = shutil.which(source)
    assert found
    shutil.copy(os.path.realpath(found), place)
    return place


def node_package(modules: Path, name: str, version: str, **more: object) -> Path:
    """Make a package as npm installs it, whose script sleeps; returns the script."""
    script = modules / name / "dist" / "cli.js"
    script.parent.mkdir(parents=True)
    script.write_text("sleep 600; :\n")
    (modules / name / "package.json").write_text(json.dumps({"name": name, "version": version, **more}))
    (script.parent / "package.json").write_text('{"type": "module"}')
    return script


def distribution(environment: Path, name: str, version: str, command: str, body: str) -> Path:
    """Make a Python environment with one distribution; returns its console script."""
    info = environment / "lib" / "python3.11" / "site-packages" / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        f"[gui_scripts]\nother = x:y\n\n[console_scripts]\n{command} = {command}:main\n"
    )
    script = environment / "bin" / command
    script.parent.mkdir(exist_ok=True)
    script.write_text(body)
    return script


def test_a_folder_named_by_its_version_names_the_version_of_the_program_in_it(tmp_path: Path, start: Start) -> None:
    assert version(start(installed("sleep", tmp_path / "claude" / "versions" / "2.1.34"), 600), "claude") == "2.1.34"


def test_a_symlink_in_the_path_is_followed_to_the_folder_of_the_version(tmp_path: Path, start: Start) -> None:
    program = installed("sleep", tmp_path / "Cellar" / "codex" / "0.41.0_1" / "bin" / "codex")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "codex").symlink_to(program)
    assert version(start(tmp_path / "bin" / "codex", 600), "codex") == "0.41.0_1"


def test_the_script_of_an_interpreter_names_its_nearest_package(tmp_path: Path, start: Start) -> None:
    node = installed("sh", tmp_path / ".nvm" / "versions" / "node" / "v22.1.0" / "bin" / "node")
    script = node_package(tmp_path / "node_modules", "@openai/codex", "0.41.0", bin={"codex": "dist/cli.js"})
    link = tmp_path / "codex"
    link.symlink_to(script)
    assert version(start(node, link), "codex") == "0.41.0"


def test_a_script_given_relative_to_the_folder_of_its_process_is_found(tmp_path: Path, start: Start) -> None:
    node = installed("sh", tmp_path / "bin" / "node")
    script = node_package(tmp_path / "node_modules", "@google/gemini-cli", "0.9.0")
    process = start(node, script.relative_to(tmp_path), cwd=tmp_path)
    assert version(process, "gemini") == "0.9.0"


def test_a_program_that_wrote_over_its_arguments_is_found_by_the_path_that_its_shell_left(
    tmp_path: Path, start: Start
) -> None:
    node = installed("sh", tmp_path / "bin" / "node")
    script = node_package(tmp_path / "node_modules", "@anthropic-ai/claude-code", "1.0.9")
    process = start("claude", executable=node, env={"_": str(script)})
    assert version(process, "claude") == "1.0.9"


def test_a_console_script_names_the_distribution_that_installed_it(tmp_path: Path, start: Start) -> None:
    script = distribution(tmp_path / "venv", "aider-chat", "0.86.1", "aider", "import time\ntime.sleep(600)\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aider").symlink_to(script)
    process = start(os.path.realpath(sys.executable), "-S", tmp_path / "bin" / "aider")
    assert version(process, "aider") == "0.86.1"


def test_a_module_is_looked_for_beside_the_interpreter_that_runs_it(tmp_path: Path, start: Start) -> None:
    distribution(tmp_path / "venv", "aider-chat", "0.86.1", "aider", "")
    (tmp_path / "aider.py").write_text("import time\ntime.sleep(600)\n")
    (python := tmp_path / "venv" / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    process = start(python, "-S", "-m", "aider", cwd=tmp_path)
    assert version(process, "aider") == "0.86.1"


def test_another_program_in_the_pane_is_not_taken_for_the_cli(tmp_path: Path, start: Start) -> None:
    process = start(installed("sleep", tmp_path / "codex" / "versions" / "0.41.0"), 600)
    assert version(process, "claude") is None


def test_a_program_without_a_package_has_no_version(start: Start) -> None:
    assert version(start("sleep", 600), "sleep") is None


def test_a_process_that_has_ended_has_no_version(tmp_path: Path, start: Start) -> None:
    process = start(installed("sleep", tmp_path / "claude" / "versions" / "2.1.34"), 600)
    known = alone(process.pid)
    process.kill()
    process.wait()
    assert ProcessVersions(lambda _: known)(process.pid, "claude") is None


def test_where_no_process_is_shown_no_version_is_known(tmp_path: Path) -> None:
    assert ProcessVersions(ProcessTrees(tmp_path).below, tmp_path)(1, "claude") is None
    assert no_version(1, "claude") is None


def test_the_cli_is_found_below_the_shell_and_before_the_tools_that_it_runs(tmp_path: Path, start: Start) -> None:
    tool = installed("sleep", tmp_path / "codex" / "9.9.9" / "tool")
    node = installed("bash", tmp_path / "bin" / "node")
    script = node_package(tmp_path / "node_modules", "@openai/codex", "0.41.0", bin={"codex": "dist/cli.js"})
    script.write_text(f"{tool} 600; :\n")
    shell = start("bash", "-c", f"{node} {script}; :")
    trees = ProcessTrees()
    while trees([shell.pid])[shell.pid] != ("bash", "node", "tool"):
        pass
    assert ProcessVersions(trees.below)(shell.pid, "codex") == "0.41.0"


def test_a_wrapper_that_has_the_name_in_its_own_does_not_hide_the_cli(tmp_path: Path, start: Start) -> None:
    outer = start(installed("sleep", tmp_path / "claude-squad" / "1.0.0" / "cs"), 600)
    inner = start(installed("sleep", tmp_path / "claude" / "versions" / "2.1.34"), 600)
    both = (*alone(outer.pid), *alone(inner.pid))
    assert ProcessVersions(lambda _: both)(outer.pid, "claude") == "2.1.34"


def test_a_process_is_read_once(tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    process = start(installed("sleep", tmp_path / "claude" / "versions" / "2.1.34"), 600)
    known = alone(process.pid)
    versions = ProcessVersions(lambda _: known)
    versions(process.pid, "claude")
    monkeypatch.setattr("tmuxio.processes.versions.packages_of", lambda *_: pytest.fail("read again"))
    assert versions(process.pid, "claude") == "2.1.34"


def test_what_was_read_before_a_process_became_the_cli_is_not_kept(tmp_path: Path, start: Start) -> None:
    program = installed("sleep", tmp_path / "claude" / "versions" / "2.1.34")
    process = start("sh", "-c", f"read line; exec {program} 600")
    versions = ProcessVersions(alone)
    assert versions(process.pid, "claude") is None
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.flush()
    deadline = time.monotonic() + 10
    while (found := versions(process.pid, "claude")) is None and time.monotonic() < deadline:
        pass
    assert found == "2.1.34"


def test_an_upgrade_on_the_disk_is_no_other_version_of_the_process_that_runs(tmp_path: Path, start: Start) -> None:
    node = installed("sh", tmp_path / "bin" / "node")
    script = node_package(tmp_path / "node_modules", "@openai/codex", "0.41.0")
    process = start(node, script)
    versions = ProcessVersions(alone)
    before = versions(process.pid, "codex")
    (script.parents[1] / "package.json").write_text('{"name": "@openai/codex", "version": "0.42.0"}')
    assert (before, versions(process.pid, "codex")) == ("0.41.0", "0.41.0")


def test_a_package_that_changed_after_the_start_of_a_process_is_not_what_it_runs(tmp_path: Path, start: Start) -> None:
    node = installed("sh", tmp_path / "bin" / "node")
    process = start(node, node_package(tmp_path / "node_modules", "@openai/codex", "0.42.0"))
    (now,) = alone(process.pid)
    minute = 60 * os.sysconf("SC_CLK_TCK")
    earlier = replace(now, started=now.started - minute)
    assert ProcessVersions(lambda _: (earlier,))(process.pid, "codex") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}', '{"name": 1, "version": "2"}', "[" * 100_000, "\0"])
def test_metadata_that_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    script = node_package(tmp_path / "node_modules", "codex", "1.0.0")
    (script.parents[1] / "package.json").write_text(text)
    assert not [one for one in packages_of(script) if one.fits("codex")]


def test_a_pipe_in_the_place_of_metadata_blocks_nothing(tmp_path: Path) -> None:
    script = node_package(tmp_path / "node_modules", "codex", "1.0.0")
    metadata = script.parents[1] / "package.json"
    metadata.unlink()
    os.mkfifo(metadata)
    assert not [one for one in packages_of(script) if one.fits("codex")]


@pytest.mark.parametrize(
    ("package", "cli", "fit"),
    [
        (Package("@openai/codex", "1"), "codex", 2),
        (Package("@continuedev/cli", "1", frozenset({"cn"})), "cn", 2),
        (Package("@anthropic-ai/claude-code", "1"), "claude", 1),
        (Package("amazon-q", "1"), "amazonq", 1),
        (Package("npm", "10.1.0", frozenset({"npm", "npx"})), "codex", 0),
        (Package("codexes", "1"), "codex", 0),
    ],
)
def test_a_package_is_a_clis_by_its_name_its_command_or_a_word_of_its_name(
    package: Package, cli: str, fit: int
) -> None:
    assert package.fits(cli) == fit
