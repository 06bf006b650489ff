"""Ids of episodes, deliveries and bouts: wide enough that two never meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rollout.loop.acting.deliveries import Item, delivery_name
from rollout.loop.acting.episode import episode_id
from shadow.bout import bout_id, in_sample
from understudy import SubmitDraft

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 100_000
INTENT = SubmitDraft(pane="%1", pid=77, target="%1", session="team", reason="it stands", at=0.0)


def of_an_episode(number: int) -> str:
    return episode_id("notify_manager:idle %1 77", number / 1000)


def of_a_bout(number: int) -> str:
    return bout_id("%1", 77, number / 1000)


def of_a_delivery(number: int) -> str:
    return delivery_name([Item(key="k", episode=f"e-{number}", ordinal=1, intent=INTENT)], [0])


@pytest.mark.parametrize("named", [of_an_episode, of_a_bout, of_a_delivery])
def test_an_id_has_64_bits_and_none_meets_another(named: Callable[[int], str]) -> None:
    ids = {named(number) for number in range(MANY)}
    assert len(ids) == MANY
    assert {len(one.partition("-")[2]) for one in ids} == {16}


def test_a_share_of_bouts_is_in_the_sample() -> None:
    share = sum(in_sample(of_a_bout(number), 0.2) for number in range(MANY)) / MANY
    assert share == pytest.approx(0.2, abs=0.01)
