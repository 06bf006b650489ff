"""The patterns of rule files, compiled; `^` and `$` hold at every row."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache


def compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Compile patterns, in their order."""
    return tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns)


def compiled_one(pattern: str | None) -> re.Pattern[str] | None:
    """Compile a pattern that may be missing."""
    return None if pattern is None else re.compile(pattern, re.MULTILINE)


def row_test(patterns: tuple[re.Pattern[str], ...]) -> Callable[[str], bool]:
    """Return a function that tells if any of the patterns is in a row; it keeps its answers for the rows seen last."""

    @lru_cache(maxsize=256)
    def found_in(row: str) -> bool:
        return any(pattern.search(row) for pattern in patterns)

    return found_in
