from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tmuxio.processes.files import ProcessFiles
from tmuxio.processes.running import ProcessTrees
from tmuxio.processes.table import Process, names, processes_below, read_process
from tmuxio.reading.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer


def process(
    pid: int, name: str, parent: int, *, group: int, session: int = 10, front: int = 10, started: int = 0
) -> Process:
    return Process(pid, name, parent, group, session, front, started or pid)


def named(*processes: Process) -> tuple[str, ...]:
    return names(processes_below({one.pid: one for one in processes}, [10])[10])


def test_a_shell_at_its_prompt_is_alone() -> None:
    assert named(process(10, "bash", 1, group=10)) == ("bash",)


def test_the_job_in_front_is_named_below_the_shell() -> None:
    assert named(
        process(10, "bash", 1, group=10, front=20),
        process(20, "node", 10, group=20, front=20),
        process(21, "codex", 20, group=20, front=20),
    ) == ("bash", "node", "codex")


def test_a_job_in_the_background_is_not_in_front() -> None:
    assert named(process(10, "bash", 1, group=10), process(20, "claude", 10, group=20)) == ("bash",)


def test_a_stopped_agent_behind_another_job_is_not_in_front() -> None:
    assert named(
        process(10, "bash", 1, group=10, front=30),
        process(20, "claude", 10, group=20, front=30),
        process(30, "vim", 10, group=30, front=30),
    ) == ("bash", "vim")


def test_a_tool_in_a_terminal_session_of_its_own_is_what_the_agent_runs() -> None:
    assert named(
        process(10, "bash", 1, group=10, front=20),
        process(20, "claude", 10, group=20, front=20),
        process(21, "mcp-server", 20, group=20, front=20),
        process(22, "bash", 20, group=22, session=22, front=-1),
        process(23, "tail", 22, group=22, session=22, front=-1),
    ) == ("bash", "claude", "bash", "tail")


def test_a_shell_in_between_is_named() -> None:
    assert named(
        process(10, "bash", 1, group=10, front=30),
        process(20, "su", 10, group=20, front=30),
        process(25, "zsh", 20, group=25, front=30),
        process(30, "aider", 25, group=30, front=30),
    ) == ("bash", "su", "zsh", "aider")


def test_a_front_group_whose_leader_ended_is_found_by_its_members() -> None:
    assert named(process(10, "bash", 1, group=10, front=20), process(21, "less", 10, group=20, front=20)) == (
        "bash",
        "less",
    )


def test_a_process_that_is_not_there_has_no_chain() -> None:
    assert processes_below({}, [10]) == {10: ()}


def test_a_loop_in_the_table_ends() -> None:
    assert named(process(10, "a", 11, group=10, front=11), process(11, "b", 10, group=11, front=11))[0] == "a"


def test_a_name_with_brackets_and_blanks_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text("7 (a) b (c) S 1 7 7 34816 7 " + "0 " * 13 + "4242 0 0")
    (tmp_path / "8").mkdir()
    (tmp_path / "8" / "stat").write_text("8 (gone) Z 1 8 8 34816 8 " + "0 " * 13 + "1 0 0")
    (tmp_path / "9").mkdir()

    assert read_process(7, tmp_path) == Process(7, "a) b (c", 1, 7, 7, 7, 4242)
    for ended in (8, 9):
        assert read_process(ended, tmp_path) is None
    assert read_process(7, tmp_path / "none") is None


def write(proc: Path, pid: int, name: str, parent: int, *, front: int = 10) -> Path:
    folder = proc / str(pid)
    folder.mkdir(exist_ok=True)
    (folder / "stat").write_text(f"{pid} ({name}) S {parent} {pid} 10 34816 {front} " + "0 " * 13 + f"{pid} 0 0")
    return folder


def test_what_runs_below_a_pane_is_read_each_time_and_other_processes_once(tmp_path: Path) -> None:
    write(tmp_path, 1, "init", 0)
    write(tmp_path, 10, "bash", 1, front=20)
    write(tmp_path, 20, "claude", 10, front=20)
    other = write(tmp_path, 30, "cron", 1)
    running = ProcessTrees(tmp_path)
    assert running([10]) == {10: ("bash", "claude")}

    write(tmp_path, 20, "renamed", 10, front=20)
    (other / "stat").unlink()  # not read
    (other / "stat").mkdir()

    assert running([10]) == {10: ("bash", "renamed")}
    for entry in (tmp_path / "20").iterdir():
        entry.unlink()
    (tmp_path / "20").rmdir()
    assert running([10]) == {10: ("bash",)}


def test_a_number_that_another_process_was_given_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, 1, "init", 0)
    write(tmp_path, 10, "bash", 1, front=20)
    other = write(tmp_path, 20, "cron", 1)
    running = ProcessTrees(tmp_path)
    assert running([10]) == {10: ("bash",)}

    other.rename(tmp_path / "kept")  # so that its inode is not used again
    write(tmp_path, 20, "claude", 10, front=20)

    assert running([10]) == {10: ("bash", "claude")}


