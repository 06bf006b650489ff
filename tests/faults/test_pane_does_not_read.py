"""Fault: a pane does not read for a while. Its notice is typed once, arrives once, and blocks no other."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from fault_stage import LOOKS, FaultAgent, actuator, runs, seconds, until

if TYPE_CHECKING:
    from fault_delivery import Deliveries
    from private_tmux import TmuxServer


@seconds(8.0, 3)
def test_a_notice_to_a_pane_that_does_not_read_arrives_once(deliveries: Deliveries, tmux_server: TmuxServer) -> None:
    chance = random.Random(11)  # noqa: S311 - the same runs every time
    agents = [FaultAgent(tmux_server, tmux_server.folder / looks, looks).start() for looks in LOOKS]
    for number in runs(3):
        agent = agents[number % len(agents)]
        before = len(agent.sent)
        deliveries.open(arrival_s=0.2)
        first, second = deliveries.notice(agent), deliveries.notice(agent, "dev-2 is idle")
        deliveries.submit(first)
        # it falls asleep when the text is on its way, so that the actuator have looked already
        assert until(lambda: deliveries.row(first).status == "claimed")  # noqa: B023 - called at once
        time.sleep(chance.uniform(0.0, 0.1))
        agent.falls_asleep()
        time.sleep(chance.uniform(0.5, 2.0))
        deliveries.submit(second)
        began = time.monotonic()
        assert deliveries.ended(second).status in {"refused", "done"}
        assert time.monotonic() - began < 5, "one notice held up the next"
        agent.wakes()
        assert deliveries.ended(first).status in {"done", "refused"}
        rows = [row for row in (deliveries.row(first), deliveries.row(second)) if row.done]
        assert until(lambda: len(agent.sent) - before == len(rows)), f"run {number}: {agent.sent[before:]} {rows}"  # noqa: B023 - as above
        assert len(set(agent.sent[before:])) == len(rows)
        assert agent.draft == ""
        deliveries.delivery.close()


@pytest.mark.parametrize("looks", LOOKS)
def test_what_was_typed_and_not_read_is_neither_typed_again_nor_given_up(
    deliveries: Deliveries, tmux_server: TmuxServer, looks: str
) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm", looks).start()
    deliveries.open(arrival_s=0.2, patience_s=0.3)
    notice = deliveries.notice(agent)
    deliveries.while_judging = agent.falls_asleep
    deliveries.submit(notice)
    time.sleep(2.0)
    assert deliveries.row(notice).status == "claimed"
    deliveries.while_judging = lambda: None
    agent.wakes()
    ended = deliveries.ended(notice)
    assert ended.status == "done", ended.why
    assert until(lambda: len(agent.sent) == 1)
    assert agent.heard.count(notice.token) == 1


def test_a_pane_that_leaves_typed_bytes_unread_is_given_no_more(tmux_server: TmuxServer) -> None:
    agent = FaultAgent(tmux_server, tmux_server.folder / "pm").start()
    agent.falls_asleep()
    agent.person_types("three")
    told = actuator(tmux_server).type_line(agent.pane, agent.pid, "[u-1] hello")
    assert told.why == "its program does not read: 5 typed bytes wait for it"
    agent.wakes()
    assert until(lambda: agent.draft == "three")
