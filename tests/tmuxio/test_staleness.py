"""The screens that must be read again, without a server."""

import pytest
from rows import ROW

from tmuxio.reading.listing import PaneRow
from tmuxio.reading.staleness import LastReading, clock_jumped, stale


def is_stale(row: PaneRow, *, second: int = 100, moved: bool = False) -> bool:
    return stale({"%1": row}, {"%1": LastReading(ROW, second, moved, "screen")}) == ["%1"]


def test_a_pane_that_was_never_read_is_stale() -> None:
    assert stale({"%1": ROW}, {}) == ["%1"]


@pytest.mark.parametrize(("activity", "expected"), [(99, False), (100, True), (101, True)])
def test_output_in_the_very_second_of_the_reading_counts_as_later(activity: int, *, expected: bool) -> None:
    assert is_stale(ROW._replace(activity=activity)) is expected


def test_a_screen_that_moved_is_read_once_more() -> None:
    assert is_stale(ROW, moved=True)
    assert not is_stale(ROW)


@pytest.mark.parametrize(
    "change",
    [
        {"pid": 11}, {"dead": True}, {"width": 79}, {"height": 23}, {"history": 6}, {"alternate": True},
        {"in_mode": True}, {"cursor_x": 1}, {"cursor_y": 1},
    ],
)  # fmt: skip
def test_every_figure_that_changes_with_a_screen_makes_it_stale(change: dict[str, int | bool]) -> None:
    assert is_stale(ROW._replace(**change))  # type: ignore[arg-type]


def test_names_that_change_need_no_new_screen() -> None:
    assert not is_stale(ROW._replace(session="other", window="other", title="other", command="other"))


def test_a_wall_clock_that_was_set_is_noticed() -> None:
    assert clock_jumped((1000.0, 5.0), (995.0, 10.0))
    assert clock_jumped((1000.0, 5.0), (1020.0, 10.0))
    assert not clock_jumped((1000.0, 5.0), (1005.1, 10.0))