def test_a_process_whose_parent_was_not_seen_yet_is_read_until_it_is(tmp_path: Path) -> None:
    write(tmp_path, 1, "init", 0)
    write(tmp_path, 10, "bash", 1, front=20)
    write(tmp_path, 30, "tool", 20, front=20)
    running = ProcessTrees(tmp_path)
    assert running([10]) == {10: ("bash",)}

    write(tmp_path, 20, "claude", 10, front=20)

    assert running([10]) == {10: ("bash", "claude", "tool")}


def test_another_pane_is_seen_with_what_runs_below_it(tmp_path: Path) -> None:
    write(tmp_path, 1, "init", 0)
    write(tmp_path, 10, "bash", 1)
    write(tmp_path, 40, "zsh", 1, front=41)
    write(tmp_path, 41, "codex", 40, front=41)
    running = ProcessTrees(tmp_path)
    assert running([10]) == {10: ("bash",)}

    assert running([10, 40]) == {10: ("bash",), 40: ("zsh", "codex")}


def test_a_process_is_known_by_its_number_and_its_start() -> None:
    mine = read_process(os.getpid())

    assert mine is not None
    assert (mine.pid, mine.parent) == (os.getpid(), os.getppid())
    assert mine.started > 0


def until(look: Callable[[], tuple[str, ...]], expected: tuple[str, ...]) -> None:
    deadline = time.monotonic() + 10
    while (seen := look()) != expected:
        if time.monotonic() > deadline:
            pytest.fail(f"saw {seen}, not {expected}")
        time.sleep(0.02)


def test_an_agent_that_is_killed_leaves_the_shell_in_front_though_its_screen_stays(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("exec bash --norc")
    tmux_server.wait_for(pane, "$")
    reader = Reader(tmux_server.address)

    def seen() -> tuple[str, ...]:
        return reader.frame().by_pane[pane].processes

    until(seen, ("bash",))
    tmux_server.run("send-keys", "-t", pane, "sh -c 'printf working; exec sleep 600'", "Enter")
    until(seen, ("bash", "sleep"))
    tmux_server.wait_for(pane, "\nworking")
    pid = int(tmux_server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))
    child = psutil.Process(pid).children()[0].pid
    os.kill(child, signal.SIGKILL)
    until(seen, ("bash",))
    assert "working" in reader.frame().by_pane[pane].text


def test_a_program_that_replaces_itself_is_seen_under_its_new_name(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("read x; exec sleep 600")
    reader = Reader(tmux_server.address)
    until(lambda: reader.frame().by_pane[pane].processes, ("sh",))

    tmux_server.run("send-keys", "-t", pane, "Enter")

    until(lambda: reader.frame().by_pane[pane].processes, ("sleep",))


def test_a_file_that_was_kept_open_speaks_of_no_other_process_with_its_number() -> None:
    files = ProcessFiles(Path("/proc"))
    with subprocess.Popen(["sleep", "600"]) as first:
        entry = str(first.pid)
        for _ in range(2):  # its name and counters still change: it has only just begun
            assert files.read(entry, again=True).startswith(f"{entry} (".encode())
        first.kill()
    assert files.read(entry, again=True) == b""


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_files_are_kept_open_to_a_bound_and_closed_with_their_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmuxio.processes.files.MOST", 2)
    for pid in (1, 2, 3):
        write(tmp_path, pid, "agent", 0)
    before = open_files()
    files = ProcessFiles(tmp_path)
    for _ in range(2):
        assert all(b"agent" in files.read(entry, again=True) for entry in ("1", "2", "3"))
    assert open_files() == before + 2
    files.keep_only({"1"})
    assert open_files() == before + 1
    del files
    assert open_files() == before


def test_a_new_process_is_looked_for_once_the_kernel_has_given_a_number(tmp_path: Path) -> None:
    def newest(pid: int) -> None:
        (tmp_path / "loadavg").write_text(f"0.04 0.08 0.06 1/153 {pid}\n")

    write(tmp_path, 1, "init", 0)
    write(tmp_path, 10, "bash", 1, front=20)
    write(tmp_path, 20, "claude", 10, front=20)
    newest(20)
    running = ProcessTrees(tmp_path)
    assert running([10]) == {10: ("bash", "claude")}
    (tmp_path / "20" / "stat").write_text("")
    assert running([10]) == {10: ("bash",)}  # who left is seen without any number
    assert running([10]) == {10: ("bash",)}

    write(tmp_path, 10, "bash", 1, front=30)
    write(tmp_path, 30, "codex", 10, front=30)
    assert running([10]) == {10: ("bash",)}
    newest(30)
    assert running([10]) == {10: ("bash", "codex")}
