"""Settle rates: the share of bouts of each kind of difference that was labelled, and for which side."""

from collections import Counter
from collections.abc import Iterable

from shadow.bout import Bout
from shadow.grouping import CountedBout
from shadow.labels import Referee, Right
from shadow.refuting import two_sided
from understudy.record import Record
from understudy.verdicts import AgentState


class KindRate(Record):
    """One pair of states, the incumbent's and the candidate's; for agreements the same state twice."""

    incumbent: AgentState
    candidate: AgentState
    bouts: int
    """Bouts that hindsight examined or a person settled."""
    rights: dict[Right, int]
    """Labelled bouts by which monitor was right."""
    by_people: int
    """Of these, the bouts that a person settled."""
    rules: dict[str, int]
    """Facts on which hindsight's labels rest, with counts (`shadow.refuting.PaneFactKind`)."""
    decides: bool
    """Hindsight can settle for either side; else its labels are shown, and decide nothing alone."""

    @property
    def agrees(self) -> bool:
        """Return whether both report the same state: then `neither` means that both are wrong."""
        return self.incumbent is self.candidate

    @property
    def settled(self) -> int:
        """Bouts with a label."""
        return sum(self.rights.values())

    @property
    def rate(self) -> float:
        """The share of the bouts that is settled."""
        return self.settled / self.bouts if self.bouts else 0.0

    def side(self, right: Right) -> float:
        """The share of the bouts that is settled for one side."""
        return self.rights.get(right, 0) / self.bouts if self.bouts else 0.0


def settle_rates(bouts: Iterable[Bout]) -> tuple[KindRate, ...]:
    """Count the bouts of panes by kind, the most frequent first; agreements last."""
    return settle_rates_of((bout, 1) for bout in bouts)


def settle_rates_of(bouts: Iterable[CountedBout]) -> tuple[KindRate, ...]:
    """Count as `settle_rates` does, each bout so many times."""
    heaps: dict[tuple[AgentState, AgentState], list[CountedBout]] = {}
    for bout, times in bouts:
        one, two = bout.incumbent.state, bout.candidate.state
        if one is not None and two is not None and (bout.watched or bout.label is not None):
            heaps.setdefault((one, two), []).append((bout, times))
    rows = [_row(one, two, heap) for (one, two), heap in heaps.items()]
    return tuple(sorted(rows, key=lambda row: (row.agrees, -row.bouts, row.incumbent, row.candidate)))


def _row(one: AgentState, two: AgentState, bouts: list[CountedBout]) -> KindRate:
    rights, rules, by_people = Counter[Right](), Counter[str](), 0
    for bout, times in bouts:
        if (label := bout.label) is not None:
            rights[label.right] += times
            by_people += times * (label.by is Referee.PERSON)
            if label.rule:
                rules[label.rule] += times
    return KindRate(
        incumbent=one,
        candidate=two,
        bouts=sum(times for _, times in bouts),
        rights=dict(rights),
        by_people=by_people,
        rules=dict(rules),
        decides=one is not two and two_sided(one, two),
    )
