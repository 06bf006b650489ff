"""Clusters and reports of settled bouts that a test has at hand, by the functions that the program calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shadow.clusters import Cluster, clusters_of
from shadow.expected import ExpectedRegister
from shadow.grouping import BoutsInMemory
from shadow.report import ShadowReport, Surroundings, build_of
from shadow.signoffs import Signoffs
from shadow.tallies import Tallies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shadow.bout import Bout
    from shadow.differences import Difference


def clusters(
    bouts: Sequence[Bout],
    now: float,
    *,
    differences: Iterable[tuple[float, Difference]] = (),
    register: ExpectedRegister | None = None,
    signoffs: Signoffs | None = None,
    stage: Tallies | None = None,
) -> tuple[Cluster, ...]:
    """Cluster bouts; without `stage` all of them are the running stage's."""
    known = register or ExpectedRegister()
    return clusters_of(
        BoutsInMemory(bouts),
        now,
        differences=differences,
        register=known,
        signoffs=signoffs or Signoffs(),
        stage=stage or Tallies().count(bouts, known),
    )


def build(
    bouts: Sequence[Bout],
    now: float,
    *,
    incumbent: str,
    candidate: str,
    around: Surroundings | None = None,
    differences: Iterable[tuple[float, Difference]] = (),
    register: ExpectedRegister | None = None,
    signoffs: Signoffs | None = None,
    stage: Tallies | None = None,
) -> ShadowReport:
    """Make the report of bouts; without `stage` all of them are the running stage's."""
    known = register or ExpectedRegister()
    return build_of(
        BoutsInMemory(bouts),
        now,
        incumbent=incumbent,
        candidate=candidate,
        around=around or Surroundings(),
        differences=differences,
        register=known,
        signoffs=signoffs or Signoffs(),
        stage=stage or Tallies().count(bouts, known),
    )
