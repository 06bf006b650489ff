"""One byte for each character of a text, so that the offsets of a match are offsets in the text."""

import codecs
import re
from functools import lru_cache
from typing import Final

OTHER: Final = "\x7f"
"""Stands for a character outside ASCII that is no blank and no part of a frame."""

VERTICAL: Final = "│┃║┆┇┊┋╎╏╽╿▏▎▍▌▐▕█▉▊▋▮"
"""Characters that agents draw the left and right sides of a frame with."""

SIDE: Final = re.compile(f"[{VERTICAL}]")
_FRAME: Final = re.compile("[\u2500-\u259f]")
_ASCII_SIDES: Final = re.compile(rb"(?m)^([ \t]*)\|([^\n]*)\|([ \t]*)$")
_BLANK: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_WIDE: Final = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)


def flat(text: str) -> bytes:
    """Return one byte for each character: other foreign characters than blanks become `OTHER`.

    The left and right sides of frames end a line, the rest of a frame is blank.
    """
    plain = text.encode("ascii", "understudy-flat")
    return _ASCII_SIDES.sub(rb"\1\n\2\n\3", plain) if b"|" in plain else plain


def has_wide(text: str) -> bool:
    """Return whether a character of the text takes two cells."""
    return not text.isascii() and _WIDE.search(text) is not None


def wide_count(text: str) -> int:
    """Count the characters that take two cells."""
    return len(_WIDE.findall(text))


@lru_cache(4096)
def _stand_in(run: str) -> str:
    blanked = _BLANK.sub(" ", _FRAME.sub(" ", SIDE.sub("\n", run)))
    return blanked if blanked.isascii() else "".join(char if char in " \n" else OTHER for char in blanked)


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return _stand_in(error.object[error.start : error.end]), error.end


codecs.register_error("understudy-flat", _replace)
