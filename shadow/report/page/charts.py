"""Charts as figures of a drawing: what is where, in units of the drawing; the template draws them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shadow.report import formatting
from shadow.report.balance import Balance, BoutPlace
from shadow.report.record import Move
from shadow.report.speeds import Speed
from shadow.report.timeline import Timeline

WIDTH: Final = 440
HEIGHT: Final = 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 14, 22
_STACK: Final = (BoutPlace.YOURS, BoutPlace.AGAINST, BoutPlace.FOR, BoutPlace.KNOWN)
"""From the ground up: what matters most stands on the axis, where heights can be compared."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with its class and what it says."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis with its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A line with its class; `points` as SVG writes them."""

    points: str
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `WIDTH` by `HEIGHT` units."""

    boxes: tuple[Box, ...] = ()
    curves: tuple[Curve, ...] = ()
    rows: tuple[Tick, ...] = ()
    """On the axis that goes up."""
    columns: tuple[Tick, ...] = ()
    """On the axis of time."""
    moves: tuple[Tick, ...] = ()
    """Changes of the stage."""

    @property
    def ground(self) -> float:
        """Where the axis of time lies."""
        return HEIGHT - _BOTTOM


def shares(balance: Balance) -> tuple[Box, ...]:
    """One bar of a hundred units, by who was right."""
    boxes, x = list[Box](), 0.0
    for place in reversed(_STACK):
        if count := balance.of(place):
            width = round(100 * count / balance.total, 3)
            boxes.append(Box(x, 0, width, 10, place.value, f"{count:,} {PLACES[place]}"))
            x = round(x + width, 3)
    return tuple(boxes)


PLACES: Final = {
    BoutPlace.KNOWN: "known",
    BoutPlace.FOR: "settled for the candidate",
    BoutPlace.AGAINST: "settled against the candidate",
    BoutPlace.YOURS: "need you",
}


def over_time(line: Timeline, moves: Iterable[Move]) -> Chart | None:
    """Bars of the bouts that differ, a slice of time each; None where none differs."""
    highest = max((one.balance.total for one in line.slices), default=0)
    if not highest:
        return None
    top, step = _round_up(highest), (WIDTH - _LEFT - _RIGHT) / len(line.slices)
    boxes = [box for number, one in enumerate(line.slices) for box in _bar(one.balance, number, step, top, one.at)]
    first, last = line.slices[0].at, line.slices[-1].at + line.step_s

    def place(at: float) -> float:
        return round(_LEFT + (at - first) / (last - first) * (WIDTH - _LEFT - _RIGHT), 2)

    return Chart(
        boxes=tuple(boxes),
        rows=_heights(top, lambda value: f"{value:,.0f}"),
        columns=_ends(first, last),
        moves=tuple(Tick(place(move.at), move.after) for move in moves if first <= move.at <= last),
    )


def cycle_times(speeds: Sequence[Speed]) -> Chart | None:
    """A line of medians for each monitor; None before the first cycle."""
    points = [point for speed in speeds for point in speed.points]
    if not points:
        return None
    first, last = min(point.at for point in points), max(point.at for point in points)
    top = max(max(point.median_s for point in points) * 1.15, 0.001)
    wide = max(last - first, 1e-9)
    curves = []
    for speed in speeds:
        pairs = [
            (_LEFT + (point.at - first) / wide * (WIDTH - _LEFT - _RIGHT), _height(point.median_s, top))
            for point in speed.points
        ]
        curves.append(Curve(" ".join(f"{x:.1f},{y:.1f}" for x, y in pairs), speed.role))
    return Chart(curves=tuple(curves), rows=_heights(top, _seconds), columns=_ends(first, last))


def spark(trend: Sequence[int]) -> tuple[Box, ...]:
    """Small bars, one a slice of time, in a drawing of 80 by 16."""
    highest = max(trend, default=0)
    if not highest:
        return ()
    step, width = 80 / len(trend), round(max(80 / len(trend) - 0.5, 0.5), 2)
    heights = [round(16 * count / highest, 2) for count in trend]
    return tuple(Box(round(n * step, 2), 16 - height, width, height, "") for n, height in enumerate(heights) if height)


def _bar(balance: Balance, number: int, step: float, top: float, at: float) -> Iterable[Box]:
    ground = float(HEIGHT - _BOTTOM)
    for place in _STACK:
        if count := balance.of(place):
            tall = count / top * (HEIGHT - _TOP - _BOTTOM)
            ground -= tall
            x, width = round(_LEFT + number * step + step * 0.1, 2), round(max(step * 0.8, 0.5), 2)
            says = f"{formatting.clock(at)}: {count:,} {PLACES[place]}"
            yield Box(x, round(ground, 2), width, round(tall, 2), place.value, says)


def _heights(top: float, say: Callable[[float], str]) -> tuple[Tick, ...]:
    return tuple(Tick(_height(value, top), say(value)) for value in (0.0, top / 2, top))


def _height(value: float, top: float) -> float:
    return round(HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM), 2)


def _ends(first: float, last: float) -> tuple[Tick, ...]:
    same_day = formatting.clock(first)[:10] == formatting.clock(last)[:10]
    part = slice(11, 19) if same_day else slice(5, 16)
    return Tick(_LEFT, formatting.clock(first)[part]), Tick(WIDTH - _RIGHT, formatting.clock(last)[part])


def _round_up(count: int) -> float:
    """The next of 2, 4, 10, 20, 40, 100..., so that half of it is a number too."""
    size = 1
    while True:
        for factor in (2, 4, 10):
            if count <= factor * size:
                return float(factor * size)
        size *= 10


def _seconds(value: float) -> str:
    return f"{value:.2g} s" if value else "0"
