"""The safety of the candidate: what it alone would destroy, and the guards that were hit. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from rollout.judgement.guards import (
    Guard,
    confirmed,
    sightings,
)
from rollout.loop.analysis import Analysis
from shadow.differences import Difference
from shadow.labels import Right


def with_guards(analysis: Analysis, hit: Iterable[Guard], now: float) -> Analysis:
    """Add the guards that were hit at `now`, in seconds since the epoch."""
    more = tuple(replace(guard, at=now) for guard in hit)
    return analysis.replace(guards=(*analysis.guards, *more)) if more else analysis


def add_guards(analysis: Analysis, differences: Iterable[Difference], now_at: float) -> Analysis:
    """Hold what the candidate alone would destroy against the look before."""
    settled = [word for word in analysis.signoffs.settled if word.right in {Right.CANDIDATE, Right.BOTH}]
    decided = [(word.cluster, word.actions) for word in settled]
    decided += [(word.cluster, word.actions) for word in analysis.tallies.holding(analysis.signoffs, now_at).accepted]
    actions: dict[str, set[str]] = {}
    for cluster, about in decided:
        actions.setdefault(cluster, set()).update(about or ())
    now = sightings(differences, {cluster for cluster, about in decided if about is None}, actions)
    known = {guard.text for guard in analysis.guards}
    hit = [guard for guard in confirmed(analysis.wanted_alone, now) if guard.text not in known]
    return with_guards(analysis.replace(wanted_alone=now), hit, now_at)
