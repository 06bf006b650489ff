"""Two daemons on one tmux server: the second is refused whatever differs between their environments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faulty_disks import RUNS, also_at, make_read_only, small_disk

from rollout.store import shared_folder
from rollout.store.server_lock import AlreadyRunning, lock_places, watch_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]
PROGRAM = Path(sys.executable).with_name("understudy")


def test_a_run_from_cron_is_refused_while_one_from_a_login_watches(understudy: Shell, tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600", name="idle-1")
    of_server = ("--socket-path", str(tmux_server.socket_path))
    login = understudy.env | {"XDG_RUNTIME_DIR": str(understudy.folder), "TMPDIR": str(understudy.folder)}
    with subprocess.Popen(
        [PROGRAM, "run", "--json", *of_server], env=login, cwd=understudy.folder, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline(), "its first cycle"
        cron = understudy.real("run", "--once", *of_server, env={"UNDERSTUDY_STATE_DIR": str(understudy.folder / "b")})
        first.send_signal(signal.SIGTERM)
        first.stdout.read()
    assert (cron.code, "already watches" in cron.err) == (75, True)


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "tmux-0") as folder:
        (folder / "default").touch()
        yield folder / "default"


@pytest.mark.parametrize("run", range(RUNS))
def test_the_lock_does_not_depend_on_the_runtime_folder(
    socket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / f"login-{run}"))
    first = watch_alone(socket)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    with pytest.raises(AlreadyRunning):
        watch_alone(socket)
    first.release()
    watch_alone(socket).release()


def test_the_lock_holds_where_the_folder_of_the_socket_takes_no_file(socket: Path) -> None:
    make_read_only(socket.parent)
    first = watch_alone(socket)
    with pytest.raises(AlreadyRunning):
        watch_alone(socket)
    first.release()


def test_the_lock_holds_where_the_folder_takes_files_again(socket: Path) -> None:
    make_read_only(socket.parent)
    first = watch_alone(socket)
    subprocess.run(["mount", "-o", "remount,rw", str(socket.parent)], check=True)
    with pytest.raises(AlreadyRunning):
        watch_alone(socket)
    first.release()


@pytest.mark.parametrize("read_only", [False, True])
def test_the_lock_is_the_same_by_every_path_to_the_server(socket: Path, tmp_path: Path, *, read_only: bool) -> None:
    if read_only:
        make_read_only(socket.parent)
    (tmp_path / "link").symlink_to(socket)
    with also_at(socket.parent, tmp_path / "elsewhere") as elsewhere:
        first = watch_alone(socket)
        for other in (tmp_path / "link", elsewhere / "default"):
            with pytest.raises(AlreadyRunning):
                watch_alone(other)
        first.release()


def test_a_server_that_is_started_again_keeps_its_lock(socket: Path) -> None:
    first = watch_alone(socket)
    socket.unlink()
    socket.with_name("new").touch()
    socket.with_name("new").rename(socket)
    with pytest.raises(AlreadyRunning):
        watch_alone(socket)
    first.release()


def test_another_server_in_the_same_folder_is_free(socket: Path) -> None:
    first = watch_alone(socket)
    watch_alone(socket.with_name("work")).release()
    first.release()


def test_a_lock_whose_file_was_removed_does_not_keep_a_stale_one(socket: Path) -> None:
    first = watch_alone(socket)
    first.release()
    assert not any(path.exists() for path in lock_places(socket))


def test_a_lock_of_a_process_that_was_killed_is_free(socket: Path) -> None:
    child = os.fork()
    if child == 0:
        watch_alone(socket)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    watch_alone(socket).release()


def test_no_place_for_a_lock_is_an_error_and_no_silent_second_daemon(
    socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_folder, "BASES", ())
    make_read_only(socket.parent)
    with pytest.raises(OSError, match="Read-only"):
        watch_alone(socket)
