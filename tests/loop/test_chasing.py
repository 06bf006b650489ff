"""A message that was typed is looked for by its token, typed once, and holds up nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_delivery import Bench, FakeActuator
from test_guard import delivery_of
from worlds import draft, idle, spawn

from rollout.loop.acting.chasing import SETTLE_S, Chaser
from rollout.loop.acting.our_drafts import mixture
from rollout.loop.acting.surviving import TRIES
from rollout.store.ledger import Ledger
from tmuxio.acting.actuator import ActionResult, TokenPlace
from understudy import PaneShot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from rollout.loop.acting.deliveries import Delivery

NOTICE = delivery_of(idle())
SECOND = NOTICE.model_copy(update={"id": "u-second"})
TYPED = ActionResult(done=False, why="typed, but not sent: the text did not show within 3 s", typed=True)
LINE = f"{NOTICE.token} %1 is idle"


def screen(text: str) -> PaneShot:
    about = {"pane": "%0", "pid": 1, "session": "team", "session_id": "$0", "session_created": 0}
    window = {"window_id": "@0", "window_index": 0, "window": "pm"}
    return PaneShot(**about, **window, ansi=f"> {text}")  # type: ignore[arg-type]


class Guards:
    def of(self, _touch: Delivery) -> Any:
        return lambda _shot, _frame: None


class Ends:
    def __init__(self) -> None:
        self.ended: list[tuple[str, str]] = []

    def finish(self, _touch: Delivery, status: str, why: str) -> None:
        self.ended.append((status, why))

    def once_more(self, _touch: Delivery) -> None:
        self.ended.append(("once more", ""))


class Chasing:
    """A chaser over scripted hands, and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.actuator, self.ends, self.now = FakeActuator(), Ends(), 1000.0
        made = (self.actuator, Guards(), lambda _shot: None, self.ends, lambda: 120.0, lambda: self.now)
        self.chaser = Chaser(*made)  # type: ignore[arg-type]

    def sees(self, place: TokenPlace) -> Chasing:
        self.actuator.answers["find"] = place
        return self


@pytest.fixture
def chasing() -> Chasing:
    return Chasing()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(Ledger(tmp_path / "ledger.sqlite"))
    yield made
    for delivery in made.made:
        delivery.close()
    made.ledger.close()


def test_what_tmux_took_stays_claimed_and_is_not_typed_again(bench: Bench) -> None:
    bench.actuator.answers |= {"type": TYPED, "find": [TokenPlace.NOWHERE] * 30 + [TokenPlace.ABOVE]}
    (row,) = bench.deliver(NOTICE, patience_s=10.0)
    assert row.status == "done"
    assert bench.did.count("type") == 1


def test_a_chased_notice_does_not_hold_up_the_next_delivery_to_its_pane(bench: Bench) -> None:
    bench.actuator.answers |= {"type": [TYPED, ActionResult(done=True)], "find": TokenPlace.WAITING}
    bench.request_deliveries(NOTICE, SECOND)
    delivery = bench.delivery(patience_s=120.0)
    delivery.submit([NOTICE, SECOND])
    rows = waited(bench, "u-second")
    assert (rows["u-second"].status, rows[NOTICE.id].status) == ("refused", "claimed")
    assert rows["u-second"].why == f"the message {NOTICE.token} was typed into it and does not show yet"
    assert bench.did.count("type") == 1
    bench.actuator.answers["find"] = TokenPlace.ABOVE
    assert {row.id: row.status for row in bench.rows(delivery)}[NOTICE.id] == "done"


def waited(bench: Bench, ended: str) -> dict[str, Any]:
    import time

    until = time.monotonic() + 5
    while True:
        rows = {row.id: row for row in bench.ledger.deliveries()}
        if rows[ended].finished_at is not None:
            return rows
        assert time.monotonic() < until, rows
        time.sleep(0.002)


