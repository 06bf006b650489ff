"""The judge over thousands of runs of scored spells at once: every guardrail of a plan that counts spells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sequential_twin import NEVER, Moments, Streams, proven_at, rolled_back_at
from spell_streams import RIGHT, SILENT, STATES, WRONG, Spells

from rollout.judgement.enums import ONE_RIGHT, Guardrail
from rollout.judgement.events import OF_SPELLS
from rollout.judgement.evidence import Battery, Key

FAR = 10**9
"""Stands for a moment that did not come, where moments are compared."""

_ACTED_ON = [STATES.index(name) for name in ("idle", "waiting_approval", "crashed", "unsubmitted_input")]
_DUTIES = [STATES.index(name) for name in ("waiting_approval", "crashed")]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ruling:
    """By run: after how many scored spells it was shown to be unsafe, and promotable; `FAR` where never."""

    unsafe: NDArray[np.int64]
    proven: NDArray[np.int64]

    @property
    def promoted(self) -> Mask:
        """The runs that were promotable before they were unsafe."""
        return (self.proven < FAR) & (self.proven < self.unsafe)

    @property
    def promotable(self) -> NDArray[np.int64]:
        """The spell at which each run was promotable; `FAR` if it was unsafe before."""
        return np.where(self.promoted, self.proven, FAR)


def ruled(spells: Spells, battery: Battery, guardrails: frozenset[Guardrail] = OF_SPELLS) -> Ruling:
    """Judge every run by the guardrails of a battery that count spells, or by some of them."""
    runs = spells.states.shape[0]
    unsafe = np.full(runs, FAR)
    proven = np.zeros(runs, dtype=np.int64)
    for key, process in battery.processes.items():
        if key[0] not in guardrails:
            continue
        counted, events = _counted(spells, key)
        streams, places, many = _compressed(counted, events)
        if process.unsafe is not None:
            unsafe = np.minimum(unsafe, _placed(rolled_back_at(streams, process), places, many))
        if process.promote is not None and key in battery.required:
            when = _placed(proven_at(streams, process.promote, battery.beta), places, many)
            if key[0] is Guardrail.TOLD:  # hardly ever an incumbent that acts rightly: nothing to prove
                when = np.where(many < battery.few_told, 0, when)
            proven = np.maximum(proven, when)
    return Ruling(unsafe, proven)


def _counted(spells: Spells, key: Key) -> tuple[Mask, Mask]:
    """The spells that a line counts, and the events among them."""
    ours, theirs, states = spells.candidate, spells.incumbent, spells.states
    guardrail, stratum = key
    if guardrail is Guardrail.WRONG:
        here = np.ones(states.shape, bool) if stratum is None else states == _number(stratum)
        return here & (ours != SILENT), ours == WRONG
    if guardrail is Guardrail.WORSE:
        alone = (ours == RIGHT) != (theirs == RIGHT)
        lost = alone & (theirs == RIGHT)
        return (alone, lost) if stratum == ONE_RIGHT else ((ours != SILENT) | (theirs != SILENT), lost)
    if guardrail is Guardrail.TOLD:
        return (theirs == RIGHT) & np.isin(states, _ACTED_ON), ours == WRONG
    return np.isin(states, _DUTIES), ours == WRONG  # one look without a verdict keeps no monitor from telling


def _number(state: str) -> int:
    return STATES.index(state) if state in STATES else -1


def _compressed(counted: Mask, events: Mask) -> tuple[Streams, NDArray[np.int64], NDArray[np.int64]]:
    """Push what is counted to the front: the events, at which spell of the run each stood, and how many there are."""
    many = counted.sum(axis=1)
    order = np.argsort(~counted, axis=1, kind="stable")[:, : int(many.max(initial=0))]
    inside = np.arange(order.shape[1])[None, :] < many[:, None]
    return np.take_along_axis(events, order, axis=1) & inside, order + 1, many


def _placed(at: Moments, places: NDArray[np.int64], many: NDArray[np.int64]) -> NDArray[np.int64]:
    """From observations of a line to spells of the run; what lies behind the last observation did not happen."""
    found = np.full(len(at), FAR)
    runs = np.flatnonzero((at != NEVER) & (at <= many))
    found[runs] = places[runs, at[runs] - 1]
    return found
