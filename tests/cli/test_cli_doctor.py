"""The doctor: what is broken is said with its remedy, and ends with 6."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from rollout.faces.doctor import CheckResult
from rollout.faces.doctor.machine import python, tmux
from rollout.faces.doctor.server import control_clients, other_monitors
from tmuxio.server.transport import OWNER, environment

if TYPE_CHECKING:
    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]


def checks(said: object) -> dict[str, str]:
    return {check["check"]: check["verdict"] for check in said["checks"]}  # type: ignore[index]  # JSON


def test_a_machine_with_a_server_is_healthy(understudy: Shell, tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    said = understudy("doctor", "--json", "--socket-path", tmux_server.socket_path)
    assert said.code == 0, said.out
    assert said.json["healthy"] is True
    assert checks(said.json)["server"] == "well"


def test_no_server_is_unhealthy_and_the_remedy_is_said(understudy: Shell) -> None:
    said = understudy("doctor")
    assert said.code == 6
    assert "no tmux server listens on" in said.out
    assert "-> start one" in said.out


def test_broken_settings_do_not_stop_the_doctor(understudy: Shell) -> None:
    understudy.write("understudy.toml", "colour = 1\nshape = 7")
    said = understudy("doctor", "--json")
    assert said.code == 6
    assert [check["check"] for check in said.json["checks"]].count("settings") == 2


def test_a_state_folder_that_others_may_read_is_broken(understudy: Shell) -> None:
    understudy.state.mkdir(parents=True, mode=0o755)
    understudy.state.chmod(0o755)
    said = understudy("doctor", "--json")
    remedy = next(check["remedy"] for check in said.json["checks"] if check["check"] == "state folder")
    assert remedy == f"chmod 700 {understudy.state}"


def test_standing_orders_are_shown(understudy: Shell) -> None:
    understudy("freeze", "--actor", "ann", "--reason", "pager")
    assert "frozen by ann (pager)" in understudy("doctor").out


def test_a_control_client_of_a_living_program_is_a_note_and_a_left_over_one_has_a_remedy() -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    assert control_clients([]).verdict is CheckResult.WELL
    assert control_clients([("client-1", os.getpid())]).remedy == ""
    left = control_clients([("client-1", os.getpid()), ("client-2", gone.pid)])
    assert "client-2" in left.says
    assert "client-1" not in left.says
    assert left.remedy


def test_a_client_that_a_run_left_behind_when_it_was_killed_is_named_with_a_remedy(
    understudy: Shell, tmux_server: TmuxServer
) -> None:
    tmux_server.new_window("exec sleep 600")
    argv = ["tmux", "-C", "-S", str(tmux_server.socket_path), "attach-session"]
    pipe = subprocess.PIPE
    env = environment() | {OWNER: "1:none"}  # of a process that is no more
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, env=env) as orphan:
        assert orphan.stdout is not None
        orphan.stdout.readline()  # it is attached

        said = understudy("doctor", "--json", "--socket-path", tmux_server.socket_path).json
        orphan.kill()

    (finding,) = (check for check in said["checks"] if check["check"] == "control clients")
    assert finding["verdict"] == "note"
    assert f"left over: client-{orphan.pid} (process {orphan.pid})" in finding["says"]
    assert "understudy run" in finding["remedy"]


def test_another_monitor_that_acts_on_its_own_is_broken() -> None:
    found = other_monitors(
        [(7, "python3 -c from monitor import _run_monitoring_daemon"), (8, "python3 -m http.server")]
    )
    assert found.verdict is CheckResult.BROKEN
    assert "process 7" in found.says
    assert "8 (" not in found.says
    assert other_monitors([(8, "python3 -m http.server")]).verdict is CheckResult.WELL


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (None, CheckResult.BROKEN),
        ("tmux 3.1c", CheckResult.BROKEN),
        ("tmux 2.9", CheckResult.BROKEN),
        ("tmux 3.2", CheckResult.WELL),
        ("tmux 3.3a", CheckResult.WELL),
        ("tmux next-3.6", CheckResult.WELL),
        ("tmux 10.0", CheckResult.WELL),
        ("tmux master", CheckResult.NOTE),
        ("tmux openbsd-7.4", CheckResult.NOTE),
    ],
)
def test_tmux_is_judged_by_its_version(said: str | None, verdict: CheckResult) -> None:
    assert tmux(said).verdict is verdict


def test_python_is_judged_by_its_version() -> None:
    assert python((3, 10, 13)).verdict is CheckResult.BROKEN
    assert python((3, 11, 0)).verdict is CheckResult.WELL