def test_a_notice_that_was_read_and_never_shows_holds_back_the_next_one_for_seconds_alone(chasing: Chasing) -> None:
    chase = chasing.sees(TokenPlace.NOWHERE).chaser.begin(NOTICE, LINE, again=True)
    assert not chasing.chaser.step(chase)
    assert chasing.chaser.hindrance(SECOND) == f"the message {NOTICE.token} was typed into it and does not show yet"
    chasing.now += SETTLE_S
    assert chasing.chaser.hindrance(SECOND) == ""


def test_one_look_at_a_screen_that_is_being_drawn_types_nothing_once_more(chasing: Chasing) -> None:
    chase = chasing.sees(TokenPlace.NOWHERE).chaser.begin(NOTICE, LINE, age_s=200.0, again=False)
    assert not chasing.chaser.step(chase)
    assert chasing.sees(TokenPlace.ABOVE).chaser.step(chase)
    assert chasing.ends.ended == [("done", "")]
    chase = chasing.sees(TokenPlace.NOWHERE).chaser.begin(NOTICE, LINE, age_s=200.0, again=False)
    assert [chasing.chaser.step(chase) for _ in range(3)] == [False, False, True]
    assert chasing.ends.ended[1:] == [("once more", "")]


def test_an_error_of_the_harness_ends_a_chase_after_a_few_tries_and_holds_nothing_back(chasing: Chasing) -> None:
    chasing.actuator.answers["find"] = RuntimeError("a bug")
    chase = chasing.chaser.begin(NOTICE, LINE, again=True)
    assert [chasing.chaser.step(chase) for _ in range(TRIES)] == [False] * (TRIES - 1) + [True]
    assert chasing.ends.ended == [("refused", "RuntimeError: a bug")]
    assert chasing.chaser.hindrance(SECOND) == ""


def test_what_was_not_read_yet_is_waited_for_as_long_as_it_takes(chasing: Chasing) -> None:
    chase = chasing.sees(TokenPlace.WAITING).chaser.begin(NOTICE, LINE, again=True)
    chasing.now += 100_000
    assert not chasing.chaser.step(chase)
    assert chasing.chaser.hindrance(SECOND)
    assert chasing.sees(TokenPlace.ABOVE).chaser.step(chase)
    assert chasing.ends.ended == [("done", "")]
    assert chasing.chaser.hindrance(SECOND) == ""


def test_a_draft_is_not_submitted_while_the_message_in_its_pane_is_being_sent(chasing: Chasing) -> None:
    submit = delivery_of(draft(target="%0")).model_copy(update={"target": "%0"})
    assert chasing.chaser.hindrance(submit) == ""
    chasing.actuator.answers["press"] = ActionResult(done=False, why="a dialog is open")
    chase = chasing.sees(TokenPlace.COMPOSER).chaser.begin(NOTICE, LINE, again=True)
    assert not chasing.chaser.step(chase)
    assert chasing.chaser.hindrance(submit) == f"the message {NOTICE.token} in it is being sent"


def test_a_wall_clock_that_jumps_neither_ends_nor_lengthens_a_chase(bench: Bench, monkeypatch: Any) -> None:
    bench.actuator.answers |= {"type": TYPED, "find": [TokenPlace.NOWHERE] * 5 + [TokenPlace.ABOVE]}
    jumps = iter([0.0, 1e6, -1e6] * 1000)
    steady, real = bench.clock.now, bench.clock
    delivery = bench.delivery(patience_s=10.0, elapsed=steady)
    monkeypatch.setattr(delivery, "_clock", type("Jumping", (), {"now": lambda _self: real.began + next(jumps)})())
    bench.request_deliveries(NOTICE)
    delivery.submit([NOTICE])
    assert [row.status for row in bench.rows(delivery)] == ["done"]
    assert bench.did == ["type", *["find"] * 6]


