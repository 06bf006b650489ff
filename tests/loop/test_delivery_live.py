"""Real hands over a real server, guarded by a real monitor in its own process."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worlds import draft, idle, kill

from rollout.loop.acting.composer_reading import read_composer
from rollout.loop.acting.deliveries import Delivery, Item, delivery_name
from rollout.loop.acting.delivery_worker import DeliveryWorker
from rollout.loop.acting.guard import FrameJudge
from rollout.loop.hosting.host import MonitorHost
from rollout.loop.hosting.monitors import monitor_spec
from rollout.store.ledger import DeliveryRow, Ledger
from rollout.store.orders import OrderKind, give, lift, order_in_force
from tmuxio.acting.actuator import Actuator
from understudy import AgentState, SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from private_tmux import TmuxServer

    from understudy.intents import Intent

PROGRAM = Path(__file__).with_name("small_agent.py")


@dataclass
class Agent:
    """One small agent in a window of its own."""

    server: TmuxServer
    folder: Path
    pane: str = ""
    pid: int = 0

    def start(self, draft_text: str = "") -> Agent:
        self.folder.mkdir()
        (self.folder / "draft").write_text(draft_text)
        program = self.folder / "claude"
        program.write_text(f"#!{sys.executable}\n{PROGRAM.read_text()}")
        program.chmod(0o700)
        self.pane = self.server.new_window(f"exec {program} {self.folder}", session="team", name=self.folder.name)
        self.server.wait_for(self.pane, "? for shortcuts")
        self.pid = int(self.server.run("display-message", "-p", "-t", self.pane, "#{pane_pid}"))
        return self

    def opens_dialog(self) -> None:
        (self.folder / "dialog").touch()
        self.server.wait_for(self.pane, "Do you want to proceed?")

    @property
    def heard(self) -> str:
        try:
            return (self.folder / "heard").read_bytes().decode()
        except FileNotFoundError:
            return ""

    def hears(self, expected: str) -> bool:
        """Wait until it has read so much, and see that it is what was meant."""
        until = time.monotonic() + 5
        while len(self.heard) < len(expected) and time.monotonic() < until:
            time.sleep(0.01)
        return self.heard == expected


@dataclass
class Stage:
    """A server, a ledger, a candidate's process, and the delivery over them."""

    server: TmuxServer
    ledger: Ledger
    hosts: dict[str, MonitorHost]
    orders: Path

    def __post_init__(self) -> None:
        self.delivery = self.new_delivery()
        self.rows_made = 0

    def new_delivery(self) -> DeliveryWorker:
        judge = FrameJudge(self.hosts, deadline_s=10.0, frozen=self.frozen)
        clock = SystemClock()
        actuator = Actuator(
            self.server.address, lambda _shot, _frame: None, clock, arrival_s=2.0, composer=read_composer
        )
        more = {"frozen": self.frozen, "composer": read_composer}
        return DeliveryWorker(self.ledger, actuator, judge, clock, patience_s=1.0, poll_s=0.02, **more)

    def frozen(self) -> str:
        order = order_in_force(OrderKind.FREEZE, self.orders)
        return f"frozen by {order.actor}" if order else ""

    def agent(self, name: str, draft_text: str = "") -> Agent:
        return Agent(self.server, self.server.folder / name).start(draft_text)

    def delivery_of(self, intent: Intent, to: Agent, behind: AgentState | None = None) -> Delivery:
        self.rows_made += 1
        item = Item(key="k", episode="e-1", ordinal=1, intent=intent)
        return Delivery(
            id=delivery_name([item], [self.rows_made]),
            kind=intent.kind,
            session="team",
            target=to.pane,
            target_pid=to.pid,
            items=(item,),
            role="incumbent",
            wanted_at=SystemClock().now(),
            state_behind=behind,
        )

    def request_deliveries(self, delivery: Delivery) -> Delivery:
        with self.ledger.transaction() as tx:
            body = delivery.model_dump_json()
            tx.request_deliveries(
                [DeliveryRow(delivery.id, "e-1", delivery.kind, delivery.target, "wanted", delivery.wanted_at, body)]
            )
        return delivery

    def deliver(self, delivery: Delivery) -> DeliveryRow:
        self.delivery.submit([self.request_deliveries(delivery)])
        return self.row(delivery)

    def row(self, delivery: Delivery) -> DeliveryRow:
        until = time.monotonic() + 20
        while not self.delivery.idle():
            assert time.monotonic() < until, "delivery never came to an end"
            time.sleep(0.005)
        row = self.ledger.delivery(delivery.id)
        assert row is not None
        return row


