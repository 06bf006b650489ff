"""Fault: a person types while the harness delivers. Nothing of theirs is sent, erased or typed into."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

import pytest
from fault_stage import LOOKS, FaultAgent, actuator, dialog_guard, runs, seconds, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from private_tmux import TmuxServer

    from tmuxio.acting.actuator import Veto
    from understudy.screens import Frame, PaneShot

LINE = "[u-7f3a] idle: dev-1 waits for work since 14:02 | IDLE: dev-2; dev-3"
DRAFTS = (
    "please review the auth module, but do NOT",
    "a",
    "a longer draft that does not fit into one row of the composer, " * 3,
    "[u-1] is what I read",
)


def acting(act: Callable[[], None], on: int) -> Callable[[PaneShot, Frame], Veto | None]:
    """A guard that lets something happen while it judges for the nth time."""
    asked = []

    def guard(shot: PaneShot, frame: Frame) -> Veto | None:
        asked.append(shot)
        if len(asked) == on:
            act()
        return dialog_guard(shot, frame)

    return guard


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("looks", LOOKS)
def test_nothing_is_typed_behind_a_persons_draft(tmux_server: TmuxServer, looks: str, draft: str) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm", looks).start(draft)
    told = actuator(tmux_server).type_line(agent.pane, agent.pid, LINE)
    assert (told.done, told.typed, told.why) == (False, False, "its composer is not empty: a draft stands in it")
    assert agent.heard == ""


@pytest.mark.parametrize("looks", LOOKS)
def test_a_placeholder_is_an_empty_composer(tmux_server: TmuxServer, looks: str) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm", looks).start()
    assert actuator(tmux_server).type_line(agent.pane, agent.pid, LINE).done
    assert until(lambda: agent.sent == [LINE])


@pytest.mark.parametrize("looks", LOOKS)
def test_a_text_that_comes_before_ours_stays_and_ours_is_taken_away(tmux_server: TmuxServer, looks: str) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm", looks).start()
    guard = acting(agent.falls_asleep, 1)
    touching = actuator(tmux_server, guard)

    def person() -> None:  # their keys come first, and are drawn only when ours are there too
        agent.person_types("but do NOT ")
        touching._clearance.run(f"send-keys -t {agent.pane} -l -- '{LINE}' ; display-message -p done")
        agent.wakes()

    agent.falls_asleep()
    person()
    tmux_server.wait_for(agent.pane, "u-7f3a")
    guard_free = actuator(tmux_server)
    withdrawn = guard_free.withdraw(agent.pane, agent.pid, LINE)
    assert withdrawn.done, withdrawn
    assert until(lambda: agent.draft.rstrip() == "but do NOT")
    assert agent.sent == []


@pytest.mark.parametrize("looks", LOOKS)
def test_a_text_that_comes_behind_ours_keeps_both_unsent(tmux_server: TmuxServer, looks: str) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm", looks).start()
    guard = acting(lambda: agent.person_types(" and NOT main") or time.sleep(0.2), 2)
    told = actuator(tmux_server, guard).type_line(agent.pane, agent.pid, LINE)
    assert (told.done, told.typed) == (False, True)
    assert "something else stands in the composer with it" in told.why
    assert agent.sent == []
    assert agent.draft == f"{LINE} and NOT main"


@seconds(6.0, 6)
def test_whenever_a_person_types_nothing_of_theirs_is_sent(tmux_server: TmuxServer) -> None:
    chance = random.Random(7)  # noqa: S311 - the same runs every time
    agents = [FaultAgent(tmux_server, tmux_server.folder / looks, looks).start() for looks in LOOKS]
    touching = actuator(tmux_server, arrival_s=1.0)
    for number in runs(6):
        agent = agents[number % len(agents)]
        before, line = len(agent.sent), f"[u-{number:04x}] idle: dev-{number} waits"
        text = chance.choice(("no", "but do NOT delete it", "x" * 90))
        person = threading.Timer(chance.uniform(0.0, 0.5), agent.person_types, (text,))
        person.start()
        told = touching.type_line(agent.pane, agent.pid, line)
        person.join()
        sent = agent.sent[before:]
        assert sent in ([], [line]), f"run {number}: {sent}"
        if told.done:
            assert until(lambda: agent.sent[before:] == [line]), f"run {number}"  # noqa: B023 - called at once
        assert until(lambda: text in agent.draft), f"run {number}: {agent.draft!r}"  # noqa: B023 - as above
        agent.server.run("send-keys", "-t", agent.pane, "-N", "300", "BSpace")
        assert until(lambda: agent.draft == "")  # noqa: B023 - as above
        time.sleep(0.1)
