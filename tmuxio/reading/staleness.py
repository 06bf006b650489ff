"""Which panes may look different from when they were last read: pure, and never wrong on the side of "unchanged".

tmux keeps no count of a pane's changes. It keeps the second in which anything was last printed in a window, and
everything else that can change a screen shows in the pane's own figures (size, process, death, scrollback). Bytes that
arrive in the second in which a screen was read may have come after it, so that second counts as changed; to compare
with "later than" instead leaves one pane in five stale for good under load.

inotify on the panes' terminals is not asked. It does not see what the kernel echoes, so that the list would be needed
all the same; all that it could spare is the second reading of a screen that printed in the second of its first, which
there is none of where looks are seconds apart; and it sees the panes of this machine alone.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tmuxio.reading.listing import PaneRow


class LastReading(NamedTuple):
    """What is known of a pane whose screen was read. A tuple: one is made of every screen that is read."""

    row: PaneRow
    """Its figures just before."""
    second: int
    """The second, since the epoch, in which the reading began."""
    moved: bool
    """Whether its screen was another than at the reading before: such a one is read once more."""
    ansi: str


def stale(rows: Mapping[str, PaneRow], seen: Mapping[str, LastReading]) -> list[str]:
    """Name the panes whose screens must be read again."""
    return [pane for pane, row in rows.items() if _stale(row, seen.get(pane))]


def _stale(row: PaneRow, last: LastReading | None) -> bool:
    if last is None or last.moved or row.activity >= last.second:
        return True
    return row is not last.row and figures(row) != figures(last.row)


def figures(row: PaneRow) -> tuple[int | bool, ...]:
    """What changes when a screen does so without a byte being printed."""
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
    """Whether the wall clock was set between two readings of (wall, monotonic) seconds: nothing is known then."""
    return abs((now[0] - before[0]) - (now[1] - before[1])) > _DRIFT_S


_DRIFT_S = 0.5
