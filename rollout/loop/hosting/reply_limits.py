"""The bounds of one reply, by how many panes its monitor was shown. Pure.

The harness compares, judges, redacts and keeps everything that a reply holds, in the cycle of both monitors. What is
within these bounds costs the other monitor's cycle little; more is a failure of the monitor that sent it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue
from pydantic_core import to_json

from understudy.intents import PauseSession
from understudy.report import CycleReport
from understudy.wire import Reply

SPARE_PANES: Final = 64
"""Panes beyond those shown that a report may speak of: some were opened or closed since."""
MANY_PANES: Final = 1000
"""How many panes are allowed for where nothing says how many there are."""
LONGEST_TEXT: Final = 1 << 16
"""Characters of one text of a report; a row of the widest terminal has 10,000 cells."""
MOST_LINES: Final = 500
"""Lines behind one verdict: more than a screen has."""
MOST_FIGURES: Final = 256
DEEPEST: Final = 64
"""Levels of lists and objects in a memory; a request is nested deeper, and no parser reads more than 200."""
LONGEST_PAUSE_S: Final = 24 * 3600.0
_FIRST_INSTANT: Final = -6.2e10
_LAST_INSTANT: Final = 2.5e11
"""Instants, in seconds since the epoch, that can be written as a date: the years 6 to 9891."""
_LARGEST: Final = 1 << 63
"""Whole numbers below this can be kept by any database."""


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """How much one reply may hold. Bytes and counts."""

    reply_bytes: int
    report_bytes: int
    memory_bytes: int
    panes: int
    """How many panes it may speak of."""

    @classmethod
    def of(cls, panes: int | None) -> "ReplyLimits":
        """Return the limits for so many panes; `modular` needs about 700 bytes of report and 500 of memory a pane."""
        shown = MANY_PANES if panes is None else panes
        return cls(
            reply_bytes=(1 << 20) + shown * (32 << 10),
            report_bytes=(32 << 10) + shown * (8 << 10),
            memory_bytes=(512 << 10) + shown * (16 << 10),
            panes=shown + SPARE_PANES,
        )

    @property
    def entries(self) -> int:
        """How many intents, and how many problems: a few for each pane."""
        return 4 * self.panes


def excess(reply: Reply, size: int, limits: ReplyLimits) -> str:
    """Say which limit a reply of `size` bytes exceeds, as a sentence; "" for none."""
    if too_deep(reply.memory):
        return f"its memory is nested deeper than {DEEPEST} levels"
    if reply.report is None:
        return ""
    found = _too_many(reply.report, limits) or _out_of_range(reply.report)
    if not found and size > LONGEST_TEXT:  # a text that is too long would not fit into fewer bytes
        found = _too_long(reply.report)
    return found


def too_large(reply: Reply, size: int, limits: ReplyLimits) -> str:
    """Say that the memory or the report in a reply of `size` bytes is too large; "" where neither is."""
    if size <= limits.report_bytes:
        return ""
    sizes = (
        ("memory", len(to_json(reply.memory)), limits.memory_bytes),
        ("report", len(reply.report.model_dump_json()) if reply.report else 0, limits.report_bytes),
    )
    shown = limits.panes - SPARE_PANES
    too_many = (one for one in sizes if one[1] > one[2])
    return next(
        (f"its {name} has {has} bytes; the most for {shown} panes is {most}" for name, has, most in too_many), ""
    )


def too_deep(value: JsonValue) -> bool:
    """Whether lists and objects are nested deeper than `DEEPEST` levels."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, list | dict)
        ]
        if not level:
            return False
    return True


def _too_many(report: CycleReport, limits: ReplyLimits) -> str:
    most_lines = max((len(verdict.why.lines) for verdict in report.verdicts.values()), default=0)
    counts = (
        (len(report.verdicts), limits.panes, "verdicts"),
        (len(report.intents), limits.entries, "intents"),
        (len(report.problems), limits.entries, "problems"),
        (len(report.figures), MOST_FIGURES, "figures"),
        (most_lines, MOST_LINES, "lines behind one verdict"),
    )
    return next((f"its report has {has} {kind}; the most is {most}" for has, most, kind in counts if has > most), "")


def _out_of_range(report: CycleReport) -> str:
    if not 0 <= report.pause_s <= LONGEST_PAUSE_S:
        return f"it asks for a pause of {report.pause_s:g} s; the most is {LONGEST_PAUSE_S:g} s"
    for name, value in (("wall_s", report.wall_s), ("cpu_s", report.cpu_s), ("waited_s", report.waited_s)):
        if not 0 <= value < _LAST_INSTANT:
            return f"its report says {value:g} for {name}, which is no duration"
    for instant in _instants(report):
        if not _FIRST_INSTANT < instant < _LAST_INSTANT:
            return f"its report holds the instant {instant:g}, which is no date"
    for number in _numbers(report):
        if not -_LARGEST < number < _LARGEST:
            return "its report holds a whole number of more than 64 bits"
    return ""


def _instants(report: CycleReport) -> Iterator[float]:
    for verdict in report.verdicts.values():
        yield verdict.since
    for intent in report.intents:
        yield intent.at
        if intent.valid_until is not None:
            yield intent.valid_until
        if isinstance(intent, PauseSession):
            yield intent.until


def _numbers(report: CycleReport) -> Iterator[int]:
    for verdict in report.verdicts.values():
        yield verdict.pid
        yield verdict.window_index
    for intent in report.intents:
        yield intent.ordinal
        yield intent.pid or 0
        yield getattr(intent, "window_index", 0) or 0


def _too_long(report: CycleReport) -> str:
    longest = max(map(len, _texts(report.model_dump(exclude_defaults=True))), default=0)
    if longest <= LONGEST_TEXT:
        return ""
    return f"its report holds a text of {longest} characters; the most is {LONGEST_TEXT}"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
