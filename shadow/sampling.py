"""Sampling: which bouts a person is asked about, so that silence and agreement are audited, too."""

from collections.abc import Collection, Iterable
from random import Random

from shadow.bout import Bout
from shadow.differences import Severity


def worth_asking(bouts: Iterable[Bout], asked: Collection[str] = ()) -> list[Bout]:
    """Keep what is worth asking about: panes on which both agree, or nobody has decided; each is asked about once."""
    return [bout for bout in bouts if bout.pane is not None and bout.id not in asked and _undecided(bout)]


def sample(bouts: Iterable[Bout], count: int, seed: int) -> list[Bout]:
    """Draw so many at random, half of them agreements where there are enough of both; oldest first."""
    chance, every = Random(seed), sorted(bouts, key=lambda bout: bout.id)  # noqa: S311 - a sample, no secrets
    agreeing = [bout for bout in every if bout.agrees]
    differing = [bout for bout in every if not bout.agrees]
    of_differing = min(len(differing), max(count - count // 2, count - len(agreeing)))
    drawn = [
        *chance.sample(differing, of_differing),
        *chance.sample(agreeing, min(len(agreeing), count - of_differing)),
    ]
    return sorted(drawn, key=lambda bout: (bout.began, bout.id))


def _undecided(bout: Bout) -> bool:
    return bout.ruled_wrong is None and (bout.agrees or bout.severity is not Severity.DETAIL)
