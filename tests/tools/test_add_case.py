"""`tools/add-case`: a pane, a file or a paste becomes a case of the corpus; what is wrong is said in a sentence."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from adding_cases import main, state_of
from impersonal import impersonal
from screen_sources import Seen

from modular.corpus import read_corpus
from understudy import AgentState

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from modular.corpus import Case

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "add-case"
WORKING = "> count the beans\n\n• Working (3s • esc to interrupt)\n\n\x1b[1m›\x1b[0m \x1b[2mAsk Codex\x1b[0m\n"  # noqa: RUF001 - Codex's own sign
Add = Callable[..., int]


@pytest.fixture
def screen(tmp_path: Path) -> Path:
    path = tmp_path / "working.ansi"
    path.write_text(WORKING)
    return path


@pytest.fixture
def add(tmp_path: Path) -> Add:
    """Adds to a corpus of the test's own; `answers` are a person's, in turn, and nobody's where there are none."""

    def run(*words: object, answers: tuple[str, ...] = ()) -> int:
        left = list(answers)
        (tmp_path / "corpus").mkdir(exist_ok=True)
        arguments = [*map(str, words), "--corpus", str(tmp_path / "corpus")]
        return main(arguments, lambda _: left.pop(0) if left else None)

    return run


def only_case(tmp_path: Path) -> Case:
    cases, faults = read_corpus(tmp_path / "corpus")
    assert faults == ()
    (case,) = cases
    return case


def test_a_file_becomes_a_case_named_for_it(add: Add, screen: Path, tmp_path: Path) -> None:
    assert add(screen, "--cli", "codex", "--state", "busy") == 0
    case = only_case(tmp_path)
    assert (case.id, case.state, case.screens, case.agent) == (
        "codex/working_busy", AgentState.BUSY, (WORKING,), "codex",
    )  # fmt: skip


def test_a_paste_becomes_a_case(add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WORKING.encode())))
    assert add("--cli", "codex", "--state", "busy", "--name", "Blocked-on-form") == 0
    assert only_case(tmp_path).id == "codex/blocked_on_form"


def test_a_pane_becomes_a_case_with_its_colours_size_cursor_and_processes(
    add: Add, tmux_server: TmuxServer, tmp_path: Path
) -> None:
    pane = tmux_server.new_window(r"printf '\033[1mbold\033[0m here'; exec sleep 600", width=60, height=20)
    tmux_server.wait_for(pane, "bold here")
    assert add(pane, "-S", tmux_server.socket_path, "--cli", "digger", "--state", "idle") == 0
    case = only_case(tmp_path)
    assert case.screens[0].startswith("\x1b[1mbold")
    assert (case.size, case.cursor, case.processes[-1], case.window) == ((60, 20), (9, 0), "sleep", "window")


def test_a_pane_may_be_named_by_its_place(add: Add, tmux_server: TmuxServer, tmp_path: Path) -> None:
    tmux_server.wait_for(tmux_server.new_window("echo ready; exec sleep 600"), "ready")
    assert add("main:window.0", "-S", tmux_server.socket_path, "--cli", "digger", "--state", "idle") == 0
    assert only_case(tmp_path).screens[0].startswith("ready")


def test_frames_of_a_pane_that_moves_are_all_kept(add: Add, tmux_server: TmuxServer, tmp_path: Path) -> None:
    pane = tmux_server.new_window("while :; do n=$((n + 1)); echo row $n; sleep 0.05; done")
    tmux_server.wait_for(pane, "row 2")
    assert add(pane, "-S", tmux_server.socket_path, "--cli", "digger", "--state", "busy", "--frames", "2") == 0
    assert len(only_case(tmp_path).screens) == 2


def test_the_right_state_is_asked_for_until_it_is_one(add: Add, screen: Path, tmp_path: Path) -> None:
    assert add(screen, "--cli", "codex", answers=("bored", "1")) == 0
    assert only_case(tmp_path).state is AgentState.BUSY


def test_an_empty_answer_agrees_with_modular(add: Add, screen: Path, tmp_path: Path) -> None:
    assert add(screen, "--cli", "codex", answers=("",)) == 0
    assert only_case(tmp_path).state is AgentState.BUSY


