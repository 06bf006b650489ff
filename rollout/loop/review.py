"""What people review: settled bouts, counted by cluster, and kinds of action that were not seen before. Pure."""

from collections.abc import Iterable

from rollout.judgement.events import noise_facts
from rollout.judgement.evidence import EvidenceEvent
from rollout.loop.analysis import Analysis
from shadow.bouts import Bout
from shadow.expected import ExpectedRegister


def events_of_bouts(
    analysis: Analysis, bouts: Iterable[Bout], register: ExpectedRegister
) -> tuple[Analysis, tuple[EvidenceEvent, ...]]:
    """Enter settled bouts, the unit of review. Those that began under another stage are that stage's, and late."""
    own = [bout for bout in bouts if bout.began >= analysis.since]
    tallies, novelty = analysis.tallies.count(own, register), analysis.novelty.count(own)
    analysis = analysis.replace(tallies=tallies, novelty=novelty)
    return analysis, tuple(evidence_event for bout in own for evidence_event in noise_facts(bout))
