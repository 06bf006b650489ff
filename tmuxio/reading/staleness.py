"""The panes whose screens may have changed since they were last read. Pure; never reports a changed one as unchanged.

tmux keeps no count of a pane's changes. It keeps the second in which anything was last printed in a window, and
everything else that can change a screen shows in the pane's own figures (size, process, death, scrollback). Bytes that
arrive in the second in which a screen was read may have come after it, so that second counts as changed; to compare
with "later than" instead leaves one pane in five stale for good under load.

inotify on the panes' terminals is not used. It does not see the kernel's echo, so that the list would be needed all
the same; it could only save the second reading of a screen that printed in the second of its first, and looks that are
seconds apart have no such reading; and it sees the panes of this machine alone.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tmuxio.reading.listing import PaneRow


class LastReading(NamedTuple):
    """The last reading of a pane. A tuple: one is made of every screen that is read."""

    row: PaneRow
    """Its figures just before."""
    second: int
    """The second, since the epoch, in which the reading began."""
    moved: bool
    """True if its screen differed from the reading before: such a screen is read once more."""
    ansi: str


def stale(rows: Mapping[str, PaneRow], seen: Mapping[str, LastReading]) -> list[str]:
    """Name the panes whose screens must be read again."""
    return [pane for pane, row in rows.items() if _stale(row, seen.get(pane))]


def _stale(row: PaneRow, last: LastReading | None) -> bool:
    if last is None or last.moved or row.activity >= last.second:
        return True
    return row is not last.row and figures(row) != figures(last.row)


def figures(row: PaneRow) -> tuple[int | bool, ...]:
    """Return the figures that change when a screen does so without a byte being printed."""
    return (
        row.pid,
        row.dead,
        row.width,
        row.height,
        row.history,
        row.alternate,
        row.in_mode,
        row.cursor_x,
        row.cursor_y,
    )


def clock_jumped(before: tuple[float, float], now: tuple[float, float]) -> bool:
    """Return whether the wall clock was set between two readings of (wall, monotonic) seconds: then all are stale."""
    return abs((now[0] - before[0]) - (now[1] - before[1])) > _DRIFT_S


_DRIFT_S = 0.5
