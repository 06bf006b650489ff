"""Screens as a page shows them: rows of runs with their classes, and marks on the lines that made a rule fire."""

from dataclasses import dataclass
from typing import Final

from shadow.differences import Difference
from shadow.report.page.ansi import Row, rows_of
from shadow.report.page.palette import Palette
from shadow.report.scene import ClusterScene, Still
from shadow.report.show import marks
from understudy.screens import PaneShot, plain

_KINDS: Final = {(False, False): "", (True, False): "ours", (False, True): "theirs", (True, True): "both"}
_SIGNS: Final = {"": "", "ours": "I", "theirs": "C", "both": "IC"}


@dataclass(frozen=True, slots=True)
class ScreenLine:
    """One row of a screen."""

    runs: tuple[tuple[str, str], ...]
    """Text and class."""
    kind: str
    """Whose verdict it made fire: `ours`, `theirs`, `both` or nobody's."""

    @property
    def sign(self) -> str:
        """The same for those who do not see colours."""
        return _SIGNS[self.kind]


@dataclass(frozen=True, slots=True)
class Picture:
    """One screen."""

    caption: str
    lines: tuple[ScreenLine, ...]
    left_out: int
    """Rows more than are shown."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The screen that was judged, and those near by."""

    judged: Picture
    near: tuple[Picture, ...]
    size: str
    title: str


def strip(scene: ClusterScene, palette: Palette) -> Strip:
    """Draw a scene."""
    shot = scene.shot
    return Strip(
        judged=_picture("what both saw", shot, palette, scene.difference),
        near=tuple(_picture(_when(still), still.shot, palette, None) for still in scene.neighbours),
        size=f"{shot.width} x {shot.height}",
        title=shot.title,
    )


def _when(still: Still) -> str:
    return f"{abs(still.offset_s):.1f} s {'before' if still.offset_s < 0 else 'after'}"


def _picture(caption: str, shot: PaneShot, palette: Palette, difference: Difference | None) -> Picture:
    rows, left_out = rows_of(shot.ansi)
    texts = [plain(line) for line in shot.ansi.split("\n")[: len(rows)]]
    kinds = [_KINDS[mark] for mark in marks(difference, texts)] if difference else [""] * len(rows)
    lines = tuple(ScreenLine(_runs(row, palette), kind) for row, kind in zip(rows, kinds, strict=True))
    return Picture(caption, lines, left_out)


def _runs(row: Row, palette: Palette) -> tuple[tuple[str, str], ...]:
    return tuple((run.text, palette.name(run.look)) for run in row)
