"""The accuracy of a monitor on the tapes of a recorded fleet: one sample per pane and tape, at the tape's last frame.

The truth of a pane's interval comes from what the driver did and the model server saw, never from the screen. A sample
counts if it lies at least a second inside an interval that has a label and was not withdrawn.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tmuxio.sources.tapes import TapeClock, TapeSource
from tmuxio.tapes.tapefile import read_tape
from understudy.outcomes import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from understudy import AgentVerdict, Monitor, Problem, ScreenSource, Tape

TRIAL: Final = Path(__file__).resolve().parents[1] / "data" / "fleet-trial"
MARGIN_S: Final = 1.0
AT_LEAST: Final = 0.993
"""The share of the samples that must be right."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The true state of a pane's agent from one instant to another, in seconds since the epoch."""

    agent: str
    label: str
    ok_labels: tuple[str, ...]
    note: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A monitor's state for one pane on one tape, and the true one."""

    tape: str
    at: float
    pane: str
    truth: Interval
    said: str
    rule: str
    lines: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Return whether the monitor said one of the states that hold."""
        return self.said in self.truth.ok_labels

    @property
    def costly(self) -> bool:
        """Return whether acting on the state would do harm: work that is interrupted, a question that is not seen."""
        if self.right:
            return False
        return self.truth.label == "waiting_approval" or (
            self.truth.label == "busy" and self.said in {"idle", "crashed"}
        )


@dataclass(slots=True)
class Accuracy:
    """All samples of a trial, and what the monitor reported beside its verdicts."""

    samples: list[Sample] = field(default_factory=list)
    problems: list[tuple[float, Problem]] = field(default_factory=list)

    @property
    def right(self) -> float:
        """The share of right samples."""
        return sum(sample.right for sample in self.samples) / len(self.samples)

    @property
    def wrong(self) -> list[Sample]:
        """The samples that are not right."""
        return [sample for sample in self.samples if not sample.right]

    @property
    def costly(self) -> list[Sample]:
        """The samples whose error is costly."""
        return [sample for sample in self.samples if sample.costly]


class Truth:
    """The labelled intervals of every pane."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        by_pane = defaultdict[str, list[Interval]](list)
        for row in rows:
            if row["label"] is not None and not row.get("withdrawn"):
                by_pane[row["pane_id"]].append(
                    Interval(
                        row["agent"],
                        row["label"],
                        tuple(row["ok_labels"]),
                        row["note"],
                        row["t_start"],
                        row["t_end"],
                    )
                )
        self._by_pane = {pane: sorted(some, key=lambda one: one.start) for pane, some in by_pane.items()}
        self._starts = {pane: [one.start for one in some] for pane, some in self._by_pane.items()}

    def at(self, pane: str, instant: float) -> Interval | None:
        """Find the interval that holds at an instant, a second away from both its ends."""
        place = bisect_right(self._starts.get(pane, []), instant) - 1
        if place < 0:
            return None
        found = self._by_pane[pane][place]
        return found if found.start + MARGIN_S <= instant <= found.end - MARGIN_S else None


def jsonl(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def tapes(folder: Path) -> Iterator[Tape]:
    """Read the tapes of a folder in the order in which they were recorded."""
    for path in sorted(folder.glob("*.tape.gz")):
        yield read_tape(path).tape


def accuracy(monitor: Monitor[ScreenSource], shown: Iterable[Tape], truth: Truth) -> Accuracy:
    """Run a monitor over consecutive tapes, with its memory of the earlier ones, and score its verdicts."""
    found = Accuracy()
    for tape in shown:
        report = monitor.cycle(tape.id, TapeSource(tape), TapeClock(tape), EVERYTHING, ())
        found.problems += [(tape.at, problem) for problem in report.problems]
        for shot in tape.frames[-1].panes:
            if (interval := truth.at(shot.pane, tape.at)) is not None:
                verdict = report.verdicts.get(shot.pane)
                found.samples.append(_sample(tape, shot.pane, interval, verdict))
    return found


def _sample(tape: Tape, pane: str, interval: Interval, verdict: AgentVerdict | None) -> Sample:
    said = ("not_seen", "", ()) if verdict is None else (verdict.state.value, verdict.why.rule, verdict.why.lines)
    return Sample(tape.id, tape.at, pane, interval, *said)


def table(found: Accuracy) -> str:
    """Say how many samples were right, by CLI and by true state, and every confusion with its rule."""
    rows = [("", "samples", "right", "")]
    for title, key in (("CLI", _agent), ("true state", _label)):
        counted, right = Counter(map(key, found.samples)), Counter(map(key, (s for s in found.samples if s.right)))
        rows += [
            (f"{title} {name}", str(n), str(right[name]), f"{right[name] / n:.1%}")
            for name, n in sorted(counted.items())
        ]
    total = len(found.samples)
    rows.append(("all", str(total), str(total - len(found.wrong)), f"{found.right:.2%}"))
    lines = [_row(row) for row in rows]
    if found.wrong:
        lines += ["", "wrong:"]
        lines += [f"{count:5}  {said}" for said, count in Counter(map(_confusion, found.wrong)).most_common()]
    lines += ["", f"costly: {len(found.costly)}"]
    return "\n".join(lines)


def _agent(sample: Sample) -> str:
    return sample.truth.agent


def _label(sample: Sample) -> str:
    return sample.truth.label


def _confusion(sample: Sample) -> str:
    mark = " COSTLY" if sample.costly else ""
    return (
        f"{sample.truth.agent}: {sample.truth.label} called {sample.said} by {sample.rule} ({sample.truth.note}){mark}"
    )


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:32}" + "".join(f"{cell:>9}" for cell in cells[1:])
