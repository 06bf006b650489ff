"""Streams of scored spells: what a pane was, what both monitors said, and a referee that errs.

A row is a run, a column a scored spell. The mix of states is that of the spells that the referee names: it names two in
five, and dialogs, crashes and drafts more rarely than work and rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

STATES: Final = ("busy", "idle", "waiting_approval", "crashed", "unsubmitted_input")
FREQUENCY: Final = np.array([0.30, 0.45, 0.10, 0.08, 0.07])
"""Of the states among all spells of a fleet."""
NAMED: Final = np.array([0.43, 0.36, 0.36, 0.60, 0.40])
"""Of the spells of each state, the share that the referee names."""
LEGACY: Final = {
    "busy": 0.35,
    "idle": 0.31,
    "waiting_approval": 1.0,
    "crashed": 0.40,
    "unsubmitted_input": 1.0,
}
"""In which share of each state's spells the monolith is wrong, as on the recorded fleet (`make referee`)."""
LEGACY_SILENT: Final = {"busy": 0.55, "idle": 0.3}
MODULAR_SILENT: Final = {"busy": 0.01, "idle": 0.01}
PANES: Final = 24
_LUCKY: Final = 0.25
"""The share of the referee's errors in which a wrong monitor is called right."""
RIGHT, WRONG, SILENT = 1, 0, -1

Votes = NDArray[np.int8]
"""A row a run, a column a spell: right, wrong, or silent (an abstention)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two monitors: how often each is wrong, and silent, by state; `*` stands for every other state."""

    candidate: Mapping[str, float]
    incumbent: Mapping[str, float]
    candidate_silent: Mapping[str, float] = field(default_factory=dict)
    incumbent_silent: Mapping[str, float] = field(default_factory=dict)
    alike: float = 0.0
    """Intra-class correlation: how much the spells of one agent are alike."""


@dataclass(frozen=True, slots=True)
class Spells:
    """The drawn spells: states as indices of `STATES`, and both monitors' votes."""

    states: NDArray[np.int64]
    candidate: Votes
    incumbent: Votes


def drawn_spells(seed: int, runs: int, length: int, pair: Pair, referee_errs: float) -> Spells:
    """Draw the scored spells of so many runs."""
    rng = np.random.default_rng(seed)
    mix = FREQUENCY * NAMED
    states = rng.choice(len(STATES), size=(runs, length), p=mix / mix.sum())
    panes = rng.integers(0, PANES, size=(runs, length))
    misnamed = rng.random((runs, length)) < referee_errs
    lucky = rng.random((runs, length)) < _LUCKY
    votes = []
    for wrong, silent in ((pair.candidate, pair.candidate_silent), (pair.incumbent, pair.incumbent_silent)):
        is_wrong = rng.random((runs, length)) < _rates(rng, wrong, states, panes, pair.alike)
        called_wrong = np.where(misnamed, ~(is_wrong & lucky), is_wrong)
        is_silent = rng.random((runs, length)) < _by_state(silent)[states]
        votes.append(np.where(is_silent, SILENT, np.where(called_wrong, WRONG, RIGHT)).astype(np.int8))
    return Spells(states, votes[0], votes[1])


def _by_state(rates: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array([rates.get(state, rates.get("*", 0.0)) for state in STATES])


def _rates(
    rng: np.random.Generator,
    wrong: Mapping[str, float],
    states: NDArray[np.int64],
    panes: NDArray[np.int64],
    alike: float,
) -> NDArray[np.float64]:
    """Return a monitor's error rate in each spell: one for all agents, or Beta by agent if its spells are alike."""
    rates = _by_state(wrong)
    if not alike:
        return rates[states]
    weight, found = 1 / alike - 1, np.zeros(states.shape)
    for number, rate in enumerate(rates):
        here = states == number
        if 0 < rate < 1:
            by_pane = rng.beta(rate * weight, (1 - rate) * weight, size=(states.shape[0], PANES))
            found[here] = by_pane[np.nonzero(here)[0], panes[here]]
        else:
            found[here] = rate
    return found
