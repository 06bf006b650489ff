"""Held-out leases: whole ones, chosen by their names alone."""

from __future__ import annotations

import inspect

from hypothesis import given
from hypothesis import strategies as st

from rollout.loop.routing.held_out import is_held_out

LEASE_S = 1800.0
SESSIONS = st.text(max_size=20)
SLOTS = st.integers(0, 2_000_000)
SHARES = st.floats(0.01, 0.99)
INSIDE = st.floats(0, LEASE_S - 0.001)


@given(SESSIONS, SLOTS, SHARES, INSIDE, INSIDE)
def test_a_lease_is_held_out_from_its_beginning_to_its_end_or_not_at_all(
    session: str, slot: int, share: float, one: float, other: float
) -> None:
    began = slot * LEASE_S
    answers = {is_held_out(session, began + at, share=share, lease_s=LEASE_S) for at in (0.0, one, other)}
    assert len(answers) == 1


@given(SESSIONS, SLOTS, SHARES, SHARES)
def test_a_greater_share_holds_out_what_a_smaller_one_did(session: str, slot: int, one: float, other: float) -> None:
    small, great = sorted((one, other))
    at = slot * LEASE_S
    assert is_held_out(session, at, share=great, lease_s=LEASE_S) >= is_held_out(
        session, at, share=small, lease_s=LEASE_S
    )


@given(SHARES)
def test_about_the_share_of_many_leases_is_held_out(share: float) -> None:
    held = sum(is_held_out("team", slot * LEASE_S, share=share, lease_s=LEASE_S) for slot in range(2000))
    assert abs(held / 2000 - share) < 0.06  # five standard deviations of a fair draw


@given(SESSIONS, SLOTS, st.sampled_from([0.0, 1.0]))
def test_none_at_a_share_of_nothing_and_all_at_a_share_of_one(session: str, slot: int, share: float) -> None:
    assert is_held_out(session, slot * LEASE_S, share=share, lease_s=LEASE_S) is (share == 1.0)


def test_the_same_leases_are_held_out_on_every_machine() -> None:
    held = [slot for slot in range(20) if is_held_out("team one", slot * LEASE_S, share=0.3, lease_s=LEASE_S)]
    assert held == [5, 6, 9, 17]


def test_the_choice_is_handed_nothing_of_a_monitor_or_of_a_result() -> None:
    assert list(inspect.signature(is_held_out).parameters) == ["session", "at", "share", "lease_s"]
