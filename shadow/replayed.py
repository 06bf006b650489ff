"""The result of a replay: how often two monitors agree on kept tapes, how they differ, and which was right."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shadow.bout import Bout
from shadow.bouts import BoutBook, ComparedLook, advance
from shadow.compare import Register, compare
from shadow.differences import Difference, Severity
from shadow.labels import Label, Right
from shadow.rules import BoutRules
from understudy.record import Record
from understudy.report import CycleReport
from understudy.screens import Tape

_GAP_S: Final = 90.0
"""Tapes further apart are not one watch: no frame shows the time in between."""
_RULES: Final = BoutRules()

Known = Callable[[Bout], Label | None]
"""Returns the label of a bout that is known already, such as from the bouts of the live cycles."""


class ReplayedCluster(Record):
    """All single differences of a replay with one fingerprint."""

    id: str
    severity: Severity
    """The gravest of its differences."""
    looks: int
    """Number of times it was seen: once a tape and subject."""
    agents: int
    expected: str | None
    new: bool | None
    """It was not there before; None without a baseline."""
    comparable: bool
    """For an action: both monitors had the memory that they would have had, at least once."""
    example: Difference


class ReplayResult(Record):
    """All of a replay."""

    tapes: int
    agents: int
    """Agents seen, once a tape."""
    frames: int
    """Agents times the frames of their tapes: what a speed is counted in."""
    agreeing: int
    """Agents seen about which both monitors report the same, except details."""
    bouts: int
    differing_bouts: int
    rights: dict[Right, int]
    """Labelled differing bouts by which monitor was right."""
    clusters: tuple[ReplayedCluster, ...]
    vanished: tuple[str, ...]
    """Clusters of the baseline that did not occur."""

    @property
    def agreement(self) -> float | None:
        """The share of agents on which both agree; None if none was seen."""
        return self.agreeing / self.agents if self.agents else None

    def worst(self, severity: Severity) -> tuple[ReplayedCluster, ...]:
        """Return the clusters at least as grave that are not expected, and that are a monitor's judgement."""
        return tuple(
            one
            for one in self.clusters
            if one.severity.rank <= severity.rank
            and one.expected is None
            and (one.comparable or one.severity is not Severity.ACTION)
        )


def nobody_knows(bout: Bout) -> Label | None:
    """Return None: no label is known."""
    del bout
    return None


@dataclass(slots=True)
class ReplayTally:
    """Counts tape by tape."""

    register: Register
    known: Known = nobody_knows
    _tapes: int = 0
    _agents: int = 0
    _frames: int = 0
    _agreeing: int = 0
    _last: float | None = None
    _book: BoutBook = field(default_factory=BoutBook)
    _bouts: list[Bout] = field(default_factory=list)
    _found: dict[str, "_Heap"] = field(default_factory=dict)

    def count(
        self, tape: Tape, incumbent: CycleReport, candidate: CycleReport, *, comparable: bool
    ) -> tuple[Difference, ...]:
        """Count two reports on one tape; return their differences."""
        differences = compare(incumbent, candidate, self.register)
        panes = {*incumbent.verdicts, *candidate.verdicts}
        graver = {one.pane for one in differences if one.severity is not Severity.DETAIL}
        self._tapes += 1
        self._agents += len(panes)
        self._frames += len(panes) * len(tape.frames)
        self._agreeing += len(panes - graver)
        for one in differences:
            self._found.setdefault(one.cluster, _Heap()).add(one, comparable=comparable)
        if self._last is not None and not 0 <= tape.at - self._last <= _GAP_S:
            self._settle_all()
        self._last = tape.at
        look = ComparedLook(at=tape.at, incumbent=incumbent, candidate=candidate, differences=differences, tape=tape)
        self._advance(look, tape.at)
        return differences

    @property
    def bouts(self) -> tuple[Bout, ...]:
        """Return the settled bouts, oldest first; after `result` all of them."""
        return tuple(self._bouts)

    def result(self, before: Iterable[str] | None) -> ReplayResult:
        """Sum up; `before` are the clusters of the baseline, None without one."""
        self._settle_all()
        differing = [bout for bout in self._bouts if bout.difference is not None]
        labels = [label for bout in differing if (label := bout.label or self.known(bout)) is not None]
        known = None if before is None else set(before)
        rows = [heap.cluster(name, known) for name, heap in self._found.items()]
        return ReplayResult(
            tapes=self._tapes,
            agents=self._agents,
            frames=self._frames,
            agreeing=self._agreeing,
            bouts=len(self._bouts),
            differing_bouts=len(differing),
            rights=dict(sorted(Counter(label.right for label in labels).items())),
            clusters=tuple(sorted(rows, key=lambda row: (row.severity.rank, -row.looks, row.id))),
            vanished=tuple(sorted((known or set()) - self._found.keys())),
        )

    def _advance(self, look: ComparedLook | None, now: float) -> None:
        self._book, settled = advance(self._book, look, now, rules=_RULES, register=self.register)
        self._bouts += settled

    def _settle_all(self) -> None:
        """Skip a time without tapes: every bout is over and settled, and a new watch begins."""
        if self._last is not None:
            self._advance(None, self._last + _RULES.at_latest_s + _RULES.settling_s)
        self._book = BoutBook()


@dataclass(slots=True)
class _Heap:
    examples: list[Difference] = field(default_factory=list)
    comparable: bool = False

    def add(self, difference: Difference, *, comparable: bool) -> None:
        self.examples.append(difference)
        self.comparable = self.comparable or comparable

    def cluster(self, name: str, before: set[str] | None) -> ReplayedCluster:
        example = min(self.examples, key=lambda one: one.severity.rank)
        return ReplayedCluster(
            id=name,
            severity=example.severity,
            looks=len(self.examples),
            agents=len({(one.subject, one.pid) for one in self.examples}),
            expected=example.expected,
            new=None if before is None else name not in before,
            comparable=self.comparable,
            example=example,
        )


def truths(bouts: Sequence[Bout]) -> Known:
    """Return the labels that the live cycles settled: a side is right if it reports the settled state at that time."""
    settled: dict[tuple[str | None, int | None], list[Bout]] = {}
    for bout in bouts:
        if bout.label is not None and bout.label.right in {Right.INCUMBENT, Right.CANDIDATE}:
            settled.setdefault((bout.pane, bout.pid), []).append(bout)

    def known(bout: Bout) -> Label | None:
        for live in settled.get((bout.pane, bout.pid), ()):
            if live.began <= (bout.ended or bout.began) and bout.began <= (live.ended or live.began):
                return _by_truth(bout, live)
        return None

    return known


def _by_truth(bout: Bout, live: Bout) -> Label | None:
    label = live.label
    if label is None:
        return None
    truth = live.incumbent.state if label.right is Right.INCUMBENT else live.candidate.state
    ours, theirs = bout.incumbent.state is truth, bout.candidate.state is truth
    rights = {(True, True): Right.BOTH, (True, False): Right.INCUMBENT, (False, True): Right.CANDIDATE}
    return label.model_copy(update={"right": rights.get((ours, theirs), Right.NEITHER)})
