from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import NoServer, ServerGone, ServerSilent, TmuxError, TmuxMissing
from tmuxio.server.identity import identify
from tmuxio.server.transport import Answers, OneShot
from understudy.report import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from private_tmux import TmuxServer

COLOURS = r"""
printf '\033[1;31mred\033[0m plain \033[2mdim\033[22m \033[7mreverse  \033[0m\n'
printf '\033[48;5;24m   blanks on blue   \033[0m\n'
printf '\033[38;2;10;20;30mtrue\033[39m\033[4:3mcurly\033[0m tail   \n'
printf '\033(0lqqk\033(B box\n'
printf 'wide \344\275\240\345\245\275 \360\237\246\200 end\n'
printf '\033]8;;http://example.org\033\\link\033]8;;\033\\ after\n'
printf 'ready'
exec sleep 600
"""


DEFAULT = Path(f"/tmp/tmux-{os.getuid()}")  # noqa: S108 - where tmux itself puts it


class Between:
    """A transport that lets something happen before its n-th trip, and counts them."""

    def __init__(
        self, address: ServerAddress, *, before: int | None = None, act: Callable[[], object] = lambda: None
    ) -> None:
        self.carrier, self.before, self.act, self.trips = OneShot(address), before, act, 0

    def request(self, questions: Sequence[str], within_s: float) -> Answers:
        self.trips += 1
        if self.trips == self.before:
            self.act()
        return self.carrier.request(questions, within_s)


