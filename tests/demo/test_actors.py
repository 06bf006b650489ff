"""What the actors show on a real tmux server, and what they do with keys."""

from __future__ import annotations

import re
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rollout.faces.demo.actors.looks import LOOKS
from rollout.faces.demo.actors.performance import Performance
from rollout.faces.demo.actors.scenes import PARTS, ActorPart, ActorScene, Cue
from rollout.faces.demo.process_names import actor_command, named_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

    Play = Callable[..., str]


@pytest.fixture
def play(tmux_server: TmuxServer) -> Play:
    """Start an actor in a pane of its own and return the pane's id."""
    tmux_server.environment |= named_environment(tmux_server.folder)

    def start(part: str, **keywords: bool) -> str:
        return tmux_server.new_window(shlex.join(["exec", *actor_command(part, 1, **keywords)]), name=part)

    return start


SHOWS = {
    "fresh": ("Welcome to Claude Code", "What would you like me to help you with", "│ >", "? for shortcuts"),
    "working": ("Thinking…", "esc to interrupt", "╭─", "╰─"),
    "scrolling": ("passed in", "Thinking…"),
    "idle": ("╭─", "│ >", "? for shortcuts"),
    "placeholder": ('│ > Try "write a test',),
    "draft": ("│ > then bump the version",),
    "approval": ("Do you want to proceed?", "1. Yes"),
    "api_error": ("API Error: 529",),
    "rate_limit": ("Claude usage limit reached", "Your limit will reset at"),
    "talk": ("Segmentation fault (core dumped)", "rate limit exceeded", "? for shortcuts"),
    "managing": ("Thinking…", "│ >"),
    "working-codex": ("Working (", "OpenAI Codex", "? for shortcuts"),
    "idle-codex": ("Ask Codex to do anything", "? for shortcuts"),
    "draft-codex": ("then bump the version",),
    "approval-codex": ("Would you like to run the following command?",),
}


@pytest.mark.parametrize("part", SHOWS)
def test_a_scene_shows_what_a_person_would_know_it_by(part: str, play: Play, tmux_server: TmuxServer) -> None:
    pane = play(part)
    for text in SHOWS[part]:
        tmux_server.wait_for(pane, text)


def test_every_scene_has_a_part_of_its_own_in_every_look() -> None:
    for scene in set(ActorScene) - {ActorScene.GONE}:
        assert PARTS[scene].cues[0].scene is scene
        assert PARTS[f"{scene}-codex"].cues[0].scene is scene


