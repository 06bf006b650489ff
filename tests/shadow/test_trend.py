"""The trend of a cluster, counted in slices of the time that was watched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.trend import SLICES, sliced, trend

EVEN = (100,) * SLICES


@pytest.mark.parametrize(
    ("slices", "goes"),
    [
        ((0, 0, 0, 0, 3, 3, 3, 3), "new"),
        ((9, 9, 9, 9, 20, 20, 20, 20), "rising"),
        ((5, 5, 5, 5, 5, 5, 5, 5), "steady"),
        ((20, 20, 20, 20, 9, 9, 9, 9), "falling"),
        ((3, 3, 3, 3, 0, 0, 0, 0), "gone"),
        ((0, 0, 0, 0, 0, 1, 0, 0), "steady"),
        ((0,) * SLICES, "steady"),
    ],
)
def test_the_halves_of_the_time_say_where_it_goes(slices: tuple[int, ...], goes: str) -> None:
    assert trend(slices, EVEN) == goes


def test_more_of_it_because_there_is_more_of_everything_is_no_rise() -> None:
    assert trend((5, 5, 5, 5, 50, 50, 50, 50), (100, 100, 100, 100, 1000, 1000, 1000, 1000)) == "steady"


@given(st.lists(st.floats(0, 100), max_size=50))
def test_every_instant_is_in_one_slice(instants: list[float]) -> None:
    assert sum(sliced(instants, min(instants, default=0.0), max(instants, default=0.0))) == len(instants)


def test_the_ends_belong_to_the_first_and_the_last_slice() -> None:
    assert sliced([0, 80], 0, 80) == (1, 0, 0, 0, 0, 0, 0, 1)
    assert sliced([5, 5], 5, 5) == (0, 0, 0, 0, 0, 0, 0, 2)
