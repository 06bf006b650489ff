from __future__ import annotations

import pytest
from rows import ROW

from tmuxio.reading.listing import Lasting, PaneRow
from tmuxio.reading.pane_cache import PaneCache
from tmuxio.reading.staleness import LastReading

SEEN = LastReading(ROW, 100, moved=False, ansi="screen")
BELOW, LASTING = ("bash", "claude"), Lasting("/dev/pts/1", "claude")


def test_a_pane_of_which_nothing_changed_has_the_same_record() -> None:
    pane_cache = PaneCache()
    first = pane_cache.shot(ROW, SEEN, BELOW, LASTING)

    assert pane_cache.shot(ROW, SEEN, BELOW, LASTING) is first
    equal = (ROW._replace(), SEEN._replace(), (*BELOW,), LASTING._replace())
    assert pane_cache.shot(*equal) is first
    assert (first.ansi, first.processes, first.command, first.title) == ("screen", BELOW, "claude", "t")


def test_whatever_changes_is_in_the_next_record() -> None:
    pane_cache = PaneCache()
    pane_cache.shot(ROW, SEEN, BELOW, LASTING)

    assert pane_cache.shot(ROW._replace(title="other"), SEEN, BELOW, LASTING).title == "other"
    assert pane_cache.shot(ROW, SEEN._replace(ansi="new"), BELOW, LASTING).ansi == "new"
    assert pane_cache.shot(ROW, SEEN, ("bash",), LASTING).processes == ("bash",)
    assert pane_cache.shot(ROW, SEEN, BELOW, Lasting("/dev/pts/1", "vim")).command == "vim"
    assert pane_cache.shot(ROW, None, BELOW, LASTING).ansi == ""


@pytest.mark.parametrize("field", PaneRow._fields)
def test_whatever_figure_of_a_pane_changes_its_record_is_that_of_a_new_pane(field: str) -> None:
    was = getattr(ROW, field)
    row = ROW._replace(
        **{field: not was if isinstance(was, bool) else 50 if isinstance(was, int | None) else f"{was}1"}
    )
    pane_cache = PaneCache()
    _ = pane_cache.shot(ROW, SEEN, BELOW, LASTING).text

    for seen in (SEEN, SEEN._replace(ansi="another screen")):
        made, fresh = pane_cache.shot(row, seen, BELOW, LASTING), PaneCache().shot(row, seen, BELOW, LASTING)
        assert (made, made.text) == (fresh, fresh.text)


def test_the_pane_that_is_gone_is_forgotten() -> None:
    pane_cache = PaneCache()
    first = pane_cache.shot(ROW, SEEN, BELOW, LASTING)

    pane_cache.keep_only(())

    assert pane_cache.shot(ROW, SEEN, BELOW, LASTING) is not first
