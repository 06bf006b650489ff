"""What the figures would have been: history scored again as if something had been excused. It promotes nothing."""

from collections.abc import Callable, Iterable

from shadow.bout import Bout, Excuse
from shadow.differences import Severity
from understudy.record import Record


class RescoredRate(Record):
    """One rate, as a rule or a sign-off would have left it."""

    bouts: int
    """That count."""
    events: int
    """Of these, those in which an act differs and nobody has decided for the candidate."""

    @property
    def rate(self) -> float | None:
        """Events a bout; None where none counts."""
        return self.events / self.bouts if self.bouts else None


class RescoringResult(Record):
    """What excusing some differences would have hidden, and what it would have made of the rate of differing acts."""

    hides: int
    """Bouts that count now and would not have."""
    hides_actions: int
    """Of these, those in which an act differs."""
    hides_wrong: int
    """Of these, those in which the candidate was found wrong."""
    clusters: tuple[str, ...]
    """Whose they are."""
    now: RescoredRate
    would_have_been: RescoredRate


def rescored(bouts: Iterable[Bout], excused: Callable[[Bout], bool]) -> RescoringResult:
    """Score settled bouts again without those that `excused` names."""
    counting = [bout for bout in bouts if bout.counts]
    hidden = [bout for bout in counting if bout.difference is not None and _has_numerator(bout) and excused(bout)]
    gone = {bout.id for bout in hidden}
    return RescoringResult(
        hides=len(hidden),
        hides_actions=sum(bout.action_differs for bout in hidden),
        hides_wrong=sum(bool(bout.candidate_wrong) for bout in hidden),
        clusters=tuple(sorted({bout.fingerprint.cluster for bout in hidden})),
        now=_figures(counting),
        would_have_been=_figures(bout for bout in counting if bout.id not in gone),
    )


def of_cluster(name: str) -> Callable[[Bout], bool]:
    """Excuse a cluster, as a sign-off would."""
    return lambda bout: bout.fingerprint.cluster == name and bout.why_not is not Excuse.SIGNED_OFF


def _figures(bouts: Iterable[Bout]) -> RescoredRate:
    events = [bout.action_differs and bout.ruled_wrong is not False for bout in bouts]
    return RescoredRate(bouts=len(events), events=sum(events))


def _has_numerator(bout: Bout) -> bool:
    return bout.severity is not Severity.DETAIL
