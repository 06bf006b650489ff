"""`run`: the loop in the foreground, on real servers."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from rollout.store.server_lock import watch_alone
from rollout.store.state_folder import StateFolder
from tests.cli.shell import PROGRAM
from tmuxio.tapes.tapefile import read_tape

if TYPE_CHECKING:
    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]

SESSION = "équipe $5 one"


@pytest.fixture
def team(tmux_server: TmuxServer) -> TmuxServer:
    """A server that was there before, with a manager and a worker that are nothing but shells."""
    tmux_server.new_window(session=SESSION, name="Claude-pm")
    tmux_server.new_window(session=SESSION, name="Claude-worker")
    return tmux_server


def screens(server: TmuxServer) -> list[str]:
    panes = server.run("list-panes", "-a", "-F", "#{pane_id}").split()
    return [f"{pane}\n{server.screen(pane)}" for pane in panes]


def test_one_cycle_as_json_has_every_key_that_scripts_rely_on(understudy: Shell, team: TmuxServer) -> None:
    said = understudy("run", "--once", "--json", "--socket-path", team.socket_path)
    assert said.code == 0, said.err
    (cycle,) = said.lines
    assert cycle["schema"] == 1
    assert (cycle["mode"], cycle["act"]) == ("shadow", False)
    assert cycle["owners"] == {SESSION: "legacy"}
    assert set(cycle["reports"]) == {"legacy", "modular"}
    for report in cycle["reports"].values():
        assert {"seconds", "waited_seconds", "cpu_seconds", "agents", "intents", "problems"} <= set(report)
        assert set(report["agents"]) == set(team.run("list-panes", "-a", "-F", "#{pane_id}").split())
        for agent in report["agents"].values():
            assert {"state", "detail", "role", "agent", "window", "rule"} <= set(agent)
        for intent in report["intents"]:
            assert {"kind", "pane", "target", "ordinal", "reason"} <= set(intent)
    assert {agent["state"] for agent in cycle["reports"]["modular"]["agents"].values()} == {"crashed"}
    assert all({"kind", "pane", "result", "why"} <= set(outcome) for outcome in cycle["outcomes"])
    assert {outcome["result"] for outcome in cycle["outcomes"]} <= {"watch_only", "shadowed"}
    assert all({"pane", "class", "severity", "cluster"} <= set(one) for one in cycle["differences"])


def test_cycles_watch_press_nothing_and_are_visible_afterwards(understudy: Shell, team: TmuxServer) -> None:
    before = screens(team)
    said = understudy("run", "--cycles", "3", "--interval", "0.1", "--socket-path", team.socket_path)
    assert said.code == 0, said.err
    assert len(said.out.splitlines()) == 3
    assert "no key is sent" in said.err
    assert screens(team) == before
    status = understudy("status", "--json").json
    assert (status["stage"], status["act"], status["cycles"]) == ("shadow", False, 3)
    assert len(understudy("agents", "--json").json["agents"]) == 2
    assert understudy("history", "--verify").code == 0
    assert "legacy" in understudy("report").out
    assert understudy("report", "--format", "json").json["schema"] == 1
    assert understudy("diffs", "list", "--json").json["clusters"]
    assert understudy("diffs", "show", understudy("diffs", "list", "--json").json["clusters"][0]["id"]).code == 0


def test_a_kept_tape_says_who_watched_it_and_what_each_had_been_told(understudy: Shell, team: TmuxServer) -> None:
    understudy("run", "--cycles", "2", "--interval", "0.1", "--socket-path", team.socket_path)
    meta = read_tape(max(understudy.state.glob("servers/*/tapes/*.tape.gz"))).meta
    assert meta["monitors"] == {"incumbent": "legacy 1.1.0", "candidate": "modular 1.1.0"}
    assert {one["result"] for one in meta["outcomes"]["incumbent"]} == {"watch_only"}


def test_a_run_goes_on_where_the_last_one_ended(understudy: Shell, team: TmuxServer) -> None:
    for _ in range(2):
        assert understudy("run", "--once", "--socket-path", team.socket_path).code == 0
    assert understudy("status", "--json").json["cycles"] == 2


def test_a_server_without_agents_gets_a_sentence(understudy: Shell, tmux_server: TmuxServer) -> None:
    tmux_server.new_window(name="editor")
    said = understudy("run", "--once", "--socket-path", tmux_server.socket_path)
    assert said.code == 0
    assert "No agent on this server yet" in said.err


def test_no_server_is_a_sentence_and_69(understudy: Shell) -> None:
    said = understudy("run", "--cycles", "2", "--interval", "0.1")
    assert said.code == 69
    assert "no tmux server listens on" in said.err


def test_a_second_run_on_the_same_server_is_told_so(
    understudy: Shell, team: TmuxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(understudy.folder))
    lock = watch_alone(team.socket_path)
    runtime = {"XDG_RUNTIME_DIR": str(understudy.folder)}
    said = understudy("run", "--once", "--socket-path", team.socket_path, env=runtime)
    lock.release()
    assert said.code == 75
    assert "already watches" in said.err


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (("--candidate", "nobody"), 2, "there is no monitor called `nobody`"),
        (("--plan", "none.toml"), 78, "none.toml: cannot be read as a plan"),
        (("--interval", "0"), 2, "--interval"),
        (("--cycles", "0"), 2, "--cycles"),
        (("--socket-name", "both"), 2, "not by both"),
    ],
)
def test_what_is_asked_for_wrongly_is_named(
    understudy: Shell, team: TmuxServer, asked: tuple[str, ...], code: int, says: str
) -> None:
    said = understudy("run", "--once", *asked, "--socket-path", team.socket_path)
    assert said.code == code, said.err
    assert says in said.err


def test_broken_flags_route_to_the_incumbent_and_the_run_goes_on(understudy: Shell, team: TmuxServer) -> None:
    folder = StateFolder(understudy.state).prepare(team.socket_path)
    folder.flags.write_text("{")
    said = understudy("run", "--once", "--json", "--socket-path", team.socket_path)
    assert said.code == 0, said.err
    assert set(json.loads(said.out)["owners"].values()) == {"legacy"}


def test_an_interrupt_ends_it_after_the_cycle_with_0(understudy: Shell, team: TmuxServer) -> None:
    process = subprocess.Popen(
        [PROGRAM, "run", "--interval", "0.2", "--socket-path", team.socket_path],
        cwd=understudy.folder,
        env=understudy.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=20)
    assert "agents" in first
    assert process.returncode == 0, rest
