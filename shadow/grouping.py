"""Settled bouts in groups that are alike in all that a list or a report counts, so that a ledger counts them in SQL."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

from shadow.bout import Bout
from shadow.differences import Difference, Fingerprint, FingerprintSide, Side
from shadow.trend import SLICES, slice_number

_FINGERPRINT: Final = Fingerprint(agent="", incumbent=FingerprintSide(), candidate=FingerprintSide())
CountedBout = tuple[Bout, int]
"""A bout, or a pattern, and the number of bouts for which it stands."""
Subject = tuple[str, int | None]
"""A pane with its process, or a session."""


def pattern_of(bout: Bout) -> Bout:
    """Return a bout with all that is its own blanked: identity, instants, lines and figures."""
    difference, label = bout.difference, bout.label
    return bout.model_copy(
        update={
            "id": "",
            "pane": None if bout.pane is None else "",
            "pid": None,
            "session": "",
            "window": "",
            "began": 0.0,
            "ended": None,
            "looks": 0,
            "settled_at": None,
            "acts": (),
            "fingerprint": _FINGERPRINT,
            "incumbent": Side(state=bout.incumbent.state),
            "candidate": Side(state=bout.candidate.state),
            "difference": None if difference is None else _pattern(difference),
            "label": None if label is None else label.model_copy(update={"reason": without_figures(label.reason)}),
        }
    )


def pattern_key(pattern: Bout) -> int:
    """Return the number of a pattern, the same on every machine: 64 bits with a sign."""
    return int.from_bytes(blake2b(pattern_text(pattern).encode(), digest_size=8).digest(), signed=True)


def pattern_text(pattern: Bout) -> str:
    """Return a pattern as JSON in ASCII, halves of surrogate pairs too."""
    return json.dumps(pattern.model_dump(exclude_defaults=True))


def seen_until(bout: Bout) -> float:
    """Return the instant at which a bout was last seen."""
    return bout.ended if bout.ended is not None else bout.settled_at or bout.began


def without_figures(text: str) -> str:
    """Return a reason without its figures, which differ from bout to bout."""
    return "".join(char for char in text if not char.isdigit())


@dataclass(frozen=True, slots=True)
class BoutGroup:
    """Some settled bouts with one pattern."""

    bout: Bout
    """The pattern."""
    key: int
    times: int
    running: int
    """Of these, the bouts of the running stage."""
    first: int
    """The number of its first bout in the source; the last likewise."""
    last: int
    seen_first: float
    seen_last: float
    slices: tuple[int, ...]
    """Bouts in each of eight equal slices of the whole time."""


class SettledBouts(Protocol):
    """Settled bouts of some source, counted in groups."""

    @property
    def groups(self) -> Sequence[BoutGroup]:
        """The groups, in the order of their first bouts."""

    @property
    def began(self) -> tuple[float, float] | None:
        """The beginnings of the first and the last bout; None where there is none."""

    @property
    def settled_last(self) -> float | None:
        """The instant at which the last one was settled."""

    @property
    def panes(self) -> int:
        """Panes with their processes."""

    @property
    def sessions(self) -> int:
        """Sessions."""

    def bout(self, number: int) -> Bout:
        """Return one bout in full."""

    def newest(self, cluster: str, most: int) -> Sequence[Bout]:
        """Return the bouts of a cluster that began last."""

    def agents(self, beside: Mapping[str, set[Subject]]) -> Mapping[str, int]:
        """Count the subjects of each cluster, those in `beside` too."""

    def over_time(self, first: float, step_s: float) -> Iterable[tuple[int, int, int]]:
        """Count the bouts that differ in steps from `first` on: group's key, number of the step, bouts."""


class BoutsInMemory:
    """Settled bouts that are at hand; all of them count as the running stage's."""

    def __init__(self, bouts: Sequence[Bout]) -> None:
        self._bouts = bouts
        self.began = (min(bout.began for bout in bouts), max(bout.began for bout in bouts)) if bouts else None
        self.settled_last = max((bout.settled_at or bout.began for bout in bouts), default=None)
        self.panes = len({(bout.pane, bout.pid) for bout in bouts if bout.pane is not None})
        self.sessions = len({bout.session for bout in bouts})
        self._keys: list[int] = []
        self.groups = self._grouped()

    def bout(self, number: int) -> Bout:
        """Return one bout in full."""
        return self._bouts[number]

    def newest(self, cluster: str, most: int) -> Sequence[Bout]:
        """Return the bouts of a cluster that began last."""
        return sorted(self._of(cluster), key=lambda bout: -bout.began)[:most]

    def agents(self, beside: Mapping[str, set[Subject]]) -> Mapping[str, int]:
        """Count the subjects of each cluster, those in `beside` too."""
        subjects = {name: set(those) for name, those in beside.items()}
        for bout in self._bouts:
            if (one := bout.difference) is not None:
                subjects.setdefault(one.cluster, set()).add((one.subject, one.pid))
        return {name: len(those) for name, those in subjects.items()}

    def over_time(self, first: float, step_s: float) -> Iterable[tuple[int, int, int]]:
        """Count the bouts that differ in steps from `first` on."""
        return (
            (key, int((bout.began - first) / step_s), 1)
            for key, bout in zip(self._keys, self._bouts, strict=True)
            if bout.difference is not None
        )

    def _of(self, cluster: str) -> Iterable[Bout]:
        return (bout for bout in self._bouts if bout.difference is not None and bout.difference.cluster == cluster)

    def _grouped(self) -> tuple[BoutGroup, ...]:
        members: dict[int, list[int]] = {}
        patterns: dict[int, Bout] = {}
        for number, bout in enumerate(self._bouts):
            pattern = pattern_of(bout)
            key = pattern_key(pattern)
            self._keys.append(key)
            patterns.setdefault(key, pattern)
            members.setdefault(key, []).append(number)
        return tuple(self._group(key, patterns[key], numbers) for key, numbers in members.items())

    def _group(self, key: int, pattern: Bout, numbers: Sequence[int]) -> BoutGroup:
        bouts, slices, (first, last) = [self._bouts[number] for number in numbers], [0] * SLICES, self.began or (0, 0)
        for bout in bouts:
            slices[slice_number(bout.began, first, last)] += 1
        return BoutGroup(
            bout=pattern,
            key=key,
            times=len(bouts),
            running=len(bouts),
            first=numbers[0],
            last=numbers[-1],
            seen_first=min(bout.began for bout in bouts),
            seen_last=max(seen_until(bout) for bout in bouts),
            slices=tuple(slices),
        )


def _pattern(difference: Difference) -> Difference:
    return difference.model_copy(
        update={
            "pane": None if difference.pane is None else "",
            "pid": None,
            "session": "",
            "window": "",
            "incumbent": _side(difference.incumbent),
            "candidate": _side(difference.candidate),
            "fingerprint": _FINGERPRINT,
            "changes": (),
            "partial": False,
        }
    )


def _side(side: Side) -> Side:
    return Side(state=side.state, rule=side.rule, intents=tuple((name, 0) for name in sorted(side.intent_keys)))
