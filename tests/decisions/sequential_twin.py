"""The sequential test over thousands of streams at once: the product's arithmetic, in columns instead of tuples.

`rollout.judgement.sequential` counts one observation after the other. Here a column is a stream and a step an
observation, so that twenty thousand observations of thousands of streams take seconds. `test_decision_twins.py` proves
on drawn streams that both say the same at the same observation.
"""

import numpy as np
from numpy.typing import NDArray

from rollout.judgement.sequential import EventTally, EvidenceProcess, alternatives, block, needed

NEVER = -1
"""What stands for an observation that did not come."""

Streams = NDArray[np.bool_]
"""Streams of yes and no: a row a stream, a column an observation."""
Moments = NDArray[np.int64]
"""By stream: how many observations it took, or `NEVER`."""


def rolled_back_at(streams: Streams, process: EvidenceProcess) -> Moments:
    """After how many observations each stream has shown its rate to be above the unsafe one."""
    runs, length = streams.shape
    unsafe = process.unsafe
    assert unsafe is not None
    rates = np.array(alternatives(unsafe))
    clean, event = ((1 - rates) / (1 - unsafe))[:, None], (rates / unsafe)[:, None]
    wealth, laid, every = np.zeros((len(rates), runs)), 0.0, block(unsafe)
    found: Moments = np.full(runs, NEVER, dtype=np.int64)
    for step in range(length):
        stake = 1.0 if process.open_ended else _stake(step, every)
        laid += stake
        if stake:
            wealth += stake
        hit = np.flatnonzero(streams[:, step])
        grown = wealth[:, hit] * event
        wealth *= clean
        if hit.size:
            wealth[:, hit] = grown
        if process.open_ended:  # its value grows by itself
            over = np.flatnonzero(wealth.mean(axis=0) >= process.limit)
        else:  # a clean observation takes from every stake
            over = hit[grown.mean(axis=0) + (1.0 - laid) >= process.limit]
        if over.size:
            found[over[found[over] == NEVER]] = step + 1
            np.minimum(wealth, 1e300, out=wealth)
    return found


def proven_at(streams: Streams, bound: float, beta: float) -> Moments:
    """After how many observations each stream has first shown its rate to be below the bound."""
    runs, length = streams.shape
    events = np.cumsum(streams, axis=1, dtype=np.int32)
    enough = np.array(
        [
            many + needed(bound, beta, EventTally(bouts=many, events=many))
            for many in range(int(events.max(initial=0)) + 1)
        ]
    )
    shown = np.arange(1, length + 1)[None, :] >= enough[events]
    first = shown.argmax(axis=1)
    return np.where(shown[np.arange(runs), first], first + 1, NEVER).astype(np.int64)


def _stake(observed: int, every: int) -> float:
    if observed == 0:
        return 0.5
    number, within = divmod(observed, every)
    return 0.0 if within else 0.5 / (number * (number + 1))