def test_the_process_in_front_is_named_as_the_cli(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("idle-codex")
    tmux_server.wait_for(pane, "Ask Codex")
    assert tmux_server.run("display-message", "-p", "-t", pane, "#{pane_current_command}") == "codex"


def test_a_spinner_moves_by_more_than_one_character_between_two_frames(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("working")
    before = tmux_server.wait_for(pane, "tokens")
    deadline = time.monotonic() + 5
    while sum(a != b for a, b in zip(before, tmux_server.screen(pane), strict=False)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_placeholder_is_dim_and_a_draft_is_not(play: Play, tmux_server: TmuxServer) -> None:
    for part, text, dim in (("placeholder", "Try", True), ("draft", "then", False)):
        pane = play(part)
        tmux_server.wait_for(pane, text)
        coloured = tmux_server.run("capture-pane", "-p", "-e", "-t", pane)
        assert ("\x1b[2m" + text in coloured) is dim


def test_enter_submits_a_draft_and_the_turn_runs(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("draft")
    tmux_server.wait_for(pane, "│ > then bump")
    tmux_server.run("send-keys", "-t", pane, "Enter")
    screen = tmux_server.wait_for(pane, "Thinking…")
    assert "│ > then bump" not in screen
    assert "> then bump" in screen


def test_enter_on_a_placeholder_submits_nothing(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("placeholder")
    tmux_server.wait_for(pane, "Try")
    tmux_server.run("send-keys", "-t", pane, "Enter", "x")
    assert "Thinking" not in tmux_server.wait_for(pane, "│ > x")


def test_keys_that_reach_a_dialog_are_counted(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("approval")
    tmux_server.wait_for(pane, "Do you want to proceed?")
    counted = tmux_server.folder / "dialog-keys" / pane
    assert not counted.exists()
    tmux_server.run("send-keys", "-t", pane, "-l", "hello")
    deadline = time.monotonic() + 5
    while not (counted.exists() and counted.read_text() == "5\n"):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_manager_shows_typed_notices_in_its_transcript(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("manager")
    tmux_server.wait_for(pane, "│ >")
    notice = (
        "[u-7f3a] backend in shop is idle since 10:42 and has nothing to do — please give it something, or let it go"
    )
    tmux_server.run("send-keys", "-t", pane, "-l", notice)
    typed = tmux_server.wait_for(pane, "│ > [u-7f3a]")
    assert "let it go" in typed, "a long draft is wrapped, not cut"
    tmux_server.run("send-keys", "-t", pane, "Enter")
    screen = tmux_server.wait_for(pane, "⏺ Noted.")
    assert "\n> [u-7f3a] backend" in "\n" + screen
    assert re.search(r"│ > +│", screen), "the composer is empty again"
    assert "Thinking…" in screen, "and it works on"


def test_an_actor_that_leaves_has_its_shell_in_front_and_comes_back(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("hasty")
    tmux_server.wait_for(pane, "Thinking…")
    screen = tmux_server.wait_for(pane, "dev@box:~/shop$")
    assert "╭─" not in screen
    assert screen.rstrip().endswith("$")
    assert tmux_server.run("display-message", "-p", "-t", pane, "#{pane_current_command}") == "sh"
    tmux_server.wait_for(pane, "Thinking…")


def test_what_is_typed_to_the_shell_is_never_run(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("hasty")
    tmux_server.wait_for(pane, "dev@box:~/shop$")
    tmux_server.run("send-keys", "-t", pane, "-l", f"touch {tmux_server.folder}/ran\n")
    tmux_server.wait_for(pane, "Thinking…")
    assert not (tmux_server.folder / "ran").exists()


def test_an_actor_is_light(play: Play, tmux_server: TmuxServer) -> None:
    pane = play("idle")
    tmux_server.wait_for(pane, "│ >")
    shell = tmux_server.run("display-message", "-p", "-t", pane, "#{pane_pid}")
    child = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0]
    status = Path(f"/proc/{child}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident is not None
    assert int(resident[1]) < 15_000
    assert tmux_server.run("display-message", "-p", "-t", pane, "#{pane_title}") == "✳ Claude Code"


def test_jitter_is_the_seeds_and_stays_within_its_share() -> None:
    part = ActorPart("claude", (Cue(10.0, ActorScene.IDLE), Cue(10.0, ActorScene.TALK)), jitter=0.1)
    lengths = []
    for seed in range(30):
        one, two = Performance(part, seed, 0.0), Performance(part, seed, 0.0)
        at = 0.0
        while one.scene is ActorScene.IDLE:
            at += 0.05
            one.advance(at)
            two.advance(at)
            assert one.scene is two.scene
        lengths.append(at)
    assert 9.0 <= min(lengths) < 9.7
    assert 10.3 < max(lengths) <= 11.05


@pytest.mark.parametrize("part", sorted(PARTS))
@pytest.mark.parametrize("size", [(80, 24), (40, 10), (200, 50)])
def test_no_screen_is_wider_or_higher_than_its_pane(part: str, size: tuple[int, int]) -> None:
    width, height = size
    actor = Performance(PARTS[part], 3, 0.0)
    for tick in range(200):
        actor.advance(tick * 0.4)
        if tick == 20:
            actor.type("[u-12] " + "a word and another " * 12, tick * 0.4)
        screen = LOOKS[PARTS[part].cli](actor.view(tick * 0.4), width, height)
        assert len(screen) <= height
        if width >= 80:  # narrower, the terminal cuts
            assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in screen) <= width
