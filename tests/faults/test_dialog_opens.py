"""Fault: a dialog opens just before a key. No text and no Enter goes into it."""

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

RESIDUE_S = 0.03
"""A key may be on its way, through tmux and a busy machine, for so long after the dialog was drawn."""


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("key", [1, 2], ids=["text", "Enter"])
def test_a_dialog_that_opens_behind_the_guards_back_gets_no_key(tmux_server: TmuxServer, looks: str, key: int) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm", looks).start()
    asked: list[PaneShot] = []

    def late(shot: PaneShot, frame: Frame) -> Veto | None:
        veto = dialog_guard(shot, frame)
        asked.append(shot)
        if len(asked) == key:
            agent.opens_dialog()
            tmux_server.wait_for(agent.pane, "Do you want to proceed?")
        return veto

    told = actuator(tmux_server, late).type_line(agent.pane, agent.pid, "[u-1] hello")
    assert not told.done
    assert "an approval dialog is open in it" in told.why
    assert agent.heard == ("" if key == 1 else "[u-1] hello")


@seconds(4.0, 10)
def test_a_dialog_that_opens_at_any_time_gets_no_key(
    tmux_server: TmuxServer, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(3)  # noqa: S311 - the same runs every time
    agents = [FaultAgent(tmux_server, tmux_server.folder / looks, looks).start() for looks in LOOKS]
    touching = actuator(tmux_server, arrival_s=0.3)
    for number in runs(10):
        agent = agents[number % len(agents)]
        dialog = threading.Timer(chance.uniform(0.0, 0.35), agent.opens_dialog)
        dialog.start()
        touching.type_line(agent.pane, agent.pid, f"[u-{number:04x}] idle: dev waits")
        dialog.join()
        time.sleep(0.1)
        agent.closes_dialog()
        assert until(lambda: "proceed?" not in tmux_server.screen(agent.pane))  # noqa: B023 - called at once
        tmux_server.run("send-keys", "-t", agent.pane, "-N", "60", "BSpace")
        time.sleep(0.1)
    misplaced = [key for agent in agents for key in agent.misplaced]
    record_property("misplaced", misplaced)
    print(f"{len(runs(10))} runs, into a dialog: {misplaced}")  # noqa: T201 - what the table of faults is filled with
    assert [key for key in misplaced if key[0] > RESIDUE_S] == []
