from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tmuxio.server.address import ServerAddress
from tmuxio.server.sweep import leftovers, sweep
from tmuxio.server.transport import environment

if TYPE_CHECKING:
    from pathlib import Path

    from private_tmux import TmuxServer


def attached(server: TmuxServer, count: int) -> bool:
    deadline = time.monotonic() + 10
    while len(server.run("list-clients").splitlines()) != count and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(server.run("list-clients").splitlines()) == count


def client(server: TmuxServer, env: dict[str, str]) -> subprocess.Popen[bytes]:
    argv = ["tmux", "-u", "-C", "-S", str(server.socket_path), "attach-session"]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_a_client_whose_owner_is_dead_is_ended(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600")
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    orphan = client(tmux_server, environment() | {"UNDERSTUDY_CLIENT_OF": f"{int(dead.stdout)}:1"})
    assert attached(tmux_server, 1)

    assert sweep(tmux_server.address) == (orphan.pid,)
    assert attached(tmux_server, 0)
    end(orphan)


def test_a_client_whose_owners_number_was_given_to_another_process_is_ended(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600")
    word = environment()["UNDERSTUDY_CLIENT_OF"]
    orphan = client(tmux_server, environment() | {"UNDERSTUDY_CLIENT_OF": f"{word}0"})
    assert attached(tmux_server, 1)

    assert leftovers(tmux_server.address) == (orphan.pid,)
    end(orphan)


def test_clients_of_living_owners_and_of_people_are_left_alone(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600")
    ours, theirs = client(tmux_server, environment()), client(tmux_server, tmux_server.environment)
    assert attached(tmux_server, 2)

    assert sweep(tmux_server.address) == ()
    assert attached(tmux_server, 2)
    end(ours)
    end(theirs)


def test_clients_of_other_servers_are_left_alone(tmux_server: TmuxServer, tmp_path: Path) -> None:
    tmux_server.new_window("exec sleep 600")
    orphan = client(tmux_server, environment() | {"UNDERSTUDY_CLIENT_OF": "1:none"})
    assert attached(tmux_server, 1)

    assert sweep(ServerAddress(tmp_path / "other")) == ()
    assert attached(tmux_server, 1)
    end(orphan)


def test_sweeping_where_nothing_is_left_is_harmless(tmp_path: Path) -> None:
    assert sweep(ServerAddress(tmp_path / "none")) == ()
