"""Finds that an agent left: by the processes where they can be read, else by a prompt at the very bottom.

Text never shows it: an agent that writes about a crash, shows a traceback or prints "Killed" is alive.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

_USER_AT_HOST: Final = re.compile(
    r"^\s*(?:\([\w.-]+\)\s*)?\[?[\w.-]+@[\w.-]+[: \]~/].{0,120}?[$#%\u276f>➜]\]?\s*(?P<typed>.*)$"
)
_BARE: Final = re.compile(r"^\s*(?:(?:ba|z|k|da|fi|a)?sh(?:-\d[\d.]*)?)?[$#%]\s*$")
_NAMED: Final = re.compile(r"^\s*(?:ba|z|k|da|fi|a)?sh-\d[\d.]*[$#%]\s*(?P<typed>.*)$")
_ARROW: Final = re.compile(r"^\s*(?:[\w.@-]+ )?➜\s+\S+.{0,80}?(?:[$#%]|git:\([^)]*\)(?: ✗)?)?\s*$")
_WINDOWS: Final = re.compile(r"^PS [A-Za-z]:\\[^>]*>\s*$")
_ADORNED: Final = re.compile(r"^\S+@\S+.*(?: via | on |git:|took )")
_SIGN: Final = re.compile(r"^\s*(?:🧱?\d* ?[x✗]|[>\u276f$%#λ])(?:\s+\^C)?\s*$")
_OBITUARY: Final = re.compile(r"^\W{0,6}(?:Killed|Terminated|Aborted|Hangup|Quit|Segmentation fault)")
"""The message of a shell about a job that a signal ended, written over the text that stood there."""
_PROMPT_THEN_REMAINS: Final = re.compile(r"^\[?[\w.-]+@[\w.-]+[: ]\S*?\]?[$#%] ?(?:[^\w\s]*|\W{3,}.*)\s*$")
_REMAINS: Final = 10
"""The rows, from the bottom up, in which the shell's cursor may have been."""
_LAUNCH: Final = re.compile(r"[$%#\u276f>➜]\s+(?:\S+=\S+\s+)*(?:\S*/)?(?P<command>[\w.-]+)(?:\s.*)?$")


def prompt_at_bottom(rows: Sequence[str]) -> str | None:
    """Return the last non-blank row if it is a shell's prompt waiting for a command; None if it is not."""
    filled = [row for row in rows if row.strip()]
    if not filled:
        return None
    last = filled[-1]
    found = _USER_AT_HOST.match(last)
    if (
        (found is not None and not found.group("typed").strip())
        or _BARE.match(last)
        or _ARROW.match(last)
        or _WINDOWS.match(last)
    ):
        return last
    if len(filled) > 1 and _SIGN.match(last) and _ADORNED.match(filled[-2]):
        return last
    return _prompt_over_remains(filled[-_REMAINS:])


def _prompt_over_remains(filled: Sequence[str]) -> str | None:
    """Find the prompt that a shell wrote into the remains of a killed program, right below its message of the job."""
    for obituary, row in pairwise(filled):
        if _OBITUARY.match(obituary) and _PROMPT_THEN_REMAINS.match(row):
            return row
    return None


def launch_line(rows: Sequence[str], commands: frozenset[str] | None) -> int | None:
    """Find the last row in which a person started one of these commands in a shell (None: any command)."""
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        if (_USER_AT_HOST.match(row) or _NAMED.match(row) or row.startswith(("$ ", "# ", "% ", "➜ "))) and (
            found := _LAUNCH.search(row)
        ) is not None:
            return index if commands is None or found.group("command") in commands else None
    return None
