"""The guard's vetoes: what the monitors must and must not see on the very frame that is about to be touched."""

from __future__ import annotations

import time
from concurrent.futures import Future

import pytest
from worlds import MANAGER, draft, idle, kill, report

from rollout.loop.acting.deliveries import Delivery, Item
from rollout.loop.acting.guard import FrameJudge, veto_briefing
from rollout.loop.hosting.host import HostAnswer, HostRequest
from rollout.loop.hosting.process import Failure
from understudy import AgentState, Frame, PaneShot
from understudy.wire import Introduction

ALL = tuple(state.value for state in AgentState)
MONOLITH = ("busy", "idle", "unsubmitted_input", "rate_limited", "error", "crashed")
S = AgentState


class Says:
    """A host whose monitor says one state of every pane; None is no verdict, "fails" no report, "hangs" no answer."""

    def __init__(self, state: AgentState | str | None, says: tuple[str, ...] = ALL) -> None:
        self.state = state
        self.introduction = Introduction(monitor="m", version="1", says=says)
        self.asked: list[HostRequest] = []
        self.hanging: Future[HostAnswer] | None = None

    def request(self, host_request: HostRequest, deadline_s: float | None = None) -> Future[HostAnswer]:
        self.asked.append(host_request)
        future: Future[HostAnswer] = Future()
        if self.state == "hangs":
            self.hanging = future
            return future
        if self.state == "fails":
            future.set_result(HostAnswer(None, None, Failure.CRASH, f"within {deadline_s} s"))
        elif self.state is None:
            future.set_result(HostAnswer(report(verdicts={}), None))
        else:
            future.set_result(HostAnswer(report(states={MANAGER: self.state, "%1": self.state}), None))
        return future


def shot(pane: str) -> PaneShot:
    return PaneShot(
        pane=pane, pid=1, session="team", session_id="$1", session_created=0, window_id="@1", window_index=0, window="w"
    )


def delivery_of(intent: object, behind: AgentState | None = None) -> Delivery:
    item = Item(key="k", episode="e-1", ordinal=1, intent=intent)
    return Delivery(
        id="u-7f3a00",
        kind=intent.kind,
        session="team",
        target=intent.target,
        target_pid=1,
        items=(item,),
        role="incumbent",
        wanted_at=0.0,
        state_behind=behind,
    )


def veto(delivery: Delivery, **hosts: Says) -> str:
    pane = shot(delivery.target or "%1")
    said = FrameJudge(hosts, deadline_s=0.05).of(delivery)(pane, Frame(at=1.0, panes=(pane, shot("%9"))))
    return said.why if said else ""


NOTICE = delivery_of(idle())
DRAFT = delivery_of(draft(), S.UNSUBMITTED_INPUT)
KILL = delivery_of(kill(), S.CRASHED)


@pytest.mark.parametrize("delivery", [NOTICE, DRAFT, KILL])
def test_an_approval_dialog_that_anybody_sees_vetoes_everything(delivery: Delivery) -> None:
    assert "approval dialog" in veto(delivery, incumbent=Says(S.IDLE), candidate=Says(S.WAITING_APPROVAL))


@pytest.mark.parametrize("delivery", [NOTICE, DRAFT, KILL])
@pytest.mark.parametrize("nothing", [None, "fails", "hangs"])
def test_no_answer_from_anybody_who_knows_dialogs_vetoes_everything(delivery: Delivery, nothing: str | None) -> None:
    state = delivery.state_behind or S.IDLE
    assert veto(delivery, incumbent=Says(state), candidate=Says(state)) == ""
    assert "no monitor that knows approval dialogs" in veto(
        delivery, incumbent=Says(state, MONOLITH), candidate=Says(nothing)
    )


@pytest.mark.parametrize(
    ("delivery", "incumbent", "candidate", "why"),
    [
        (NOTICE, S.IDLE, S.IDLE, ""),
        (NOTICE, S.BUSY, S.BUSY, ""),
        (NOTICE, S.IDLE, S.CRASHED, "has crashed (candidate)"),
        (NOTICE, S.CRASHED, S.CRASHED, "has crashed (candidate, incumbent)"),
        (NOTICE, S.CRASHED, S.IDLE, ""),
        (DRAFT, S.UNSUBMITTED_INPUT, S.UNSUBMITTED_INPUT, ""),
        (DRAFT, S.UNSUBMITTED_INPUT, S.IDLE, ""),
        (DRAFT, S.CRASHED, S.UNSUBMITTED_INPUT, "has crashed (incumbent)"),
        (DRAFT, S.IDLE, S.BUSY, "nobody sees a draft there: candidate says busy, incumbent says idle"),
        (KILL, S.CRASHED, S.CRASHED, ""),
        (KILL, S.CRASHED, S.IDLE, ""),
        (KILL, S.CRASHED, S.BUSY, "works again"),
        (KILL, S.IDLE, S.IDLE, "nobody sees it crashed any more"),
    ],
)
def test_each_kind_of_touch_has_its_vetoes(
    delivery: Delivery, incumbent: AgentState, candidate: AgentState, why: str
) -> None:
    said = veto(delivery, incumbent=Says(incumbent, MONOLITH), candidate=Says(candidate))
    assert why in said
    assert bool(why) == bool(said)


def test_a_new_manager_is_briefed_only_once_it_is_up() -> None:
    knowing = frozenset({"candidate"})
    assert "not come up" in veto_briefing({"candidate": S.STARTING}, knowing)
    assert "approval dialog" in veto_briefing({"candidate": S.WAITING_APPROVAL}, knowing)
    assert veto_briefing({"candidate": S.IDLE}, knowing) == ""


def test_the_monitors_see_that_pane_of_that_frame_and_nothing_else() -> None:
    host = Says(S.IDLE)
    veto(NOTICE, candidate=host)
    (host_request,) = host.asked
    assert b'"%0"' in host_request.sight.json
    assert b'"%9"' not in host_request.sight.json


def test_its_deadline_holds_for_all_monitors_together() -> None:
    began = time.monotonic()
    hosts = Says("hangs"), Says("hangs")
    veto(NOTICE, incumbent=hosts[0], candidate=hosts[1])
    assert time.monotonic() - began < 0.5
    assert all(host.hanging and host.hanging.cancelled() for host in hosts), "nobody waits for an answer any more"


def test_a_freeze_counts_up_to_the_very_key() -> None:
    orders = iter(["", "frozen by ada"])
    judge = FrameJudge({"candidate": Says(S.IDLE)}, frozen=lambda: next(orders))
    said = judge.of(NOTICE)(shot(MANAGER), Frame(at=1.0, panes=()))
    assert said is not None
    assert said.why == "frozen by ada"
