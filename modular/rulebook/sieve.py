"""Selects the rules that may hold on a text, in one pass over it for all their patterns at once.

A rule that passes is then tried by its own patterns. A rule that does not pass certainly does not hold.
"""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final, Generic, TypeVar

import re2  # type: ignore[import-untyped]  # it ships no types

from modular.rulebook.weaken import weakened

Need = Sequence[Sequence[re.Pattern[str]]]
"""The needed patterns: at least one of each of these groups. Empty: none is needed."""

_ALWAYS: Final = r"\A"
"""A pattern that is found in every text: a pass that does not find it has failed, which RE2 does not report.
It is found only once: RE2 notes each pattern at every place where it is found."""
_MEMORY: Final = 4 << 20
"""Bytes of memory for a pass; RE2 drops its cache and goes on where it needs more."""

_KEPT: Final = 1024

Passed = TypeVar("Passed")


class Sieve(Generic[Passed]):
    """Selects the rules that may hold on a text. Prepared at its first use; after that safe to share.

    `gather` makes the result out of the places of the rules that passed: once for all texts with the same findings.
    """

    def __init__(self, needs: Sequence[Need], gather: Callable[[Collection[int]], Passed]) -> None:
        self._needs = needs
        self._gather = gather
        self._everything = gather(range(len(needs)))
        self._ready = False
        self._set: re2.Set | None = None
        self._free: frozenset[int] = frozenset()
        """The rules without a pattern that can be searched."""
        self._opened: list[list[tuple[int, list[frozenset[int]]]]] = []
        """By pattern: the rules whose first need it is, with the patterns of their other needs."""
        self._passed: dict[tuple[int, ...], Passed] = {}
        """Rules that passed with these patterns: screens of one CLI show the same ones again and again."""

    def passes(self, text: str) -> Passed:
        """Return the rules that may hold on this text, on any run of its rows, or of those that are filled."""
        if not self._ready:
            self._prepare()
        if self._set is None:
            return self._everything
        try:
            found = self._set.Match(text.encode())
        except UnicodeEncodeError:  # half a surrogate pair, which RE2 does not know
            return self._everything
        key = tuple(found or ())
        if (passed := self._passed.get(key)) is None:
            if len(self._passed) >= _KEPT:
                self._passed.clear()
            passed = self._passed[key] = self._gather(self._through(key)) if 0 in key else self._everything
        return passed

    def _through(self, found: tuple[int, ...]) -> frozenset[int]:
        """Return the rules that pass where these patterns were found."""
        there = set(found)
        opened = [
            place
            for pattern in found
            for place, others in self._opened[pattern]
            if all(not group.isdisjoint(there) for group in others)
        ]
        return self._free.union(opened)

    def _prepare(self) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        patterns = re2.Set.SearchSet(options)
        patterns.Add(_ALWAYS)
        places: dict[str, int] = {}
        self._opened = [[]]
        free: list[int] = []
        for place, need in enumerate(self._needs):
            groups = [found for group in need if (found := self._add(patterns, places, group)) is not None]
            if not groups:
                free.append(place)
                continue
            for pattern in groups[0]:
                self._opened[pattern].append((place, groups[1:]))
        try:
            patterns.Compile()
        except re2.error:  # more than its memory holds
            patterns = None
        self._set, self._free, self._ready = patterns, frozenset(free), True

    def _add(
        self, patterns: re2.Set, places: dict[str, int], group: Sequence[re.Pattern[str]]
    ) -> frozenset[int] | None:
        """Add a group's patterns; None where one of them cannot be searched."""
        added: set[int] = set()
        for pattern in group:
            if (weaker := weakened(pattern)) is None:
                return None
            try:
                if weaker not in places:
                    places[weaker] = patterns.Add(weaker)
                    self._opened.append([])
            except (re2.error, UnicodeEncodeError):
                return None
            added.add(places[weaker])
        return frozenset(added)
