"""`understudy replay --judge --show CLUSTER`: one cluster of a replay, with the screen on which it was seen."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollout.faces.cli.bout_screens import BoutScreens
from rollout.faces.cli.exits import Exit, Stop
from rollout.faces.cli.output import person_looks
from shadow.bout import Bout
from shadow.differences import Difference
from shadow.report import show as in_full
from tmuxio.tapes.tapefile import read_tape
from understudy.screens import PaneShot
from understudy.tapes import TornTape

_WIDTH = 120
"""The width of the output without a terminal."""


@dataclass(frozen=True, slots=True)
class ShownCluster:
    """One difference of a cluster, and the pane as both monitors read it."""

    difference: Difference
    bouts: int
    shot: PaneShot | None
    """None where the difference is a session's, or no tape shows the pane."""

    def as_json(self) -> dict[str, Any]:
        """Return the key that `--show` adds to the JSON of a replay."""
        screen = self.shot and self.shot.text
        example = self.difference.model_dump(mode="json")
        return {
            "shown": {"cluster": self.difference.cluster, "bouts": self.bouts, "example": example, "screen": screen}
        }

    def lines(self) -> Iterator[str]:
        """Print it for an operator."""
        width = shutil.get_terminal_size().columns if person_looks() else _WIDTH
        yield ""
        yield f"{self.difference.cluster} was seen in {self.bouts} bout{'s' if self.bouts != 1 else ''}; one of them:"
        yield in_full(self.difference, self.shot, width=width).rstrip()


def shown_cluster(name: str, bouts: Sequence[Bout], tapes: Sequence[Path]) -> ShownCluster:
    """Find the cluster whose id begins so among the bouts of a replay; raises `Stop` where it is none, or several."""
    prefix = name if name.startswith("d-") else f"d-{name}"
    found: dict[str, list[tuple[Bout, Difference]]] = {}
    for bout in bouts:
        if bout.difference is not None:
            found.setdefault(bout.difference.cluster, []).append((bout, bout.difference))
    matching = sorted(cluster for cluster in found if cluster.startswith(prefix))
    if len(matching) != 1:
        known = ", ".join(matching or sorted(found)) or "none"
        what = "more than one cluster begins with" if matching else "no bout of these tapes has the cluster"
        raise Stop(Exit.USAGE, f"{what} {name}; there are: {known}")
    ours = sorted(found[matching[0]], key=lambda one: one[1].expected is not None)  # first what nothing explains
    folders = [BoutScreens(folder) for folder in dict.fromkeys(path.parent for path in tapes)]
    shots = ((difference, screens.shot(bout)) for bout, difference in ours for screens in folders)
    shown = next(((one, shot) for one, shot in shots if shot is not None), None) or _read_through(ours, tapes)
    return ShownCluster(ours[0][1], len(ours), None) if shown is None else ShownCluster(shown[0], len(ours), shown[1])


def _read_through(
    bouts: Sequence[tuple[Bout, Difference]], tapes: Sequence[Path]
) -> tuple[Difference, PaneShot] | None:
    """Find the pane of any of these bouts on tapes whose names say no instant."""
    for path in tapes:
        try:
            tape = read_tape(path).tape
        except (TornTape, OSError):  # left out of the replay too
            continue
        for bout, difference in bouts:
            shot = tape.frames[-1].by_pane.get(bout.pane or "")
            if shot is not None and bout.began <= tape.at <= (bout.ended or bout.settled_at or bout.began):
                return difference, shot
    return None
