from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmuxio.server.address import ServerAddress
from tmuxio.server.blocks import Block, Blocks, OutOfStep, unescaped
from tmuxio.server.control import ControlClient
from tmuxio.server.errors import NoServer, ServerGone, ServerSilent, TmuxError, TmuxMissing, TmuxRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

STREAM = (
    b"%begin 100 1 0\n%end 100 1 0\n%session-changed $0 main\n"
    b"%begin 100 2 1\n%end 100 1 1\n%begin 9 9 1\ntext\n%end 100 2 1\n"
    b"%sessions-changed\n%begin 100 3 1\ncan't find pane: %9\n%error 100 3 1\n%begin 101 4 1\n%end 101 4 1\n"
)
ANSWERS = [
    Block(b"%end 100 1 1\n%begin 9 9 1\ntext\n", failed=False),
    Block(b"can't find pane: %9\n", failed=True),
    Block(b"", failed=False),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_answers_are_the_same_however_the_stream_is_cut_into_pieces(cuts: list[int]) -> None:
    blocks, edges = Blocks(), [0, *sorted(cuts), len(STREAM)]

    answers = [block for at, end in pairwise(edges) for block in blocks.feed(STREAM[at:end])]

    assert answers == ANSWERS


def test_text_behind_a_forged_end_is_out_of_step() -> None:
    with pytest.raises(OutOfStep, match="the rest"):
        Blocks().feed(b"%begin 1 2 1\nforged\n%end 1 2 1\nthe rest\n%end 1 2 1\n")


def test_what_became_of_the_attaching_is_told_apart_from_answers() -> None:
    blocks = Blocks()

    assert blocks.feed(b"%begin 1 1 0\nno sessions\n%error 1 1 0\n%exit\n") == []
    assert blocks.greeting == Block(b"no sessions\n", failed=True)


@given(st.binary(max_size=60))
def test_escapes_of_shown_buffers_are_undone(text: bytes) -> None:
    shown = b"".join(
        b"\\\\" if byte == 0x5C else b"\\%03o" % byte if byte < 32 and byte != 10 else bytes([byte]) for byte in text
    )

    assert unescaped(shown) == text


@pytest.fixture
def client(tmux_server: TmuxServer) -> Iterator[ControlClient]:
    tmux_server.new_window("printf hello; exec sleep 600")
    client = ControlClient(tmux_server.address)
    yield client
    client.close()


def test_each_question_has_its_answer_and_a_refusal_stays_alone(client: ControlClient) -> None:
    answers = client.request(
        ["display-message -p one", "capture-pane -p -t %99", "display-message -p two\ndisplay-message -p three"], 5
    )

    assert answers.blocks == (b"one\n", b"", b"two\nthree\n")
    assert answers.refusals == "can't find pane: %99\n"


def test_of_a_question_that_is_refused_in_part_nothing_is_answered(client: ControlClient) -> None:
    answers = client.request(["capture-pane -b x -t %99\ndisplay-message -p other", "display-message -p two"], 5)

    assert answers.blocks == (b"", b"two\n")


def test_something_can_be_done_while_tmux_answers(client: ControlClient) -> None:
    done: list[str] = []
    big = ["display-message -p " + "x" * 4000] * 100  # more than a pipe holds

    answers = client.request(big, 5, lambda: done.append("so"))

    assert done == ["so"]
    assert answers.blocks == (b"x" * 4000 + b"\n",) * 100


def test_one_client_serves_all_questions_and_is_gone_when_it_was_closed(
    tmux_server: TmuxServer, client: ControlClient
) -> None:
    for _ in range(5):
        client.request(["display-message -p x"], 5)
    assert tmux_server.run("list-clients", "-F", "#{client_pid}") == str(client.pid)
    pid = client.pid
    assert pid is not None

    began = time.monotonic()
    client.close()

    assert time.monotonic() - began < 0.9  # it followed the signal, it was not killed for lack of patience
    assert not Path(f"/proc/{pid}").exists()
    assert tmux_server.run("list-clients") == ""


def test_the_client_takes_no_output_no_size_and_no_environment(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600", width=100, height=30)
    os.environ["DISPLAY"] = ":99"
    client = ControlClient(tmux_server.address)
    try:
        client.request(["display-message -p x"], 5)
        flags = tmux_server.run("list-clients", "-F", "#{client_flags}").split(",")
        assert {"ignore-size", "no-output", "UTF-8"} <= set(flags)
        assert tmux_server.run("display-message", "-p", "#{window_width}x#{window_height}") == "100x30"
        assert ":99" not in tmux_server.run("show-environment", "-t", "main")
    finally:
        client.close()
        del os.environ["DISPLAY"]


def test_a_client_without_a_reader_never_blocks_an_agent(tmux_server: TmuxServer, client: ControlClient) -> None:
    client.request(["display-message -p x"], 5)
    size = 4_000_000

    pane = tmux_server.new_window(f"head -c {size} /dev/zero | tr '\\0' x; printf '\\nready'; exec sleep 600")

    tmux_server.wait_for(pane, "ready")


def test_a_client_whose_session_is_closed_goes_on_in_another(tmux_server: TmuxServer, client: ControlClient) -> None:
    client.request(["display-message -p x"], 5)
    tmux_server.new_window("exec sleep 600", session="other")
    tmux_server.run("kill-session", "-t", "=main")

    assert client.request(["display-message -p '#{session_name}'"], 5).blocks == (b"other\n",)


def test_a_client_that_ended_between_requests_is_replaced_before_the_next_one(
    client: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.request(["display-message -p x"], 5)
    old = client.pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    os.waitid(os.P_PID, old, os.WEXITED | os.WNOWAIT)
    asked: list[int] = []
    exchange = ControlClient._exchange

    def noted(self: ControlClient, process: subprocess.Popen[bytes], *rest: object) -> object:
        asked.append(process.pid)
        return exchange(self, process, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ControlClient, "_exchange", noted)

    assert client.request(["display-message -p again"], 5).blocks == (b"again\n",)
    assert old not in asked


def test_a_session_that_is_to_end_with_its_last_client_is_never_attached_to(
    tmux_server: TmuxServer, client: ControlClient
) -> None:
    client.request(["display-message -p x"], 5)  # stands for the person whose leaving is to end it
    tmux_server.run("set-option", "-t", "=main:", "destroy-unattached", "on")
    second = ControlClient(tmux_server.address)
    try:
        with pytest.raises(TmuxRefused, match="destroy-unattached"):
            second.request(["display-message -p x"], 5)
        tmux_server.new_window("exec sleep 600", session="other")
        assert second.request(["display-message -p '#{session_name}'"], 5).blocks == (b"other\n",)
    finally:
        second.close()


def test_a_killed_server_is_gone_and_one_without_sessions_is_refused(
    tmux_server: TmuxServer, client: ControlClient
) -> None:
    client.request(["display-message -p x"], 5)
    os.kill(tmux_server.pid, signal.SIGKILL)
    with pytest.raises(TmuxError) as caught:
        client.request(["display-message -p x"], 5)
    assert isinstance(caught.value, NoServer | ServerGone)
    assert client.pid is None

    while tmux_server.is_up():
        time.sleep(0.01)
    tmux_server.new_window()
    tmux_server.run("set-option", "-s", "exit-empty", "off")
    tmux_server.run("kill-session", "-t", "=main")
    with pytest.raises(TmuxRefused, match="session"):
        client.request(["display-message -p x"], 5)


def test_a_server_that_dies_in_the_middle_of_an_answer_is_gone(tmux_server: TmuxServer, client: ControlClient) -> None:
    client.request(["display-message -p x"], 5)
    pid = tmux_server.pid
    os.kill(pid, signal.SIGSTOP)
    timer = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
    timer.start()

    with pytest.raises(TmuxError) as caught:
        client.request(["display-message -p x"], 5)

    assert isinstance(caught.value, NoServer | ServerGone)
    timer.join()


def test_a_stopped_server_is_silent_and_its_late_answers_are_dropped(
    tmux_server: TmuxServer, client: ControlClient
) -> None:
    client.request(["display-message -p x"], 5)
    pid, old = tmux_server.pid, client.pid
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ServerSilent, match=r"within 0\.3 s"):
        client.request(["display-message -p late"], 0.3)
    assert client.pid is None
    os.kill(pid, signal.SIGCONT)

    assert client.request(["display-message -p fresh"], 5).blocks == (b"fresh\n",)
    assert client.pid != old


def test_no_server_and_no_tmux_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoServer, match="no tmux server listens"):
        ControlClient(ServerAddress(tmp_path / "none")).request(["display-message -p x"], 5)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TmuxMissing, match="install tmux"):
        ControlClient(ServerAddress(tmp_path / "none")).request(["display-message -p x"], 5)


def test_an_empty_line_never_reaches_tmux(client: ControlClient) -> None:
    with pytest.raises(ValueError, match="detach"):
        client.request(["display-message -p x\n"], 5)


def test_a_client_of_a_process_that_ended_is_gone(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600")
    script = (
        "import sys; from pathlib import Path; from tmuxio.server.control import ControlClient;"
        "from tmuxio.server.address import ServerAddress; c = ControlClient(ServerAddress(Path(sys.argv[1])));"
        "c.request(['display-message -p x'], 5); print(c.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmux_server.socket_path)],
        capture_output=True,
        check=True,
        timeout=20,
    )

    deadline = time.monotonic() + 5
    while Path(f"/proc/{int(done.stdout)}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert tmux_server.run("list-clients") == ""
