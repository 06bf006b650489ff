"""Agents whose process says nothing: behind a version number, a multiplexer, a container, another machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawn_fleet import APPROVAL, IDLE, SHELL, DrawnSource, pane
from private_tmux import private_server

from modular.classify import classify_question
from modular.reading.nesting import inner
from modular.service import MonitorService
from tmuxio.reading.reader import Reader
from tmuxio.sources import ServerSource
from understudy import SystemClock, VirtualClock
from understudy.outcomes import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

    from understudy import CycleReport

RULE = "─" * 70
CLAUDE = f"\u276f tidy up\n\n⏺ Done.\n\n✻ Baked for 3s\n\n{RULE}\n\u276f \n{RULE}\n  ? for shortcuts\n"
CLAUDE_BUSY = CLAUDE.replace("✻ Baked for 3s", "✻ Baking… (3s · esc to interrupt)")
CODEX = (
    ">_ OpenAI Codex (v0.169.0)\n\n\u203a tidy up\n\n• Done.\n\n\u203a Ask Codex to do anything\n\n"
    "  gpt-9 medium · ~/p\n"
)
GEMINI = (
    f"{'▄' * 70}\n > tidy up\n{'▀' * 70}\n✦ Done.\n\n{'▄' * 70}\n >   Type your message or @path/to/file\n{'▀' * 70}\n"
    " ~/p   main   no sandbox   gemini-2.5-pro\n"
)
SCREENS = {"claude": CLAUDE, "codex": CODEX, "gemini": GEMINI}
BEHIND = [
    ("bash", "2.1.34"),
    ("2.1.329",),
    ("bash", "sudo", "2.1.34"),
    ("bash", "tmux: client"),
    ("bash", "tmux"),
    ("bash", "screen"),
    ("bash", "zellij"),
    ("bash", "lxc"),
    ("bash", "lxc-attach"),
    ("bash", "nsenter"),
    ("bash", "sudo", "nsenter", "bash", "2.1.34"),
    ("bash", "ssh"),
    ("bash", "mosh-client"),
    ("bash", "docker"),
    ("bash", "kubectl"),
    ("bash", "podman"),
    ("bash", "systemd-run"),
    ("bash", "su"),
    ("bash", "script", "bash", "2.1.34"),
    ("bash", "expect", "2.1.34"),
    ("zsh", "node", "docker"),
    ("bash", "a-wrapper-of-my"),
]


def look(screen: str, **fields: object) -> CycleReport:
    clock = VirtualClock(1_000_000.0)
    source = DrawnSource(clock)
    source.show(pane("%1", screen, **({"window": "zsh"} | fields)))
    return MonitorService().cycle("c", source, clock, EVERYTHING, ())


@pytest.mark.parametrize("cli", SCREENS)
@pytest.mark.parametrize("chain", BEHIND, ids="/".join)
def test_an_agent_is_seen_by_its_screen_whatever_its_process_is_called(cli: str, chain: tuple[str, ...]) -> None:
    verdict = look(SCREENS[cli], processes=chain).verdicts["%1"]
    assert (verdict.agent, verdict.state) == (cli, "idle")


@pytest.mark.parametrize("screen", [CLAUDE_BUSY, f"⏺ Bash(ls)\n\n{APPROVAL}"], ids=["busy", "approval"])
@pytest.mark.parametrize("chain", [("bash", "2.1.34"), ("bash", "tmux: client"), ("bash", "ssh")], ids="/".join)
def test_an_agent_is_seen_at_work_and_in_a_dialog_too(screen: str, chain: tuple[str, ...]) -> None:
    assert look(screen, processes=chain).verdicts["%1"].state in {"busy", "waiting_approval"}


@pytest.mark.parametrize(
    "chain",
    [("bash", "less"), ("bash", "vim"), ("bash", "cat"), ("bash", "git", "less"), ("bash", "tail"), ("bash", "watch")],
    ids="/".join,
)
@pytest.mark.parametrize("cli", SCREENS)
def test_a_program_that_shows_a_transcript_is_no_agent(cli: str, chain: tuple[str, ...]) -> None:
    assert look(SCREENS[cli], processes=chain).verdicts == {}


@pytest.mark.parametrize("cli", SCREENS)
@pytest.mark.parametrize(
    ("chain", "last_row"),
    [
        (("bash",), "me@box:~/p$ "),
        (("bash", "ssh"), "me@far:~/p$ "),
        (("bash", "docker"), "root@3f2a91:/app# "),
        (("bash", "tmux: client"), "me@box:~/p$ \n[0] 0:bash*      12:00 30-Nov-26"),
        (("bash", "ssh"), "(END)"),
        (("bash", "ssh"), ":"),
        (("bash", "ssh"), "--More--"),
        (("bash", "tmux: client"), '"talk.log" 90L, 2011B        12,1          Top'),
        (("bash", "make"), "me@box:~/p$ make\ncc -c report.c"),
        (("bash", "ssh"), "me@far:~/p$ make\ncc -c report.c"),
    ],
)
def test_a_shell_or_a_pager_below_what_an_agent_printed_is_no_agent(
    cli: str, chain: tuple[str, ...], last_row: str
) -> None:
    assert look(SCREENS[cli] + last_row + "\n", processes=chain).verdicts == {}


def test_a_title_that_an_agent_left_behind_makes_no_agent_of_another_program() -> None:
    assert look("cc -c report.c\n", processes=("bash", "make"), title="◐ Claude Code").verdicts == {}


def test_an_agent_that_left_a_shell_behind_ssh_has_crashed() -> None:
    clock, service = VirtualClock(1_000_000.0), MonitorService()
    source = DrawnSource(clock)
    states = []
    for screen in (CLAUDE, CLAUDE + SHELL):
        source.show(pane("%1", screen, window="zsh", processes=("bash", "ssh")))
        states.append(service.cycle("c", source, clock, EVERYTHING, ()).verdicts["%1"].state)
        clock.sleep(10)
    assert states == ["idle", "crashed"]


# --- what a multiplexer draws around it -------------------------------------------------------------------------------

WIDTH = 74
TMUX_BAR = "\x1b[30m\x1b[42m" + f"{'[main] 0:bash- 1:node*':{WIDTH - 22}}" + '"box" 12:00 30-Nov-26'
THEMED_BAR = "\x1b[38;5;16m\x1b[48;5;39m main \x1b[48;5;236m" + f"{' 1 bash | 2 node':{WIDTH - 12}}" + " 12:00"
SCREEN_BAR = "\x1b[7m" + f"{'[ box ][ 0-$ bash  (1*$node) ]':{WIDTH - 16}}" + "[ 30/11 12:00 ]"
ZELLIJ_KEYS = " Ctrl +  <g> LOCK  <p> PANE  <t> TAB  <n> RESIZE  <h> MOVE  <q> QUIT"


def zellij(screen: str) -> str:
    rows = [f"│{row:{WIDTH - 2}}│" for row in screen.split("\n")]
    tabs, tips = " Zellij (main)  Tab #1 ", " Tip: Alt + <n> opens a pane"
    frame = f"┌ Pane #1 {'─' * (WIDTH - 11)}┐", *rows, f"└{'─' * (WIDTH - 2)}┘"
    return "\n".join([tabs, *frame, ZELLIJ_KEYS, tips, ""])


def below(bar: str) -> object:
    return lambda screen: f"{screen}\n{bar}\n"


AROUND = {
    "tmux": (("bash", "tmux: client"), below(TMUX_BAR)),
    "tmux on top": (("bash", "tmux: client"), lambda screen: f"{TMUX_BAR}\x1b[39m\x1b[49m\n{screen}"),
    "tmux themed": (("bash", "tmux: client"), below(THEMED_BAR)),
    "tmux behind ssh": (("bash", "ssh"), below(TMUX_BAR)),
    "tmux in docker": (("bash", "docker"), below(TMUX_BAR)),
    "screen": (("bash", "screen"), below(SCREEN_BAR)),
    "zellij": (("bash", "zellij"), zellij),
    "zellij behind ssh": (("bash", "ssh"), zellij),
    "two bars": (("bash", "tmux: client"), lambda screen: f"{screen}\n{TMUX_BAR}\n{THEMED_BAR}\n"),
}
STATES = {
    "idle": CLAUDE,
    "busy": CLAUDE_BUSY,
    "unsubmitted_input": CLAUDE.replace("\u276f \n", "\u276f look at the parser\n").replace(
        "? for shortcuts", "⏸ plan mode on"
    ),
    "waiting_approval": f"⏺ Bash(ls)\n\n{APPROVAL}",
}


@pytest.mark.parametrize("colours", [True, False], ids=["colours", "plain"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("around", AROUND)
def test_what_is_drawn_around_an_inner_screen_hides_no_state(around: str, state: str, colours: bool) -> None:  # noqa: FBT001
    from understudy.screens import plain

    chain, draw = AROUND[around]
    screen = draw(STATES[state])
    question = {"id": 1, "processes": chain, **({"screen_ansi": screen} if colours else {"screen": plain(screen)})}
    assert classify_question(question)["state"] == state
    assert look(screen, processes=chain, width=WIDTH).verdicts["%1"].state == state


@pytest.mark.parametrize("width", [40, 60, 100, 200])
@pytest.mark.parametrize("state", ["idle", "busy"])
def test_the_bar_of_an_inner_tmux_is_known_at_any_width(width: int, state: str) -> None:
    rows = [row[:width] for row in STATES[state].split("\n")]
    bar = f"{'[main] 0:bash- 1:node*':{max(24, width - 22)}}" + '"box" 12:00 30-Nov-26'
    screen = "\n".join([*rows, "\x1b[30m\x1b[42m" + bar[:width], ""])
    verdict = look(screen, processes=("bash", "tmux: client"), width=width).verdicts["%1"]
    assert verdict.state == state


def test_a_screen_around_which_nothing_is_drawn_is_left_as_it_is() -> None:
    for chain in (("bash", "claude"), ("bash", "tmux: client"), ("bash", "ssh")):
        shot = pane("%1", IDLE, processes=chain)
        assert inner(shot, chain) is shot


# --- on real servers --------------------------------------------------------------------------------------------------


@pytest.fixture
def inner_server() -> Iterator[TmuxServer]:
    with private_server() as server:
        yield server


def seen(server: TmuxServer) -> CycleReport:
    clock = SystemClock()
    return MonitorService().cycle("c", ServerSource(Reader(server.address), clock), clock, EVERYTHING, ())


@pytest.mark.parametrize("status", ["bottom", "top"])
def test_an_agent_in_a_nested_tmux_is_seen_in_a_window_of_an_ordinary_name(
    tmux_server: TmuxServer, inner_server: TmuxServer, status: str
) -> None:
    (tmux_server.folder / "screen").write_text(CLAUDE)
    inner_server.new_window(f"cat {tmux_server.folder}/screen; exec sleep 600", width=90, height=29)
    inner_server.run("set-option", "-g", "status-position", status)
    attach = f"unset TMUX; exec tmux -u -S {inner_server.socket_path} attach"
    outer = tmux_server.new_window(attach, name="zsh", width=90, height=30)
    tmux_server.wait_for(outer, "? for shortcuts")
    tmux_server.wait_for(outer, "0:window*")
    verdict = seen(tmux_server).verdicts[outer]
    assert (verdict.agent, verdict.state) == ("claude", "idle")


def test_a_real_process_that_is_called_by_a_version_number_is_seen_by_its_screen(tmux_server: TmuxServer) -> None:
    import shutil

    program = shutil.which("sleep")
    assert program is not None
    shutil.copy(program, tmux_server.folder / "2.1.34")
    (tmux_server.folder / "screen").write_text(CLAUDE)
    command = f"cat {tmux_server.folder}/screen; exec {tmux_server.folder}/2.1.34 600"
    window = tmux_server.new_window(command, name="zsh")
    tmux_server.wait_for(window, "? for shortcuts")
    verdict = seen(tmux_server).verdicts[window]
    assert (verdict.agent, verdict.state) == ("claude", "idle")


def test_a_real_pager_that_shows_a_transcript_is_no_agent(tmux_server: TmuxServer) -> None:
    (tmux_server.folder / "screen").write_text(CLAUDE)
    window = tmux_server.new_window(f"tail -f {tmux_server.folder}/screen", name="zsh")
    tmux_server.wait_for(window, "? for shortcuts")
    assert seen(tmux_server).verdicts == {}