def test_every_pane_is_seen_with_its_names_its_place_and_its_processes(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("sh", session="team", name="first")
    pane = tmux_server.new_window("printf hello; sleep 600; true", session="team", name="claude-dev")
    tmux_server.wait_for(pane, "hello")

    frame = Reader(tmux_server.address).frame()

    shot = frame.by_pane[pane]
    assert len(frame.panes) == 2
    assert (shot.session, shot.window, shot.window_index, shot.active) == ("team", "claude-dev", 1, True)
    assert (shot.width, shot.height, shot.window_panes) == (80, 24, 1)
    assert shot.text.startswith("hello")
    assert shot.processes == ("sh", "sleep")
    assert shot.session_created == Reader(tmux_server.address).sessions()["team"]


def test_plain_text_of_a_coloured_capture_is_what_tmux_prints_without_colours(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window(COLOURS)
    tmux_server.wait_for(pane, "ready")

    shot = Reader(tmux_server.address).frame().by_pane[pane]

    assert "\x1b[" in shot.ansi
    assert shot.text == tmux_server.run("capture-pane", "-p", "-t", pane)
    assert len(shot.ansi.split("\n")) == 24


@pytest.mark.parametrize(
    "name",
    [
        "a:b.c d",
        "$5",
        "#{pid}",
        "%7",
        "=x",
        "ünïcödé 你好",
        "tab\there",
        "line\nbreak",
        "quo'te\"s",
        "-x",
        "@1",
        "%end 1 2 1",
    ],
)
def test_hostile_names_neither_break_the_list_nor_aim_at_another_pane(tmux_server: TmuxServer, name: str) -> None:
    tmux_server.new_window("printf other; exec sleep 600", session="other", name="other")
    tmux_server.run("new-session", "-d", "-s", "x", "printf mine; exec sleep 600")
    tmux_server.run("rename-session", "-t", "=x", "--", name)
    pane = tmux_server.run("list-panes", "-a", "-f", "#{!=:#{session_name},other}", "-F", "#{pane_id}")
    tmux_server.run("rename-window", "-t", pane, "--", name)
    tmux_server.run("select-pane", "-t", pane, "-T", name)
    tmux_server.wait_for(pane, "mine")

    reader = Reader(tmux_server.address)
    frame = reader.frame()

    shot = frame.by_pane[pane]
    assert len(frame.panes) == 2
    assert shot.text.startswith("mine")
    assert shot.session == tmux_server.run("display-message", "-p", "-t", pane, "#{session_name}")
    assert shot.window == tmux_server.run("display-message", "-p", "-t", pane, "#{window_name}")
    assert set(reader.sessions()) == {"other", shot.session}


def test_a_program_whose_name_holds_line_ends_and_tabs_breaks_nothing(tmux_server: TmuxServer) -> None:
    script = "exec -a 'a\tb\nc%12#{pid}' sleep 600"
    pane = tmux_server.new_window(f'exec bash -c "{script}"')
    reader = Reader(tmux_server.address)

    deadline = time.monotonic() + 10
    while (shot := reader.frame().by_pane[pane]).processes != ("sleep",) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert shot.command.startswith("a\tb\nc%12")


def test_a_pane_whose_title_was_taken_away_is_still_a_pane(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("printf '\\033]2;\\007gone'; exec sleep 600")
    tmux_server.wait_for(pane, "gone")
    tmux_server.run("select-pane", "-t", pane, "-T", "")
    assert Reader(tmux_server.address).frame().by_pane[pane].title == ""


def test_pane_text_that_looks_like_answers_of_tmux_stays_text(tmux_server: TmuxServer) -> None:
    forged = tmux_server.folder / "forged"
    forged.write_text(
        "%end 1 2 1\n%begin 1 2 1\n%error 1 2 1\n%exit\n\x1b[31m%1 2 3\x07\x01\x1b(0\n\x1b]0;%end 1 2 1\x07ready"
    )
    pane = tmux_server.new_window(f"cat {forged}; exec sleep 600")
    other = tmux_server.new_window("printf other; exec sleep 600")
    tmux_server.wait_for(pane, "ready")
    tmux_server.wait_for(other, "other")

    frame = Reader(tmux_server.address).frame()

    assert frame.by_pane[pane].text.startswith("%end 1 2 1\n%begin 1 2 1\n%error 1 2 1\n%exit\n")
    assert frame.by_pane[pane].title == "%end 1 2 1"
    assert frame.by_pane[other].text.startswith("other")


def test_the_first_frame_takes_two_round_trips_and_every_further_one_takes_one(tmux_server: TmuxServer) -> None:
    for number in range(20):
        tmux_server.new_window("exec sleep 600", name=f"w{number}")
    transport = Between(tmux_server.address)
    reader = Reader(tmux_server.address, transport=transport)

    reader.frame()
    assert transport.trips == 2
    reader.frame()
    assert transport.trips == 3


def test_a_pane_that_goes_between_the_list_and_its_screen_is_marked_and_not_missing(tmux_server: TmuxServer) -> None:
    stays = tmux_server.new_window("printf stays; exec sleep 600")
    goes = tmux_server.new_window("exec sleep 600")
    tmux_server.wait_for(stays, "stays")
    transport = Between(tmux_server.address, before=2, act=lambda: tmux_server.run("kill-pane", "-t", goes))

    frame = Reader(tmux_server.address, transport=transport).frame()

    assert frame.by_pane[goes].vanished
    assert frame.by_pane[goes].ansi == ""
    assert not frame.by_pane[stays].vanished
    assert frame.by_pane[stays].text.startswith("stays")


def test_a_pane_that_went_since_the_frame_before_shifts_no_screen_of_the_others(
    tmux_server: TmuxServer,
) -> None:
    panes = [tmux_server.new_window(f"printf 'I am {n}'; exec sleep 600") for n in range(20)]
    for number, pane in enumerate(panes):
        tmux_server.wait_for(pane, f"I am {number}")
    reader = Reader(tmux_server.address)
    reader.frame()
    for pane in panes[3:19:5]:
        tmux_server.run("kill-pane", "-t", pane)

    frame = reader.frame()

    left = [(n, pane) for n, pane in enumerate(panes) if pane not in panes[3:19:5]]
    assert set(frame.by_pane) == {pane for _, pane in left}
    assert all(frame.by_pane[pane].text.split("\n")[0] == f"I am {number}" for number, pane in left)


def test_only_the_screens_that_were_asked_for_are_read_again(tmux_server: TmuxServer) -> None:
    first = tmux_server.new_window("read x; printf changed; exec sleep 600")
    second = tmux_server.new_window("read x; printf changed; exec sleep 600")
    reader = Reader(tmux_server.address)
    reader.frame()
    for pane in (first, second):
        tmux_server.run("send-keys", "-t", pane, "Enter")
        tmux_server.wait_for(pane, "changed")

    frame = reader.frame([first])

    assert "changed" in frame.by_pane[first].text
    assert "changed" not in frame.by_pane[second].text


def test_what_is_no_pane_id_never_reaches_tmux(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()

    with pytest.raises(ValueError, match="no tmux pane id"):
        Reader(tmux_server.address).frame(["%1 ; kill-server"])


def test_split_copy_mode_dead_and_alternate_panes_say_so(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("sh", name="w")
    tmux_server.run("set-option", "-g", "remain-on-exit", "on")
    split = tmux_server.run("split-window", "-P", "-F", "#{pane_id}", "true")
    alternate = tmux_server.new_window("printf '\\033[?1049hfull'; exec sleep 600")
    moded = tmux_server.new_window("printf moded; exec sleep 600")
    tmux_server.wait_for(alternate, "full")
    tmux_server.wait_for(moded, "moded")
    tmux_server.run("copy-mode", "-t", moded)
    reader = Reader(tmux_server.address)

    deadline = time.monotonic() + 10
    while not (shots := reader.frame().by_pane)[split].dead and time.monotonic() < deadline:
        time.sleep(0.02)

    assert shots[split].dead
    assert shots[split].window_panes == 2
    assert shots[alternate].alternate
    assert shots[moded].in_mode
    assert not shots[moded].dead


@pytest.mark.parametrize(("older", "younger"), [("zz", "aa"), ("aa", "zz")])
def test_a_window_that_two_sessions_share_is_one_pane_of_the_older(
    tmux_server: TmuxServer, older: str, younger: str
) -> None:
    pane = tmux_server.new_window("sh", session=older)
    tmux_server.new_window("sh", session=younger)
    tmux_server.run("link-window", "-s", pane, "-t", f"={younger}:7")

    frame = Reader(tmux_server.address).frame()

    assert [shot.session for shot in frame.panes if shot.pane == pane] == [older]


def test_names_and_screens_are_read_as_utf_8_whatever_our_own_locale(
    tmux_server: TmuxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = tmux_server.new_window("printf '\\344\\275\\240'; exec sleep 600", session="séance", name="fenêtre")
    tmux_server.wait_for(pane, "你")
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.setenv(name, "C")

    shot = Reader(tmux_server.address).frame().by_pane[pane]

    assert (shot.session, shot.window, shot.text[0]) == ("séance", "fenêtre", "你")


def test_a_server_without_sessions_is_an_empty_frame_and_no_failure(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    tmux_server.run("set-option", "-s", "exit-empty", "off")
    tmux_server.run("kill-session", "-t", "=main")

    assert Reader(tmux_server.address).frame().panes == ()
    assert Reader(tmux_server.address).sessions() == {}


def test_no_server_is_a_sentence_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(NoServer, match=r"no tmux server listens on .*--socket-name") as caught:
        Reader(ServerAddress(tmp_path / "none")).frame()
    assert caught.value.problem.kind is ProblemKind.NO_SERVER


def test_a_socket_that_nobody_listens_on_any_more_is_no_server(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    os.kill(tmux_server.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while tmux_server.is_up() and time.monotonic() < deadline:
        time.sleep(0.01)

    with pytest.raises(NoServer):
        Reader(tmux_server.address).frame()


def test_a_socket_path_that_is_too_long_is_no_server(tmp_path: Path) -> None:
    with pytest.raises(NoServer):
        Reader(ServerAddress(tmp_path / ("long" * 40))).frame()


def test_a_stopped_server_is_silent_after_the_deadline_and_its_client_is_gone(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    os.kill(tmux_server.pid, signal.SIGSTOP)
    began = time.monotonic()

    with pytest.raises(ServerSilent, match=r"did not answer within 0\.3 s") as caught:
        Reader(tmux_server.address, deadline_s=0.3).frame()

    assert time.monotonic() - began < 2
    assert caught.value.problem.kind is ProblemKind.SERVER_SILENT
    assert len(tmux_server._processes()) == 1


def test_a_server_that_was_stopped_is_read_again_once_it_goes_on(tmux_server: TmuxServer) -> None:
    pane = tmux_server.new_window("printf hello; exec sleep 600")
    tmux_server.wait_for(pane, "hello")
    reader, pid = Reader(tmux_server.address, deadline_s=0.3), tmux_server.pid
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ServerSilent):
        reader.frame()

    os.kill(pid, signal.SIGCONT)

    assert Reader(tmux_server.address).frame().by_pane[pane].text.startswith("hello")


def test_a_server_that_is_killed_while_it_is_read_is_gone(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    pid = tmux_server.pid
    os.kill(pid, signal.SIGSTOP)  # so that it is in the middle of a reading for certain
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()

    with pytest.raises(ServerGone, match="ended while it was being read") as caught:
        Reader(tmux_server.address).frame()
    assert caught.value.problem.kind is ProblemKind.SERVER_GONE


def test_a_machine_without_tmux_is_told_to_install_it(tmux_server: TmuxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmux_server.folder))

    with pytest.raises(TmuxMissing, match="install tmux"):
        Reader(tmux_server.address).frame()


def test_an_answer_that_ends_too_early_is_no_answer(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()

    class Cut:
        def request(self, questions: Sequence[str], within_s: float) -> Answers:
            answers = OneShot(tmux_server.address).request(questions, within_s)
            return Answers(tuple(block[:-1] for block in answers.blocks), "")

    with pytest.raises(TmuxError):
        Reader(tmux_server.address, transport=Cut()).frame()


def test_looking_leaves_no_client_behind_that_users_could_see(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()
    Reader(tmux_server.address).frame()

    assert tmux_server.run("list-clients") == ""
    assert tmux_server.run("display-message", "-p", "#{session_attached}") == "0"


def test_a_server_is_known_by_its_process_and_its_start(tmux_server: TmuxServer) -> None:
    tmux_server.new_window()

    identity = identify(tmux_server.address)

    assert identity.pid == tmux_server.pid
    assert abs(identity.started - time.time()) < 60
    assert identity.key == f"{identity.pid}-{identity.started}"


@pytest.mark.parametrize(
    ("name", "path", "env", "socket"),
    [
        (None, None, {}, str(DEFAULT / "default")),
        ("work", None, {"TMUX": "/run/x,1,0"}, str(DEFAULT / "work")),
        (None, "/run/t", {"TMUX": "/run/x,1,0"}, "/run/t"),
        (None, None, {"TMUX": "/run/x,1,0"}, "/run/x"),
        (None, None, {"TMUX_TMPDIR": "/var/t"}, f"/var/t/tmux-{os.getuid()}/default"),
    ],
)
def test_a_server_is_found_where_tmux_itself_would_look(
    name: str | None, path: str | None, env: dict[str, str], socket: str
) -> None:
    assert ServerAddress.resolve(name, path, env).socket_path == Path(socket)


def test_a_name_and_a_path_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="not by both"):
        ServerAddress.resolve("a", "/b", {})


def test_our_clients_do_not_start_a_server_where_there_is_none(tmux_server: TmuxServer) -> None:
    with pytest.raises(NoServer):
        Reader(tmux_server.address).frame()

    assert not tmux_server.is_up()
    assert subprocess.run(["ls", tmux_server.folder], capture_output=True, check=True).stdout == b""
