"""What a cluster looked like: one of its differences with the pane's screen, and the screens before and after."""

from shadow.differences import Difference
from understudy.record import Record
from understudy.screens import PaneShot


class Still(Record):
    """One screen near the one that was judged."""

    offset_s: float
    """From the judged screen; below zero: before it."""
    shot: PaneShot


class ClusterScene(Record):
    """One difference of a cluster, with what both monitors saw."""

    difference: Difference
    shot: PaneShot
    """The last frame of the tape: the one that was judged."""
    neighbours: tuple[Still, ...] = ()
    """Other frames of the tape, and the tapes next to it; only screens unlike their predecessor; oldest first."""