def test_a_wrong_reading_is_kept_with_the_reason_that_is_asked_for(add: Add, screen: Path, tmp_path: Path) -> None:
    assert add(screen, "--cli", "codex", "--state", "idle", answers=("the status stays",)) == 0
    assert only_case(tmp_path).xfail == "the status stays"


def test_a_wrong_reading_without_a_reason_says_that_the_test_fails(
    add: Add, screen: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(screen, "--cli", "codex", "--state", "idle") == 0
    assert "the test fails until the rules read it rightly" in capsys.readouterr().out


def test_secrets_and_homes_are_gone_and_nothing_moved() -> None:
    row = "/home/alice/x token=ghp_A1b2C3d4E5f6G7h8I9j0K1l2 /Users/bob/y"
    kept, blanked = impersonal(Seen("pasted", (f"{row}\nstays",)))
    assert kept.screens[0].startswith("/home/someo/x token=")
    assert "ghp_A1b2" not in kept.screens[0]
    assert kept.screens[0].endswith("/Users/som/y\nstays")
    assert (len(kept.screens[0]), blanked) == (len(row) + 6, 1)


def test_a_title_that_is_the_name_of_the_machine_is_left_out() -> None:
    kept, _ = impersonal(Seen("pane", ("x",), title=socket.gethostname()))
    assert kept.title == ""


def test_the_command_that_runs_the_case_is_printed(add: Add, screen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(screen, "--cli", "codex", "--state", "busy")
    assert "::test_the_case_means_what_it_says[codex/working_busy]" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(add: Add, screen: Path, tmp_path: Path) -> None:
    assert add(screen, "--cli", "codex", "--state", "busy", "-n") == 0
    assert list((tmp_path / "corpus").iterdir()) == []


def test_json_says_what_the_report_says(add: Add, screen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(screen, "--cli", "codex", "--state", "busy", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["schema"], said["case"], said["modular"]) == (1, "codex/working_busy", "busy")


def test_a_case_that_is_there_already_is_refused(add: Add, screen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(screen, "--cli", "codex", "--state", "busy")
    assert add(screen, "--cli", "codex", "--state", "busy", "--name", "other") == 1
    assert "codex/working_busy shows the same, and is busy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.txt",), "there is no file nowhere.txt; a pane is written %12"),
        (("{screen}", "--cli", "codex"), "the right state is missing: add --state, one of busy, idle"),
        (("{screen}", "--cli", "../x", "--state", "busy"), "`../x` is no name of a CLI"),
        (("{screen}", "--cli", "codex", "--state", "busy", "--xfail", "x"), "modular reads it rightly, as busy"),
        (("{screen}", "--cli", "codex", "--state", "idle", "--xfail", " "), "--xfail has no reason"),
        (("%1", "-S", "{folder}/no-socket"), "no-socket"),
        (("main:1.0", "-S", "{folder}/no-socket"), "tmux finds no pane main:1.0"),
        (("%1", "-S", "a", "-L", "b"), "by --socket-name or by --socket-path, not by both"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    add: Add, screen: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    given = [word.format(screen=screen, folder=screen.parent) for word in words]
    assert add(*given) == 2
    assert says in capsys.readouterr().err


def test_an_empty_screen_is_refused(add: Add, screen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screen.write_text("\n \n")
    assert add(screen, "--cli", "codex", "--state", "busy") == 2
    assert "the screen is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "state"),
    [("1", "busy"), ("idle", "idle"), ("wait", "waiting_approval"), ("rate limited", "rate_limited")],
)
def test_an_answer_is_a_number_a_name_or_its_beginning(answer: str, state: str) -> None:
    assert state_of(answer) == state


@pytest.mark.parametrize("answer", ["0", "10", "un", "bored", ""])
def test_other_answers_are_no_state(answer: str) -> None:
    assert state_of(answer) is None


def test_the_script_runs_with_any_python_and_shows_examples() -> None:
    said = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True, timeout=30)
    assert "tools/add-case %12" in said.stdout
