"""The recorded fleet trial: its tapes as two monitors saw them, and the truth beside them."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from legacy.monitor import LegacyMonitor
from modular.service import MonitorService
from shadow.referee.book import RefereeBook, RefereeLook, advance, finish
from shadow.rules import Windows
from tmuxio.sources.tapes import TapeClock, TapeSource
from tmuxio.tapes.tapefile import read_tape
from understudy.outcomes import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shadow.referee.records import ScoredSpell
    from understudy import AgentState, CycleReport, Tape

TRIAL: Final = Path(__file__).resolve().parents[1] / "data" / "fleet-trial"
MARGIN_S: Final = 1.0
"""Looks nearer to the end of an interval of the truth are not judged."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What an agent truly did for a while."""

    agent: str
    label: str
    ok: frozenset[str]
    start: float
    end: float
    note: str


@dataclass(frozen=True, slots=True)
class Watched:
    """One tape, with what both monitors said of it."""

    tape: Tape
    incumbent: CycleReport
    candidate: CycleReport


class Truth:
    """What the panes truly did, by pane and instant."""

    def __init__(self, path: Path = TRIAL / "truth.jsonl") -> None:
        self._rows: dict[str, list[Interval]] = defaultdict(list)
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["label"] is not None and not row.get("withdrawn"):
                self._rows[row["pane_id"]].append(
                    Interval(
                        row["agent"],
                        row["label"],
                        frozenset(row["ok_labels"]),
                        row["t_start"],
                        row["t_end"],
                        row["note"],
                    )
                )
        for rows in self._rows.values():
            rows.sort(key=lambda row: row.start)

    def at(self, pane: str, instant: float) -> Interval | None:
        """Return the interval that holds at an instant; None where none does, or it is near one of its ends."""
        rows = self._rows.get(pane, [])
        place = bisect_right(rows, instant, key=lambda row: row.start) - 1
        if place < 0:
            return None
        row = rows[place]
        return row if row.start + MARGIN_S <= instant <= row.end - MARGIN_S else None


@cache
def analysis(folder: Path = TRIAL / "tapes") -> tuple[Watched, ...]:
    """Return the whole trial, watched by `legacy` as the incumbent and `modular` as the candidate."""
    return tuple(_watched(read_tape(path).tape for path in sorted(folder.glob("*.tape.gz"))))


def _watched(tapes: Iterable[Tape]) -> Iterator[Watched]:
    incumbent, candidate = LegacyMonitor(), MonitorService()
    for tape in tapes:
        source, clock = TapeSource(tape), TapeClock(tape)
        ours = incumbent.cycle(tape.id, source, clock, EVERYTHING, ())
        theirs = candidate.cycle(tape.id, TapeSource(tape), TapeClock(tape), EVERYTHING, ())
        yield Watched(tape, ours, theirs)


def spells_of(
    watched: Iterable[Watched], seen: Callable[[Watched], tuple[CycleReport, CycleReport]] | None = None
) -> list[ScoredSpell]:
    """Return the spells of a watch in the order in which they are scored; `seen` chooses the two reports."""
    book, windows = RefereeBook(), Windows()
    found: list[ScoredSpell] = []
    for one in watched:
        incumbent, candidate = seen(one) if seen is not None else (one.incumbent, one.candidate)
        book, spells = advance(book, RefereeLook(one.tape, incumbent, candidate), windows)
        found += spells
    return [*found, *finish(book, windows)]


def calling(report: CycleReport, wrongly: Callable[[str, AgentState], AgentState | None]) -> CycleReport:
    """Return a report in which some verdicts are others: `wrongly` says which, or None where it stays."""
    verdicts = {
        pane: verdict.model_copy(update={"state": state}) if (state := wrongly(pane, verdict.state)) else verdict
        for pane, verdict in report.verdicts.items()
    }
    return report.model_copy(update={"verdicts": verdicts})
