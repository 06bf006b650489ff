"""Record and replay: a tape shot on a real server, watched again by two monitors."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tmuxio.tapes.tapefile import read_tape, write_tape
from understudy.outcomes import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Shell
    from tests.conftest import TmuxServer

pytest_plugins = ["tests.cli.shell"]

# A monitor that calls everything idle, and one that does not: what they say of a tape is known beforehand.
MONITORS = """
from understudy import AgentRole, AgentState, AgentVerdict, CycleReport, Why

class Calls:
    version, says, state = "1", frozenset({"idle", "busy"}), AgentState.IDLE
    def __init__(self):
        self.name, self.looks = type(self).__name__, 0
    def cycle(self, cycle, source, clock, scope, outcomes):
        self.looks += 1
        rule = str(self.looks) + "+" * len(outcomes)
        frame = source.look()[-1]
        verdicts = {
            shot.pane: AgentVerdict(
                pane=shot.pane, pid=shot.pid, session=shot.session, window=shot.window, window_index=shot.window_index,
                role=AgentRole.WORKER, agent="unknown", state=self.state, since=clock.now(), why=Why(rule=rule),
            )
            for shot in frame.panes
        }
        return CycleReport(cycle=cycle, monitor=self.name, version=self.version, verdicts=verdicts)
    def memory(self):
        return self.looks
    def recall(self, memory):
        self.looks = memory or 0

class Idle(Calls):
    pass

class Busy(Calls):
    state = AgentState.BUSY
"""


@pytest.fixture
def tapes(understudy: Shell, tmux_server: TmuxServer) -> list[Path]:
    tmux_server.wait_for(tmux_server.new_window("echo password=hunter2hunter2; exec cat"), "password")
    understudy.write("mine.py", MONITORS)
    said = understudy(
        *("record", "--tapes", "2", "--every", "0", "--frames", "2", "--gap", "0.05", "-o", "kept", "--json"),
        *("--socket-path", tmux_server.socket_path),
    )
    assert said.code == 0, said.err
    return [understudy.folder / line["file"] for line in said.lines]


def test_what_was_recorded_can_be_read_back_and_holds_no_secret(tapes: list[Path]) -> None:
    kept = [read_tape(path).tape for path in tapes]
    assert [len(tape.frames) for tape in kept] == [2, 2]
    assert "password" in kept[0].frames[0].panes[0].text
    assert "hunter2" not in gzip.decompress(tapes[0].read_bytes()).decode()


def test_two_monitors_that_agree_differ_nowhere(understudy: Shell, tapes: list[Path]) -> None:
    said = understudy("replay", *tapes, "--incumbent", "mine:Idle", "--candidate", "mine:Idle", "--fail-on", "detail")
    assert said.code == 0, said.err
    assert "no difference" in said.out


def test_differences_are_listed_and_fail_only_where_that_was_asked_for(understudy: Shell, tapes: list[Path]) -> None:
    asked = ("replay", *tapes, "--incumbent", "mine:Idle", "--candidate", "mine:Busy")
    said = understudy(*asked, "--json")
    assert said.code == 0
    assert said.json["tapes"] == 2
    found = said.json["differences"]
    assert [one["severity"] for one in found] == ["state", "state"]
    assert [one["class"] for one in found] == ["true", "true"]
    assert (found[0]["incumbent"]["state"], found[0]["candidate"]["state"]) == ("idle", "busy")
    assert understudy(*asked, "--fail-on", "action").code == 0
    assert understudy(*asked, "--fail-on", "state").code == 3


def test_memory_goes_from_tape_to_tape(understudy: Shell, tapes: list[Path]) -> None:
    asked = ("replay", *tapes, "--incumbent", "mine:Idle", "--candidate", "mine:Busy", "--json")
    assert [one["incumbent"]["rule"] for one in understudy(*asked).json["differences"]] == ["1", "2"]


TOLD = Outcome(
    intent_key="notify_manager:idle", pane="%1", session="s", ordinal=1, result="watch_only", done=False, at=1.0
)


def test_a_tape_that_knows_what_this_very_version_remembered_and_was_told_is_watched_from_there(
    understudy: Shell, tapes: list[Path]
) -> None:
    kept = read_tape(tapes[1])
    write_tape(
        tapes[1],
        kept.tape,
        {"incumbent": 40, "candidate": 50},
        {
            "monitors": {"incumbent": "Idle 1", "candidate": "Busy 0"},
            "outcomes": {"incumbent": [TOLD.model_dump(mode="json")], "candidate": []},
        },
    )
    asked = ("replay", *tapes, "--incumbent", "mine:Idle", "--candidate", "mine:Busy", "--json")
    found = understudy(*asked).json["differences"]
    assert [one["incumbent"]["rule"] for one in found] == ["1", "41+"]
    assert [one["candidate"]["rule"] for one in found] == ["1", "2"]


def test_a_torn_tape_is_named_before_anything_is_run(understudy: Shell, tapes: list[Path]) -> None:
    tapes[1].write_bytes(tapes[1].read_bytes()[:-40])
    said = understudy("replay", *tapes, "--incumbent", "mine:Idle", "--candidate", "mine:Idle")
    assert said.code == 2
    assert f"{tapes[1].name}, line" in said.err


def test_a_tape_that_is_not_there_and_a_severity_that_is_none_are_sentences(understudy: Shell) -> None:
    missing = understudy("replay", "none.tape")
    assert (missing.code, "none.tape: no such file" in missing.err) == (2, True)
    wrong = understudy("replay", "none.tape", "--fail-on", "colour")
    assert (wrong.code, "name one of action, state, detail" in wrong.err) == (2, True)


def test_recording_where_no_server_is_ends_with_69(understudy: Shell) -> None:
    said = understudy("record", "--socket-name", "nowhere")
    assert said.code == 69
    assert "no tmux server listens on" in said.err
    assert not list(understudy.folder.glob("tapes/*"))