@pytest.fixture
def stage(tmux_server: TmuxServer, tmp_path: Path) -> Iterator[Stage]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    plays = {"incumbent": "legacy", "candidate": "modular"}
    hosts = {role: MonitorHost(monitor_spec(name), tmp_path / f"{role}.log") for role, name in plays.items()}
    try:
        made = Stage(tmux_server, ledger, hosts, tmp_path / "orders")
        yield made
        made.delivery.close()
    finally:
        for host in hosts.values():
            host.close()
    ledger.close()


def test_a_notice_arrives_once_with_its_token(stage: Stage) -> None:
    manager = stage.agent("claude-pm")
    delivery = stage.delivery_of(idle(text="dev is idle " + "and waits for work " * 8), manager)
    row = stage.deliver(delivery)
    assert (row.status, row.why) == ("done", "")
    assert manager.hears(f"{delivery.token} dev is idle {'and waits for work ' * 8}".rstrip() + "\r")


def test_a_draft_is_submitted(stage: Stage) -> None:
    agent = stage.agent("claude-dev", "please run the tests")
    row = stage.deliver(stage.delivery_of(draft(), agent, AgentState.UNSUBMITTED_INPUT))
    assert (row.status, row.why) == ("done", "")
    assert agent.hears("\r")


def test_behind_an_approval_dialog_nothing_is_pressed_typed_or_killed(stage: Stage) -> None:
    agent = stage.agent("claude-dev", "please run the tests")
    agent.opens_dialog()
    acts = (
        (draft(), AgentState.UNSUBMITTED_INPUT),
        (idle(), None),
        (kill(), AgentState.WAITING_APPROVAL),
    )
    for intent, behind in acts:
        row = stage.deliver(stage.delivery_of(intent, agent, behind))
        assert row.status == "refused"
        assert "approval dialog is open in it (candidate)" in row.why
    assert agent.heard == ""
    stage.server.wait_for(agent.pane, "Do you want to proceed?")


def test_an_empty_composer_is_no_draft(stage: Stage) -> None:
    agent = stage.agent("claude-dev")
    row = stage.deliver(stage.delivery_of(draft(), agent, AgentState.UNSUBMITTED_INPUT))
    assert "no monitor sees a draft: candidate says idle" in row.why
    assert agent.heard == ""


def test_while_frozen_no_key_reaches_tmux(stage: Stage) -> None:
    agent = stage.agent("claude-dev", "please run the tests")
    give(OrderKind.FREEZE, stage.orders, actor="ada", reason="look first")
    for intent in (draft(), idle(), kill()):
        row = stage.deliver(stage.delivery_of(intent, agent, None))
        assert (row.status, row.why) == ("refused", "frozen by ada")
    assert agent.heard == ""
    lift(OrderKind.FREEZE, stage.orders)
    assert stage.deliver(stage.delivery_of(draft(), agent)).status == "done"


def test_without_the_one_monitor_that_knows_dialogs_nothing_is_delivered(stage: Stage) -> None:
    agent = stage.agent("claude-dev", "please run the tests")
    stage.hosts["candidate"].close()
    row = stage.deliver(stage.delivery_of(draft(), agent))
    assert "no monitor that knows approval dialogs" in row.why
    assert agent.heard == ""


@pytest.mark.parametrize("died", ["before it typed", "before Enter", "behind Enter"])
def test_a_notice_that_was_in_hand_when_the_harness_died_arrives_exactly_once(stage: Stage, died: str) -> None:
    manager = stage.agent("claude-pm")
    delivery = stage.request_deliveries(stage.delivery_of(idle(text="dev is idle"), manager))
    stage.ledger.claim(delivery.id, SystemClock().now())
    line = f"{delivery.token} dev is idle"
    if died != "before it typed":
        stage.server.run("send-keys", "-t", manager.pane, "-l", line)
        stage.server.wait_for(manager.pane, delivery.token)
    if died == "behind Enter":
        stage.server.run("send-keys", "-t", manager.pane, "Enter")
        stage.server.wait_for(manager.pane, f"> {delivery.token}")
    stage.delivery.recover()
    assert stage.row(delivery).status == "done"
    assert manager.hears(f"{line}\r")


def test_a_kill_that_was_in_hand_when_the_harness_died_is_not_done_again(stage: Stage) -> None:
    agent = stage.agent("claude-dev")
    delivery = stage.request_deliveries(stage.delivery_of(kill(), agent))
    stage.ledger.claim(delivery.id, SystemClock().now())
    stage.delivery.recover()
    assert stage.row(delivery).status == "escalated"
    stage.server.wait_for(agent.pane, "? for shortcuts")
