"""Real processes, of which nobody reads what nothing stirred."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tmuxio.processes import files as process_files
from tmuxio.processes.files import ProcessFiles, numbers_are_new
from tmuxio.processes.running import ProcessTrees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@pytest.fixture(autouse=True)
def no_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read again only because it is time to: that would hide what is missed."""
    monkeypatch.setattr("tmuxio.processes.running._READ_ALL_EVERY", 1 << 60)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The entries whose status lines were read."""
    entries: list[str] = []
    original = ProcessFiles.read

    def noted(files: ProcessFiles, entry: str, *, again: bool) -> bytes:
        entries.append(entry)
        return original(files, entry, again=again)

    monkeypatch.setattr(ProcessFiles, "read", noted)
    return entries


@pytest.fixture
def shell() -> Iterator[subprocess.Popen[bytes]]:
    """A shell that runs what it is told, with its children in its own group."""
    with subprocess.Popen(["bash", "--norc"], stdin=subprocess.PIPE) as shell:
        yield shell
        os.kill(shell.pid, signal.SIGKILL)


def tell(shell: subprocess.Popen[bytes], line: str) -> None:
    assert shell.stdin is not None
    shell.stdin.write(f"{line}\n".encode())
    shell.stdin.flush()


def eventually(look: Callable[[], Mapping[int, tuple[str, ...]]], root: int, expected: tuple[str, ...]) -> None:
    deadline = time.monotonic() + 10
    while (seen := look()[root]) != expected:
        if time.monotonic() > deadline:
            pytest.fail(f"saw {seen}, not {expected}")
        time.sleep(0.01)


def quiet(running: ProcessTrees, root: int) -> Mapping[int, tuple[str, ...]]:
    """Look at a pane that printed nothing."""
    return running([root], ())


def below(shell: subprocess.Popen[bytes]) -> set[str]:
    """The entries of a shell and its children."""
    children = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text().split()
    return {str(shell.pid), *children}


def test_below_a_pane_where_nothing_stirs_nothing_is_read(shell: subprocess.Popen[bytes], read: list[str]) -> None:
    running = ProcessTrees()
    tell(shell, "sleep 600")
    eventually(lambda: quiet(running, shell.pid), shell.pid, ("bash", "sleep"))
    for _ in range(2):  # each is read once more before it is known to be at rest
        quiet(running, shell.pid)
    read.clear()

    assert quiet(running, shell.pid) == {shell.pid: ("bash", "sleep")}

    assert not below(shell) & {*read}


def test_a_pane_that_is_looked_at_closely_is_read(shell: subprocess.Popen[bytes], read: list[str]) -> None:
    running = ProcessTrees()
    tell(shell, "sleep 600")
    eventually(lambda: quiet(running, shell.pid), shell.pid, ("bash", "sleep"))
    for _ in range(2):
        quiet(running, shell.pid)
    read.clear()

    running([shell.pid], {shell.pid})

    assert below(shell) <= {*read}


def test_who_is_alone_in_a_pane_is_not_read_for_being_looked_at(
    shell: subprocess.Popen[bytes], read: list[str]
) -> None:
    running = ProcessTrees()
    for _ in range(4):
        running([shell.pid], {shell.pid})
    read.clear()

    assert running([shell.pid], {shell.pid}) == {shell.pid: ("bash",)}

    assert not below(shell) & {*read}


def test_a_process_that_runs_where_it_slept_is_no_other(tmp_path: Path) -> None:
    stat = tmp_path / "10" / "stat"
    stat.parent.mkdir()
    running = ProcessTrees(tmp_path)
    said = []
    for state in "SRSD":
        stat.write_text(f"10 (claude) {state} 1 10 10 34816 10 " + "0 " * 13 + "10 0 0")
        said.append(running([10]))
    assert said[0] == {10: ("claude",)}
    assert all(chains is said[0] for chains in said)


def test_who_ends_in_a_quiet_pane_is_seen_to_have_ended(shell: subprocess.Popen[bytes]) -> None:
    running = ProcessTrees()
    tell(shell, "sleep 600 & echo $! >&2; wait")
    eventually(lambda: quiet(running, shell.pid), shell.pid, ("bash", "sleep"))
    (child,) = below(shell) - {str(shell.pid)}
    for _ in range(3):
        quiet(running, shell.pid)

    os.kill(int(child), signal.SIGKILL)

    eventually(lambda: quiet(running, shell.pid), shell.pid, ("bash",))


def test_another_program_in_a_quiet_pane_is_seen_under_its_name(shell: subprocess.Popen[bytes]) -> None:
    running = ProcessTrees()
    for _ in range(4):
        assert quiet(running, shell.pid) == {shell.pid: ("bash",)}

    tell(shell, "exec sleep 600")

    eventually(lambda: quiet(running, shell.pid), shell.pid, ("sleep",))


def test_who_comes_below_a_quiet_pane_is_seen(shell: subprocess.Popen[bytes]) -> None:
    running = ProcessTrees()
    for _ in range(4):
        quiet(running, shell.pid)

    tell(shell, "sh -c 'sleep 600; :'")

    eventually(lambda: quiet(running, shell.pid), shell.pid, ("bash", "sh", "sleep"))


def test_a_dead_process_that_nobody_has_buried_has_ended() -> None:
    running = ProcessTrees()
    with subprocess.Popen(["sleep", "600"]) as child:
        eventually(lambda: quiet(running, child.pid), child.pid, ("sleep",))
        for _ in range(2):
            quiet(running, child.pid)

        os.kill(child.pid, signal.SIGKILL)

        eventually(lambda: quiet(running, child.pid), child.pid, ())


def test_the_last_number_of_this_machine_is_believed() -> None:
    assert numbers_are_new(Path("/proc"))


@pytest.mark.parametrize("told", ["0.00 0.00 0.00 1/1 2\n", "0.00 0.00 0.00 0/0 0\n", "", None])
def test_where_an_old_number_is_told_whoever_comes_is_seen_all_the_same(
    shell: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str | None
) -> None:
    stale, opened = tmp_path / "loadavg", process_files._opened
    if told is not None:
        stale.write_text(told)
    monkeypatch.setattr(process_files, "_opened", lambda path: opened(path.replace("/proc/loadavg", str(stale))))
    numbers_are_new.cache_clear()
    running = ProcessTrees()
    numbers_are_new.cache_clear()
    for _ in range(4):
        quiet(running, shell.pid)

    tell(shell, "sh -c 'sleep 600; :'")

    eventually(lambda: quiet(running, shell.pid), shell.pid, ("bash", "sh", "sleep"))