class Mixing(FakeActuator):
    """Shows the guard of every key one screen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def press(self, pane: str, pid: int, keys: Any, *, guard: Any = None) -> ActionResult:
        veto = guard(screen(self.text), None)
        return ActionResult(done=False, why=veto.why) if veto else super().press(pane, pid, keys, guard=guard)


@pytest.mark.parametrize("text", [f"no {LINE}", f"{LINE} no", f"{LINE}{LINE}"])
@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_stands_with_something_else_is_taken_away_and_never_sent(
    bench: Bench, text: str, *, withdrawn: bool
) -> None:
    bench.actuator = Mixing(text)
    bench.clock.actuator = bench.actuator
    bench.actuator.answers |= {"type": TYPED, "find": TokenPlace.COMPOSER}
    bench.actuator.answers["withdraw"] = ActionResult(done=withdrawn, why="" if withdrawn else "it was left there")
    (row,) = bench.deliver(NOTICE, patience_s=0.01)
    assert row.status == "refused"
    assert row.why.startswith("typed, and withdrawn: " if withdrawn else "typed, but not sent: ")
    assert "press" not in bench.did


def test_what_stands_alone_is_sent_by_the_chase(bench: Bench) -> None:
    bench.actuator = Mixing(LINE)
    bench.clock.actuator = bench.actuator
    bench.actuator.answers |= {"type": TYPED, "find": TokenPlace.COMPOSER}
    assert [row.status for row in bench.deliver(NOTICE)] == ["done"]
    assert bench.did == ["type", "find", "press"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("please run the tests", ""),
        (LINE, ""),
        (f"{NOTICE.token} %1\n is idle", ""),
        (f"no {LINE}", "something else stands in the composer before the message"),
        (f"{LINE} no", "something else stands in the composer behind the message"),
        (f"{LINE}[u-1234] x", "several messages stand in the composer"),
        ("[u-9999] not known", ""),
    ],
)
def test_a_message_of_ours_is_submitted_alone(text: str, why: str) -> None:
    assert mixture(text, {NOTICE.token: LINE}.get) == why


def test_a_draft_that_holds_a_message_of_ours_and_more_is_not_submitted(bench: Bench) -> None:
    bench.deliver(NOTICE)
    bench.actuator = Mixing(f"{LINE} and do NOT push")
    bench.clock.actuator = bench.actuator
    submit = delivery_of(draft()).model_copy(update={"id": "u-draft"})
    rows = {row.id: row for row in bench.deliver(submit)}
    assert rows["u-draft"].why == "something else stands in the composer behind the message"
    assert bench.did == []


def test_a_briefing_that_was_typed_is_sent_and_not_typed_again(bench: Bench) -> None:
    bench.actuator.answers["spawn"] = ActionResult(done=True, pane="%8", pid=8)
    bench.actuator.answers["type"] = TYPED
    bench.actuator.answers["press"] = [ActionResult(done=False, why="it does not read"), ActionResult(done=True)]
    (row,) = bench.deliver(delivery_of(spawn(briefing="You lead.")), spawn_command="claude", boot_s=5.0)
    assert (row.status, row.why) == ("done", "")
    assert bench.did == ["spawn", "type", "press", "press"]


def test_a_manager_gets_another_window_where_the_old_one_was_split(bench: Bench) -> None:
    delivery = delivery_of(spawn(kills=("%0",), window_index=1)).model_copy(update={"kill_pids": {"%0": 1000}})
    in_use = ActionResult(done=False, why="tmux opened no window: create window failed: index 1 in use")
    bench.actuator.answers["spawn"] = [in_use, ActionResult(done=True, pane="%8", pid=8)]
    (row,) = bench.deliver(delivery, spawn_command="claude")
    assert row.status == "done"
    assert [act[2] for act in bench.actuator.acts if act[0] == "spawn"] == [1, None]


def test_patience_counts_from_the_last_look_at_which_the_message_waited_unread(chasing: Chasing) -> None:
    chase = chasing.sees(TokenPlace.WAITING).chaser.begin(NOTICE, LINE, again=True)
    chasing.now += 10_000
    assert not chasing.chaser.step(chase)
    chasing.sees(TokenPlace.NOWHERE).now += 119
    assert not any(chasing.chaser.step(chase) for _ in range(5)), "its program has read it and has not drawn it yet"
    chasing.now += 2
    assert chasing.chaser.step(chase)
    assert chasing.ends.ended[0][0] == "refused"
