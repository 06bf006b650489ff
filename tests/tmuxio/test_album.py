from __future__ import annotations

from tmuxio.reading.album import Album
from tmuxio.reading.listing import Lasting, Row
from tmuxio.reading.staleness import Seen

ROW = Row(
    pane="%1",
    session_id="$0",
    window_id="@0",
    session_created=1,
    window_index=0,
    window_panes=1,
    active=True,
    pid=7,
    width=80,
    height=24,
    cursor_x=0,
    cursor_y=0,
    dead=False,
    alternate=False,
    in_mode=False,
    history=0,
    activity=100,
    session="s",
    window="w",
    title="t",
    command="",
    tty="",
)
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


def test_the_pane_that_is_gone_is_forgotten() -> None:
    album = Album()
    first = album.shot(ROW, SEEN, BELOW, LASTING)

    album.keep_only(())

    assert album.shot(ROW, SEEN, BELOW, LASTING) is not first
