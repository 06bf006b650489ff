from __future__ import annotations

import pytest
from rows import ROW

from tmuxio.reading.album import Album
from tmuxio.reading.listing import Lasting, Row
from tmuxio.reading.staleness import Seen

SEEN = Seen(ROW, 100, moved=False, ansi="screen")
BELOW, LASTING = ("bash", "claude"), Lasting("/dev/pts/1", "claude")


def test_a_pane_of_which_nothing_changed_has_the_same_record() -> None:
    album = Album()
    first = album.shot(ROW, SEEN, BELOW, LASTING)

    assert album.shot(ROW, SEEN, BELOW, LASTING) is first
    equal = (ROW._replace(), SEEN._replace(), (*BELOW,), LASTING._replace())
    assert album.shot(*equal) is first
    assert (first.ansi, first.processes, first.command, first.title) == ("screen", BELOW, "claude", "t")


def test_whatever_changes_is_in_the_next_record() -> None:
    album = Album()
    album.shot(ROW, SEEN, BELOW, LASTING)

    assert album.shot(ROW._replace(title="other"), SEEN, BELOW, LASTING).title == "other"
    assert album.shot(ROW, SEEN._replace(ansi="new"), BELOW, LASTING).ansi == "new"
    assert album.shot(ROW, SEEN, ("bash",), LASTING).processes == ("bash",)
    assert album.shot(ROW, SEEN, BELOW, Lasting("/dev/pts/1", "vim")).command == "vim"
    assert album.shot(ROW, None, BELOW, LASTING).ansi == ""


@pytest.mark.parametrize("field", Row._fields)
def test_whatever_figure_of_a_pane_changes_its_record_is_that_of_a_new_pane(field: str) -> None:
    was = getattr(ROW, field)
    row = ROW._replace(
        **{field: not was if isinstance(was, bool) else 50 if isinstance(was, int | None) else f"{was}1"}
    )
    album = Album()
    _ = album.shot(ROW, SEEN, BELOW, LASTING).text

    for seen in (SEEN, SEEN._replace(ansi="another screen")):
        made, fresh = album.shot(row, seen, BELOW, LASTING), Album().shot(row, seen, BELOW, LASTING)
        assert (made, made.text) == (fresh, fresh.text)


def test_the_pane_that_is_gone_is_forgotten() -> None:
    album = Album()
    first = album.shot(ROW, SEEN, BELOW, LASTING)

    album.keep_only(())

    assert album.shot(ROW, SEEN, BELOW, LASTING) is not first
