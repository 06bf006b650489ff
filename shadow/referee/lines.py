"""One line of a screen, as the referee keeps it; lines recur from frame to frame, so they are read once."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import combining, east_asian_width
from zlib import crc32

from shadow.screen_digest import SIGNS

EDGES: Final = "│┃|▌▏▎"
"""Characters that draw the side of a box."""
_LEAD: Final = f"^[\\s{EDGES}]*"
_PROMPTED: Final = re.compile(f"{_LEAD}(?:[{SIGNS}]|┃)\\s+(\\S.*?)[\\s{EDGES}]*$")
"""Text at a prompt: CLIs show a sent prompt there, some of them beside a heavy bar."""
_SPINNERS: Final = re.compile(r"[⠀-⣿◐◑◒◓·✢✳✶✻✽\u2217*✦✧⬝■●○◆◇|/\\-]|\d+")
"""Spinners and counters: two lines that differ in them alone count as one."""
_SPINNING: Final = re.compile(r"^[⠀-⣿◐◑◒◓✢✳✶✻✽]\s*")
_CLOCK: Final = re.compile(r"(?:(\d+)h\s*)?(?:(\d+)m\s*)?(?<![\d.])(\d+)s\b")
"""An elapsed time, such as `1m 12s`."""
_LONGEST_CLOCKED: Final = 200
_OPTION: Final = re.compile(
    f"{_LEAD}(?:[{SIGNS}→▶●○◉◯]\\s*)?(?:\\d[.)]\\s*\\S|(?:Yes|No|Allow|Deny|Reject|Approve)\\b)", re.IGNORECASE
)
_CHOSEN: Final = re.compile(
    f"{_LEAD}[{SIGNS}→▶●◉]\\s*(?:\\d[.)]\\s*\\S|(?:Yes|No|Allow|Deny|Reject|Approve|Proceed|Don't)\\b)", re.IGNORECASE
)
_LETTERS: Final = re.compile(r"[(\[]\s*\(?y(?:es)?\)?(?:es)?\s*/\s*\(?n(?:o)?\b.*[)\]]|\(Y\)es/\(N\)o", re.IGNORECASE)
"""A question that is answered with a letter."""
_HINT: Final = re.compile(
    r"\b(?:enter|return)\s+(?:to\s+)?(?:confirm|select|submit|approve|accept|continue|proceed|allow|choose)\b"
    r"|\besc\s+(?:to\s+)?(?:dismiss|reject|deny)\b",
    re.IGNORECASE,
)
"""Key hints of a dialog."""
_TROUBLE: Final = re.compile(
    r"error|fail|exceed|limit|quota|overload|unauthori|forbidden|denied|invalid|incorrect|unavailable|time[sd]?[ -]?out"
    r"|too many|try again|retry|high demand|disconnect|without a finish|interrupted|refused|unexpected|expired"
    r"|not able|unable|cannot|could not|\b4\d\d\b|\b5\d\d\b|✕|✗|✘|^\s*■\s",
    re.IGNORECASE,
)
"""Texts of errors and limits. Matches too much rather than too little: a match only widens the named set."""
_RETRIES: Final = re.compile(
    r"retry|retries|try(?:ing)? again|again in \d|\battempt\b|reconnect|back(?:ing)? ?off", re.IGNORECASE
)
"""Texts that announce a retry: motion below them may belong to an agent that only waits for it."""
_FRAME: Final = re.compile(r"^[\s─━═╭╮╰╯┌┐└┘│┃|▔▁▌▀▄╌╹╻]*$")


class Line(NamedTuple):
    """The properties of one line by itself."""

    framing: bool
    """Nothing but a box, or blank."""
    plain: int
    """CRC-32 without figures and spinners; 0 if nothing else is in it."""
    exact: int
    """CRC-32 of the whole line."""
    prompted: str
    """The text at a prompt in it; empty if there is none."""
    clock_s: int | None
    """The elapsed time that it shows."""
    option: bool
    chosen: bool
    letters: bool
    hint: bool
    trouble: bool
    retries: bool


@lru_cache(maxsize=1 << 16)
def read_line(line: str) -> Line:
    """Read one line."""
    framing = bool(_FRAME.match(line))
    if framing:
        return Line(True, 0, checksum(line.rstrip()), "", None, False, False, False, False, False, False)
    plain = _SPINNERS.sub("", line).strip()
    prompted = _PROMPTED.match(line)
    return Line(
        framing=False,
        plain=checksum(plain) if plain else 0,
        exact=checksum(line.rstrip()),
        prompted=_SPINNING.sub("", prompted[1]).strip() if prompted else "",
        clock_s=_elapsed(line) if len(line) <= _LONGEST_CLOCKED else None,
        option=bool(_OPTION.match(line)),
        chosen=bool(_CHOSEN.match(line)),
        letters=bool(_LETTERS.search(line)),
        hint=bool(_HINT.search(line)),
        trouble=bool(_TROUBLE.search(line)),
        retries=bool(_RETRIES.search(line)),
    )


def cells_of(text: str) -> int:
    """Return the number of terminal cells that a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(combining(character) > 0 for character in text)


def checksum(text: str) -> int:
    """Return the CRC-32 of a text."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def _elapsed(line: str) -> int | None:
    found = _CLOCK.search(line)
    if found is None:
        return None
    hours, minutes, seconds = (int(part) if part else 0 for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
