"""The same streams judged as others judge them: thresholds over fixed windows, and a Mann-Whitney test.

Argo Rollouts counts the windows that fail over a whole analysis and gives up above a limit; Flagger does so at a
threshold; neither ever forgets one. Kayenta compares a sample with a baseline by Mann-Whitney with a confidence
interval of the shift. Window, bound and number of windows are values as their documentation shows them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu, norm  # type: ignore[import-untyped]
from sequential_twin import NEVER, Moments, Streams

WINDOW: Final = 100
"""Observations of one measurement."""
BOUND: Final = 0.01
"""A measurement fails above this rate."""
MEASUREMENTS: Final = 10
"""So many without giving up promote."""
_POINTS, _POINT = 60, 10  # Kayenta: an interval of 60 points, each of ten observations
_CONFIDENCE, _TOLERANCE = 0.98, 0.25


@dataclass(frozen=True, slots=True)
class Rival:
    """Another way to judge."""

    name: str
    gives_up_at: Callable[[Streams, Streams], Moments]
    """The streams, and a baseline of the same shape: after how many observations each is rolled back, or `NEVER`."""

    def promotes(self, streams: Streams, baseline: Streams) -> float:
        """The share of streams that ten measurements promote."""
        span = MEASUREMENTS * WINDOW
        return float((self.gives_up_at(streams[:, :span], baseline[:, :span]) == NEVER).mean())


def failed_windows(limit: int, window: int = WINDOW, bound: float = BOUND) -> Callable[[Streams, Streams], Moments]:
    """Give up at the window that makes it `limit` failed ones."""

    def gives_up_at(streams: Streams, _baseline: Streams) -> Moments:
        runs, length = streams.shape
        windows = streams[:, : length // window * window].reshape(runs, -1, window)
        failed = np.cumsum(windows.mean(axis=2) > bound, axis=1) >= limit
        if not failed.size:
            return np.full(runs, NEVER, dtype=np.int64)
        first = failed.argmax(axis=1)
        return np.where(failed[np.arange(runs), first], (first + 1) * window, NEVER).astype(np.int64)

    return gives_up_at


def mann_whitney(streams: Streams, baseline: Streams) -> Moments:
    """Give up at the first interval whose sample is shown to lie above the baseline by more than the tolerance."""
    runs, length = streams.shape
    span = _POINTS * _POINT
    found: Moments = np.full(runs, NEVER, dtype=np.int64)
    for number in range(length // span):
        part = slice(number * span, (number + 1) * span)
        sample = streams[:, part].reshape(runs, _POINTS, _POINT).mean(axis=2)
        control = baseline[:, part].reshape(runs, _POINTS, _POINT).mean(axis=2)
        for run in np.flatnonzero((found == NEVER) & sample.any(axis=1)):
            if _is_high(sample[run], control[run]):
                found[run] = (number + 1) * span
    return found


def _is_high(sample: NDArray[np.float64], control: NDArray[np.float64]) -> bool:
    shifts = np.sort(np.subtract.outer(sample, control), axis=None)
    estimate = float(np.median(shifts))
    many = _POINTS * _POINTS
    spread = float(norm.ppf(0.5 + _CONFIDENCE / 2)) * (many * (2 * _POINTS + 1) / 12) ** 0.5
    lower = shifts[max(0, int(many / 2 - spread) - 1)]
    return bool(lower > _TOLERANCE * abs(estimate)) and mannwhitneyu(sample, control).pvalue < 1 - _CONFIDENCE


ARGO: Final = Rival("Argo, limit 3", failed_windows(4))
ARGO_DEFAULT: Final = Rival("Argo, limit 0", failed_windows(1))
FLAGGER: Final = Rival("Flagger, threshold 5", failed_windows(5))
KAYENTA: Final = Rival("Kayenta", mann_whitney)
RIVALS: Final = (ARGO_DEFAULT, ARGO, FLAGGER, KAYENTA)
