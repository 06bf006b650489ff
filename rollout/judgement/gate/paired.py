"""Compare two series of the same rounds: one is slower than `bound` times the other, is not, or neither is shown.

Rounds are paired, which takes out what disturbed both, and the medians of blocks are judged, because neighbouring
rounds are disturbed together. Each block is a yes or no, and the judge's own sequential test speaks: it fails where
more than half of the blocks over the bound is shown, and passes where less than half is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rollout.judgement.gate.findings import GateVerdict
from rollout.judgement.sequential import EventTally, EvidenceProcess, proven

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class PairedResult:
    """The result of the pairs."""

    verdict: GateVerdict
    ratio: float
    """The median of the blocks' medians."""
    blocks: int
    over: int
    """Blocks over the bound."""


def compare(
    of: Sequence[float], to: Sequence[float], at_most: float, *, block: int, alpha: float, beta: float
) -> PairedResult:
    """Judge the ratios of the rounds that both have; at least one whole block of them."""
    ratios = [one / other for one, other in zip(of, to, strict=False)]
    medians = [median(ratios[start : start + block]) for start in range(0, len(ratios) - block + 1, block)]
    process = EvidenceProcess(unsafe=_HALF, promote=_HALF, limit=1 / alpha)
    tally = EventTally()
    for one in medians:
        tally = process.fold(tally, event=one > at_most)
    if process.crossed(tally):
        verdict = GateVerdict.FAILED
    elif proven(_HALF, beta, tally.bouts, tally.events):
        verdict = GateVerdict.PASSED
    else:
        verdict = GateVerdict.UNDECIDED
    return PairedResult(verdict, median(medians), tally.bouts, tally.events)


def fewest_blocks(beta: float) -> int:
    """Return the number of blocks, all within the bound, that prove that a series keeps to it."""
    count = 1
    while not proven(_HALF, beta, count, 0):
        count += 1
    return count
