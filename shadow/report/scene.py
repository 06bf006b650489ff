"""The screens of a cluster: one of its differences with the pane's screen, and the screens before and after."""

from shadow.differences import Difference
from understudy.record import Record
from understudy.screens import PaneShot


class Still(Record):
    """One screen near the judged screen."""

    offset_s: float
    """Seconds from the judged screen; negative: before it."""
    shot: PaneShot


class ClusterScene(Record):
    """One difference of a cluster, with the screens that both monitors read."""

    difference: Difference
    shot: PaneShot
    """The last frame of the tape: the judged one."""
    neighbours: tuple[Still, ...] = ()
    """Other frames of the tape and of the tapes next to it, without repeated screens; oldest first."""
