"""Scenes for the report: of a cluster, one difference whose tape is kept, with the screens before and after."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from rollout.faces.cli.reading import ServerData
from rollout.loop.cycle_result import cycle_name
from rollout.loop.tape_store import SUFFIX
from shadow.bout import Bout
from shadow.clusters import Cluster
from shadow.differences import Difference
from shadow.report import ClusterScene, Still, waits
from tmuxio.tapes.tapefile import read_tape
from understudy.screens import PaneShot, Tape
from understudy.tapes import TornTape

MOST_SCENES: Final = 60
"""Clusters, those that wait for a person and the gravest first, of which the screens are read."""
SIZED: Final = 30
"""Tapes, the newest ones, whose panes are measured."""
_TRIED: Final = 50
"""Differences of a cluster, the newest ones, of which one is wanted whose tape is kept."""
_NEIGHBOURS: Final = 4
_NEAR_S: Final = 600.0
"""Seconds beyond which a screen no longer counts as the one before or after."""
_SHOOTING_S: Final = 3.0
"""A cycle begins so long before its tape is whole, at most."""
_AT_HAND: Final = 16


def scenes(found: ServerData, clusters: Iterable[Cluster]) -> dict[str, ClusterScene]:
    """Find scenes by cluster id; a cluster without one lost its tapes, or is about a whole session."""
    if found.ledger is None:
        return {}
    tape_store = _TapeFolder(found.folder.tapes)
    chosen = sorted(clusters, key=lambda cluster: not waits(cluster))[:MOST_SCENES]
    return {cluster.id: scene for cluster in chosen if (scene := _scene(found, tape_store, cluster)) is not None}


def sizes_on(folder: Path) -> tuple[dict[tuple[int, int], int], int]:
    """Count the panes by columns and rows on the newest tapes; returns the counts, and how many tapes those were."""
    tape_store, panes, tapes = _TapeFolder(folder), dict[tuple[str, int], tuple[int, int]](), 0
    for cycle in tape_store.cycles[-SIZED:]:
        if (tape := tape_store.tape(cycle)) is not None:
            tapes += 1
            panes.update({(shot.pane, shot.pid): (shot.width, shot.height) for shot in tape.frames[-1].panes})
    return dict(Counter(panes.values())), tapes


class _TapeFolder:
    """The kept tapes by cycle; the last few that were read are cached."""

    def __init__(self, folder: Path) -> None:
        self._paths = {_cycle(path): path for path in sorted(folder.glob(f"*{SUFFIX}"))}
        self.cycles = list(self._paths)
        self._place = {cycle: number for number, cycle in enumerate(self.cycles)}
        self.tape = lru_cache(maxsize=_AT_HAND)(self._tape)

    def _tape(self, cycle: str) -> Tape | None:
        """The tape of a cycle; None where it is kept no longer, or cannot be read."""
        try:
            return read_tape(self._paths[cycle]).tape if cycle in self._paths else None
        except (TornTape, OSError):  # one that is just being written, taken away or edited: another does as well
            return None

    def between(self, first: str, last: str) -> list[str]:
        """The cycles with a tape from one instant to another, as names have it, the newest first."""
        return self.cycles[bisect_left(self.cycles, first) : bisect_right(self.cycles, last)][::-1]

    def beside(self, cycle: str) -> list[Tape]:
        """The tapes just before and after."""
        place = self._place[cycle]
        names = [*self.cycles[max(0, place - 1) : place], *self.cycles[place + 1 : place + 2]]
        return [tape for name in names if (tape := self.tape(name)) is not None]


def _cycle(path: Path) -> str:
    """Return the id of a tape's cycle: its name without the mark of the tape store."""
    stem = path.name.removesuffix(SUFFIX)
    head, dash, mark = stem.rpartition("-")
    return head if dash and mark.isalpha() else stem


def _scene(found: ServerData, tape_store: _TapeFolder, cluster: Cluster) -> ClusterScene | None:
    for cycle, difference in _seen(found, tape_store, cluster):
        tape = tape_store.tape(cycle)
        shot = tape.frames[-1].by_pane.get(difference.pane or "") if tape is not None else None
        if tape is not None and shot is not None and shot.pid == difference.pid and not shot.vanished:
            return ClusterScene(
                difference=difference, shot=shot, neighbours=_neighbours(tape, tape_store.beside(cycle), shot)
            )
    return None


def _seen(found: ServerData, tape_store: _TapeFolder, cluster: Cluster) -> Iterator[tuple[str, Difference]]:
    """Return the cycles in which a cluster was seen, and how: cycle by cycle, and else during its bouts.

    A bout takes up what came a little earlier or later; what it differs in need not have been so in any one cycle.
    """
    if found.ledger is None or cluster.example.pane is None:
        return
    for row in found.ledger.differences(cluster=cluster.id, limit=_TRIED):
        yield row.cycle, Difference.model_validate_json(row.body)
    for bout in (Bout.model_validate_json(row.body) for row in found.ledger.newest_bouts(cluster.id, _TRIED)):
        if bout.difference is not None and bout.ended is not None:
            for cycle in tape_store.between(cycle_name(bout.began - _SHOOTING_S), cycle_name(bout.ended)):
                yield cycle, bout.difference


def _neighbours(tape: Tape, beside: Iterable[Tape], shot: PaneShot) -> tuple[Still, ...]:
    """The other screens of the same process near by, as far as each is unlike the one before it."""
    others = (frame for other in beside for frame in other.frames if abs(frame.at - tape.at) <= _NEAR_S)
    frames = sorted((*tape.frames, *others), key=lambda frame: frame.at)
    stills: list[Still] = []
    last: str | None = None
    for frame in frames:
        other = frame.by_pane.get(shot.pane)
        if other is None or other.pid != shot.pid or other.vanished:
            continue
        if other.ansi != last and frame.at != tape.at and other.ansi != shot.ansi:
            stills.append(Still(offset_s=round(frame.at - tape.at, 3), shot=other))
        last = other.ansi
    before, after = [s for s in stills if s.offset_s < 0], [s for s in stills if s.offset_s > 0]
    half = _NEIGHBOURS // 2
    return (*before[-half:], *after[:half])
