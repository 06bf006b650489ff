"""The review: differences that are new, settled bouts by cluster, and novel kinds of action. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rollout.judgement.events import noise_facts
from rollout.judgement.evidence import EvidenceEvent
from rollout.loop.analysis import Analysis
from shadow.bouts import Bout
from shadow.differences import Difference
from shadow.expected import ExpectedRegister


@dataclass(frozen=True, slots=True)
class FoundDifference:
    """One difference with the cycle that it was found in."""

    cycle: str
    at: float
    difference: Difference


def events_of_bouts(
    analysis: Analysis, bouts: Iterable[Bout], register: ExpectedRegister
) -> tuple[Analysis, tuple[EvidenceEvent, ...]]:
    """Enter settled bouts, the unit of review. Those that began under another stage are that stage's, and late."""
    own = [bout for bout in bouts if bout.began >= analysis.since]
    tallies, novelty = analysis.tallies.count(own, register), analysis.novelty.count(own)
    analysis = analysis.replace(tallies=tallies, novelty=novelty)
    return analysis, tuple(evidence_event for bout in own for evidence_event in noise_facts(bout))


def new_differences(
    analysis: Analysis, found: Sequence[FoundDifference], *, looked: bool
) -> tuple[Analysis, tuple[FoundDifference, ...]]:
    """Return the differences that the look before had not; `looked` says whether this one compared anything."""
    names = [f"{one.difference.subject} {one.difference.cluster}" for one in found]
    fresh = tuple(one for one, name in zip(found, names, strict=True) if name not in analysis.open_differences)
    return analysis.replace(open_differences=frozenset(names)) if looked else analysis, fresh
