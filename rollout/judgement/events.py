"""From what happened to what is counted: bouts, own looks and cycles become facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rollout.judgement.evidence import Fact, Key
from rollout.judgement.plan import CycleTime
from rollout.judgement.words import Guardrail
from shadow.bouts import Bout, Excuse
from shadow.differences import Severity


def bout_facts(bout: Bout) -> Iterator[Fact]:
    """What a settled bout says: about actions in all its strata, about who was right, and about the incumbent's noise.

    Expected, signed-off and repeated bouts say nothing: they are in neither numerator nor denominator.
    """
    at = bout.settled_at
    if bout.counts or bout.why_not is Excuse.NOISE:
        yield Fact(Guardrail.NOISE, bout.why_not is Excuse.NOISE, subject=bout.id, at=at)
    if not bout.counts:
        return
    # settled against the candidate it stays an event: a proven mistake must not count as a clean bout of its stratum
    cleared = bout.ruled_wrong is False
    event = bout.action_differs and not cleared
    yield Fact(Guardrail.ACTION_DIFFERENCE, event, subject=bout.id, at=at)
    for stratum in bout.strata:  # a state that differs without consequence is judged by who was right, not here
        its_event = event and stratum in bout.differs_in
        yield Fact(Guardrail.ACTION_DIFFERENCE, its_event, stratum, whole=False, subject=bout.id, at=at)
    yield from right_or_wrong(bout)


def right_or_wrong(bout: Bout) -> Iterator[Fact]:
    """What a label says, also one that a person gives later than the bout was counted: settling resets nothing."""
    if not matters(bout) or bout.ruled_wrong is None:
        return
    yield Fact(Guardrail.CANDIDATE_WRONG, bout.ruled_wrong, subject=bout.id, at=bout.settled_at)
    for stratum in bout.differs_in:
        yield Fact(
            Guardrail.CANDIDATE_WRONG,
            bout.ruled_wrong,
            stratum,
            whole=False,
            subject=bout.id,
            at=bout.settled_at,
        )


def touched_by(bouts: Iterable[Bout]) -> frozenset[Key]:
    """What a word about these bouts' cluster changes the count of: there the evidence starts again, and only there."""
    keys = set[Key]()
    for bout in bouts:
        strata = (None, *bout.differs_in)
        if bout.action_differs:
            keys |= {(Guardrail.ACTION_DIFFERENCE, stratum) for stratum in strata}
        if matters(bout):
            keys |= {(Guardrail.CANDIDATE_WRONG, stratum) for stratum in strata}
    return frozenset(keys)


def start_again(keys: Iterable[Key], subject: str) -> Iterator[Fact]:
    """Drop what was counted there; `subject` is the decision or the rule because of which."""
    for guardrail, stratum in sorted(keys, key=str):
        yield Fact(guardrail, False, stratum, whole=stratum is None, subject=subject, starts_again=True)


def matters(bout: Bout) -> bool:
    """Whether a bout differs so that somebody should say who was right: in a state or an act, not in a detail."""
    return bout.counts and bout.difference is not None and bout.difference.severity is not Severity.DETAIL


@dataclass(frozen=True, slots=True)
class Differing:
    """How many counted bouts differ in a state or an act, and of how many of these somebody said who was right."""

    bouts: int = 0
    settled: int = 0

    @classmethod
    def of(cls, bouts: Iterable[Bout]) -> "Differing":
        """Count the bouts of a stage, with the labels that they have by now."""
        labels = [bout.ruled_wrong is not None for bout in bouts if matters(bout)]
        return cls(bouts=len(labels), settled=sum(labels))

    @property
    def mostly_settled(self) -> bool:
        """Whether more than half are settled, or none differs."""
        return not self.bouts or self.settled * 2 > self.bouts


def look_facts(
    look: str, at: float, *, differs: bool, wall_s: float, floor_s: float | None, limits: CycleTime
) -> Iterator[Fact]:
    """What one look of the candidate's own says: whether it saw what the tape showed, and whether it was slow.

    `floor_s` is tmux's own share, timed in the same look; None where it was not timed: then the limit alone judges.
    """
    yield Fact(Guardrail.EYES, differs, subject=look, at=at)
    over_floor = floor_s is not None and limits.factor is not None and wall_s > limits.factor * floor_s
    yield Fact(Guardrail.CYCLE_TIME, over_floor or wall_s > limits.limit_s, subject=look, at=at)


def cycle_fact(cycle: str, at: float, *, failed: bool) -> Fact:
    """What one cycle of the candidate says: whether it came to a report."""
    return Fact(Guardrail.FAILURE, failed, subject=cycle, at=at)
