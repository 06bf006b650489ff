"""Fault: panes are split or joined around the one that is killed. Only that one dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fault_stage import actuator, runs, seconds

if TYPE_CHECKING:
    from private_tmux import TmuxServer

    from understudy.screens import Frame, PaneShot


def pid_of(server: TmuxServer, pane: str) -> int:
    return int(server.run("display-message", "-p", "-t", pane, "#{pane_pid}"))


def panes(server: TmuxServer) -> set[str]:
    return set(server.run("list-panes", "-a", "-F", "#{pane_id}").split())


def crashed(server: TmuxServer) -> str:
    """A pane whose agent is gone."""
    if not server.is_up():
        server.new_window("exec sleep 600", name="other")
    return server.new_window("exec sleep 600", name="claude-dev")


def test_an_editor_that_was_split_beside_a_crashed_agent_stays(tmux_server: TmuxServer) -> None:
    pane = crashed(tmux_server)
    editor = tmux_server.run("split-window", "-d", "-P", "-F", "#{pane_id}", "-t", pane, "exec sleep 600")
    assert actuator(tmux_server).kill_window(pane, pid_of(tmux_server, pane)).done
    assert editor in panes(tmux_server)
    assert pane not in panes(tmux_server)


@pytest.mark.parametrize("into", ["its own", "another"])
@seconds(3.0, 5)
def test_what_is_joined_between_the_look_and_the_kill_stays(tmux_server: TmuxServer, into: str) -> None:
    for number in runs(5):
        pane = crashed(tmux_server)
        editor = tmux_server.new_window("exec sleep 600", name="editor")
        source, target = (editor, pane) if into == "its own" else (pane, editor)
        moved: list[str] = []

        def join(_shot: PaneShot, _frame: Frame) -> None:
            if not moved:  # noqa: B023 - called at once
                moved.append(source)  # noqa: B023 - as above
                tmux_server.run("join-pane", "-d", "-s", source, "-t", target)  # noqa: B023 - as above

        actuator(tmux_server, join).kill_window(pane, pid_of(tmux_server, pane))
        assert moved
        assert editor in panes(tmux_server), f"run {number}"
        for left in {pane, editor} & panes(tmux_server):
            tmux_server.run("kill-pane", "-t", left)


def test_a_window_with_the_judged_pane_alone_goes_with_it(tmux_server: TmuxServer) -> None:
    pane = crashed(tmux_server)
    assert actuator(tmux_server).kill_window(pane, pid_of(tmux_server, pane)).done
    assert tmux_server.run("list-windows", "-a", "-F", "#{window_name}") == "other"


def test_a_person_who_starts_to_type_in_it_at_the_last_moment_keeps_it(tmux_server: TmuxServer) -> None:
    tmux_server.new_window("exec sleep 600", name="other")
    pane = tmux_server.new_window("exec sh", name="claude-dev")
    tmux_server.wait_for(pane, "$")
    asked = []

    def types(_shot: PaneShot, _frame: Frame) -> None:
        asked.append(tmux_server.run("send-keys", "-t", pane, "-l", "x"))
        tmux_server.wait_for(pane, "x" * len(asked))

    killed = actuator(tmux_server, types).kill_window(pane, pid_of(tmux_server, pane))
    assert (killed.done, killed.changed) == (False, True)
    assert pane in panes(tmux_server)
