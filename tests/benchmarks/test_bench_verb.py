"""`understudy bench` on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crowd import assemble

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]


def test_bench_tells_what_cycles_cost_and_leaves_no_client(
    understudy: Shell, tmux_server: TmuxServer, tmp_path: Path
) -> None:
    assemble(tmux_server, tmp_path, 4)
    call = ("bench", "--cycles", "5", "--interval", "0", "--socket-path", str(tmux_server.socket_path))

    said = understudy(*call, "--json").json

    assert (said["monitor"], said["agents"], said["cycles"]) == ("modular", 4, 5)
    assert 0 < said["cycle_s"]["median"] <= said["cycle_s"]["p95"]
    assert said["tmux_s"]["median"] > 0
    assert said["engine_cpu_s"] > 0
    assert 0 < said["tmux_cpu_s"] < 1
    assert said["captures"] + said["captures_saved"] == 4 * 5
    assert tmux_server.run("list-clients") == ""
    assert tmux_server.run("list-buffers") == ""
    assert "5 cycles of 4 agents" in understudy(*call).out


def test_a_monitor_that_looks_by_windows_counts_no_captures(
    understudy: Shell, tmux_server: TmuxServer, tmp_path: Path
) -> None:
    assemble(tmux_server, tmp_path, 1)
    said = understudy(
        "bench", "--monitor", "legacy", "--cycles", "1", "--interval", "0", "--json",
        "--socket-path", str(tmux_server.socket_path),
    ).json  # fmt: skip
    assert (said["monitor"], said["captures"], said["captures_saved"]) == ("legacy", None, None)


def test_a_program_cannot_be_timed_in_here(understudy: Shell, tmux_server: TmuxServer) -> None:
    refused = understudy("bench", "--monitor", "cmd:true", "--socket-path", str(tmux_server.socket_path))
    assert refused.code == 2
    assert "name a monitor" in refused.err


def test_without_a_server_there_is_nothing_to_time(understudy: Shell, tmp_path: Path) -> None:
    assert understudy("bench", "--socket-path", str(tmp_path / "none")).code == 69
