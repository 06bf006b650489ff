"""Status rows that an answer quotes: they look like work, and are text that the agent wrote.

A CLI draws its own status row at its margin and begins it with one mark. Inside an answer the row is indented to the
answer's text, stands in a code block, follows a row that introduces it, or has words or a second mark in front.
"""

import re
from collections.abc import Sequence
from typing import Final

_BULLET: Final = "●⏺•✦◆◇○✓✔∴"
_ANSWER: Final = re.compile(rf"(?P<indent>[ │┃]*)[{_BULLET}]\ufe0e? ")
_TEXT_COLUMN: Final = 2
"""Cells between an answer's mark and its text; a status row stands left of that column."""
_DEEP: Final = 3
"""Cells of indentation at which no CLI draws its status row."""
_TWO_MARKS: Final = re.compile(rf"[ │┃]*[{_BULLET}]\ufe0e? +(?:(?:[^\n]* )?[✢✳✶✻✽◐◓◑◒⠁-⣿]|(?:[^\n(]* )?•|[·*●])(?: |$)")
_INTRODUCES: Final = re.compile(r"\w[^\n]*[:\uff1a]\s*[│┃]?\s*$")
_FENCE: Final = re.compile(r"\s*(?:```|~~~)\w*\s*$")
_MARGIN: Final = " │┃"
_OVER: Final = re.compile(r"[✻✽✶✢✳] \S+ for \d|\s*Worked for |Tokens: \d|\s*▣ [^\n]* · [\dhms. ]+s$")
"""The rows with which CLIs end a turn; below a status row, one shows that the row is old or quoted."""


def ends_a_turn(row: str) -> bool:
    """Return whether this row of a CLI ends a turn."""
    return _OVER.match(row) is not None


def is_quoted(rows: Sequence[str], first: int, last: int) -> bool:
    """Return whether the status row that a rule found in rows `first` to `last` is quoted, or of a turn that ended."""
    below = rows[first + 1 :]
    return (
        _TWO_MARKS.match(rows[first]) is not None
        or any(_OVER.match(row) for row in below)
        or (first != last and _INTRODUCES.search(rows[first]) is not None)
        or _is_introduced(rows, first, below)
        or _in_an_answer(rows, first)
    )


def _is_introduced(rows: Sequence[str], index: int, below: Sequence[str]) -> bool:
    """Return whether the row above opens a code block that is closed below, or announces a row indented as text.

    Agents also announce their next step: a row at the margin is then the CLI's own.
    """
    if index == 0:
        return False
    above = rows[index - 1]
    if _FENCE.match(above):
        return any(_FENCE.match(row) for row in below)
    indent = _indent(rows[index])
    deeper = indent > _indent(above) or indent == _indent(above) >= _DEEP
    return deeper and _INTRODUCES.search(above) is not None


def _in_an_answer(rows: Sequence[str], index: int) -> bool:
    """Return whether the nearest row above with less indentation begins an answer whose text has this indentation."""
    indent = _indent(rows[index])
    if indent == 0:  # as most status rows are, and no row above has less
        return False
    for above in range(index - 1, -1, -1):
        if _indent(rows[above]) < indent:
            found = _ANSWER.match(rows[above])
            return found is not None and indent >= len(found["indent"]) + _TEXT_COLUMN
    return False


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(_MARGIN))
