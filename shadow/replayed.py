"""What a replay came to: how often two monitors agree on kept tapes, in what they differ, and who was right."""

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
"""Tapes further apart are not one watch: what happened in between nobody saw."""
_RULES: Final = BoutRules()

Known = Callable[[Bout], Label | None]
"""Tells who was right in a bout where that is known already; such as from the bouts of the live cycles."""


class ReplayedCluster(Record):
    """All single differences of a replay with one fingerprint."""

    id: str
    severity: Severity
    """The gravest."""
    looks: int
    """How often it was seen: once a tape and subject."""
    agents: int
    expected: str | None
    new: bool | None
    """It was not there before; None where nobody knows what was."""
    comparable: bool
    """Of an act: both remembered what they would have, at least once."""
    example: Difference


class ReplayResult(Record):
    """The whole."""

    tapes: int
    agents: int
    """Agents seen, once a tape."""
    frames: int
    """Agents times the frames of their tapes: what a speed is counted in."""
    agreeing: int
    """Agents seen of whom both say the same but for details."""
    bouts: int
    differing_bouts: int
    rights: dict[Right, int]
    """Differing bouts by who was right, where hindsight or anybody said so."""
    clusters: tuple[ReplayedCluster, ...]
    vanished: tuple[str, ...]
    """Clusters that were there before and did not come up."""

    @property
    def agreement(self) -> float | None:
        """The share of agents on which both agree; None where none was seen."""
        return self.agreeing / self.agents if self.agents else None

    def worst(self, severity: Severity) -> tuple[ReplayedCluster, ...]:
        """The clusters at least as grave that nobody expects, and that can be held against somebody."""
        return tuple(
            one
            for one in self.clusters
            if one.severity.rank <= severity.rank
            and one.expected is None
            and (one.comparable or one.severity is not Severity.ACTION)
        )


def nobody_knows(bout: Bout) -> Label | None:
    """Know nothing."""
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
        """Count what two monitors say of one tape; returns in what they differ."""
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

    def result(self, before: Iterable[str] | None) -> ReplayResult:
        """Sum up; `before` are the clusters that were there before, None where nobody knows."""
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
        """Let the time pass in which nobody looked: every bout is over and settled, and a new watch begins."""
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
    """Know what the live cycles settled: who says of a pane, at that time, the state that was found right."""
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
