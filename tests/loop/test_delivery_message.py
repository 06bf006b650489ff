"""What a manager is told: the wording of one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from test_guard import delivery_of
from worlds import idle

from rollout.loop.acting.deliveries import Delivery, Item, message

if TYPE_CHECKING:
    from understudy import Intent


def report_of(*intents: Intent) -> Delivery:
    items = tuple(Item(key="k", episode="e", ordinal=1, intent=intent) for intent in intents)
    return delivery_of(idle()).model_copy(update={"items": items})


def test_a_heading_without_an_entry_says_so_and_an_empty_entry_beside_others_is_left_out() -> None:
    empty, also, named = (idle(f"%{n}", text=text, section="idle") for n, text in enumerate(("", " ", "dev")))
    assert message(report_of(empty, also), 0.0) == "[u-7f3a00] idle: (nobody named)"
    assert message(report_of(empty, named), 0.0) == "[u-7f3a00] idle: dev"


def test_a_message_is_one_line_with_its_token_first_and_a_heading_a_section() -> None:
    intents = (
        idle("%1", text="dev\n is\x1b idle", section="IDLE"),
        idle("%2", text="said apart"),
        idle("%3", text="qa is idle", section="IDLE"),
        idle("%4", text="db fell", section="CRASHED"),
        idle("%5", text="too late", section="IDLE", valid_until=5.0),
    )
    told = message(report_of(*intents), 10.0)
    assert told == "[u-7f3a00] said apart | IDLE: dev is idle; qa is idle | CRASHED: db fell"


def test_a_message_has_an_end() -> None:
    endless = delivery_of(idle(text="idle " * 1000))
    assert len(message(endless, 0.0)) == 1500
