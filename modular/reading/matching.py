"""Several patterns tried on one text."""

import re
from collections.abc import Iterable


def first_match(patterns: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    """Find the first of these patterns that is in a text; None where none is."""
    for pattern in patterns:
        if (match := pattern.search(text)) is not None:
            return match
    return None
