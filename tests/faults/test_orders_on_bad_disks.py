"""Emergency orders while the disk is full, read-only, or out of inodes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from faulty_disks import RUNS, fill, make_read_only, small_disk, use_up_inodes

from rollout.store import orders, shared_folder
from rollout.store.orders import OrderKind, order_in_force
from tests.cli.rollouts import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.rollouts import Kept
    from tests.cli.shell import Shell

pytest_plugins = ["tests.cli.shell"]

BREAK = {"full": fill, "out of inodes": use_up_inodes, "read-only": make_read_only}


@pytest.fixture
def disk(understudy: Shell) -> Iterator[Path]:
    """The disk on which the state folder lies."""
    with small_disk(understudy.state, "nr_inodes=200") as place:
        yield place


@pytest.fixture
def ran(understudy: Shell, disk: Path) -> Kept:
    return kept(disk, understudy.folder / "s")


@pytest.fixture(autouse=True)
def second_places_end_with_the_test(understudy: Shell) -> Iterator[None]:
    yield
    for kind in OrderKind:
        for folder in (understudy.state, *orders.servers_in_second_places(understudy.state)):
            orders.lift(kind, folder)


@pytest.mark.parametrize("fault", BREAK)
@pytest.mark.parametrize("run", range(RUNS))
def test_freeze_stands_for_a_daemon_of_another_environment(
    understudy: Shell, ran: Kept, disk: Path, fault: str, run: int
) -> None:
    BREAK[fault](disk)
    said = understudy.real("freeze", "--reason", "pager", env={"XDG_RUNTIME_DIR": f"/run/user/{run}"})
    assert (said.code, "Frozen" in said.out) == (0, True), said
    assert order_in_force(OrderKind.FREEZE, ran.folder.path, disk) is not None


@pytest.mark.parametrize("fault", BREAK)
def test_a_freeze_of_one_server_stands_and_is_lifted(understudy: Shell, ran: Kept, disk: Path, fault: str) -> None:
    BREAK[fault](disk)
    assert understudy("freeze", "--socket-path", understudy.folder / "s").code == 0
    assert order_in_force(OrderKind.FREEZE, ran.folder.path) is not None
    assert order_in_force(OrderKind.FREEZE, disk) is None
    assert "Unfrozen" in understudy("unfreeze").out
    assert order_in_force(OrderKind.FREEZE, ran.folder.path) is None


@pytest.mark.parametrize("fault", BREAK)
@pytest.mark.parametrize("run", range(RUNS))
def test_rollback_now_stands(understudy: Shell, ran: Kept, disk: Path, fault: str, run: int) -> None:  # noqa: ARG001
    BREAK[fault](disk)
    said = understudy.real("rollback", "--now", "--reason", "pager")
    assert (said.code, "Rolled back" in said.out) == (0, True), said
    assert order_in_force(OrderKind.ROLLBACK, ran.folder.path) is not None


@pytest.mark.usefixtures("ran")
def test_a_freeze_lasts_from_before_the_disk_was_read_only_and_is_not_said_to_be_lifted(
    understudy: Shell, disk: Path
) -> None:
    understudy("freeze")
    make_read_only(disk)
    said = understudy("unfreeze")
    assert (said.code, "STILL frozen" in said.err) == (74, True)
    assert str(disk / "frozen.json") in said.err
    assert order_in_force(OrderKind.FREEZE, disk) is not None


@pytest.mark.usefixtures("ran")
def test_a_server_that_never_ran_is_frozen_and_unfrozen_on_a_read_only_disk(understudy: Shell, disk: Path) -> None:
    make_read_only(disk)
    assert understudy("freeze", "--socket-name", "new").code == 0
    assert "Unfrozen" in understudy("unfreeze").out


@pytest.fixture
def nowhere(understudy: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No second place takes a file either."""
    with small_disk(understudy.folder / "tmp") as place:
        monkeypatch.setattr(shared_folder, "BASES", (place, understudy.folder / "missing"))
        make_read_only(place)
        yield


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("asked", "says"), [(("freeze",), "NOT frozen"), (("rollback", "--now"), "NOT rolled back")])
def test_an_order_that_stands_nowhere_says_so_and_names_the_process_to_stop(
    understudy: Shell, ran: Kept, disk: Path, asked: tuple[str, ...], says: str
) -> None:
    make_read_only(disk)
    with a_run_on(ran.folder.socket_path) as pid:
        said = understudy(*asked, "--reason", "pager")
    assert (said.code, said.out) == (74, "")
    assert says in said.err
    assert f"kill -STOP {pid}" in said.err
    assert "read-only file system" in said.err


@pytest.mark.usefixtures("nowhere", "ran")
def test_an_order_that_stands_nowhere_says_so_where_nothing_runs(understudy: Shell, disk: Path) -> None:
    make_read_only(disk)
    said = understudy("freeze")
    assert (said.code, "pgrep -f 'understudy run'" in said.err) == (74, True)


def test_a_rollback_that_was_ordered_in_a_second_place_is_carried_out_once(
    understudy: Shell, ran: Kept, disk: Path
) -> None:
    make_read_only(disk)
    assert understudy("rollback", "--now", "--reason", "pager").code == 0
    (order,) = [order_in_force(OrderKind.ROLLBACK, ran.folder.path)]
    assert order is not None
    assert order.reason == "pager"
    assert orders.lift(OrderKind.ROLLBACK, order.path.parent)  # as the loop does it
    assert order_in_force(OrderKind.ROLLBACK, ran.folder.path) is None


def test_a_folder_of_another_user_is_no_second_place(understudy: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_folder, "BASES", (understudy.folder,))
    (shared,) = shared_folder.shared_folders()
    shared.mkdir(mode=0o777)
    shared.chmod(0o777)
    (place,) = orders.second_places(understudy.state)
    place.mkdir()
    (place / "frozen.json").touch()
    assert order_in_force(OrderKind.FREEZE, understudy.state) is None


@contextmanager
def a_run_on(socket: Path) -> Iterator[int]:
    """Have a process hold a server's lock, as a run does."""
    program = (
        "import sys, time; from pathlib import Path; from rollout.store.server_lock import watch_alone; "
        "watch_alone(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(socket)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.kill()
