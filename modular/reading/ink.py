"""The meaning of a screen's colours: the muted letters, and the letter under a cursor that the CLI draws.

Agents mute their own texts in an empty composer: dim, or in a grey of medium brightness.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

_SGR: Final = re.compile("\x1b\\[([0-9;:]*)m")
_OTHER_ESCAPES: Final = re.compile(
    "\x1b\\[[0-9;:?]*[ -/]*[@-ln-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[()][0-9A-B]|[\x0e\x0f]"
)
_MUTED_LOW, _MUTED_HIGH, _MUTED_SPREAD = 80, 190, 45
"""Muted text has a grey between these levels (0 to 255), with no more colour in it than this."""
_BRIGHT_BLACK, _FIRST_GREY, _LAST_GREY = 8, 238, 251
"""The greys of the 256-colour palette that lie in between."""


class Cell(NamedTuple):
    """One letter as it is drawn."""

    letter: str
    muted: bool
    cursor: bool
    """It stands under an inverse or filled cell."""


@dataclass(slots=True)
class _Pen:
    """The attributes of the next letter, as far as they are used here."""

    dim: bool = False
    grey: bool = False
    inverse: bool = False
    filled: bool = False

    def obey(self, codes: str) -> None:
        """Follow one SGR sequence, such as `1;38;5;240`."""
        numbers = [int(code) if code else 0 for code in codes.replace(":", ";").split(";")]
        while numbers:
            code, *numbers = numbers
            if code == _RESET:
                self.dim = self.grey = self.inverse = self.filled = False
            elif code in _EXTENDED:
                is_grey, used = _colour(numbers)
                numbers = numbers[used:]
                if code == _EXTENDED[0]:
                    self.grey = is_grey
                else:
                    self.filled = True
            elif code in _SWITCHES:
                attribute, value = _SWITCHES[code]
                setattr(self, attribute, value)


_RESET: Final = 0
_EXTENDED: Final = (38, 48)
"""Foreground and background from a palette or as levels; more numbers follow."""
_SWITCHES: Final[dict[int, tuple[str, bool]]] = {
    2: ("dim", True),
    22: ("dim", False),
    7: ("inverse", True),
    27: ("inverse", False),
    49: ("filled", False),
    90: ("grey", True),
    **dict.fromkeys((39, *range(30, 38), *range(91, 98)), ("grey", False)),
}


def cells(ansi: str, last: int) -> list[list[Cell]]:
    """Return the letters of the rows up to and with row `last`.

    tmux writes a colour where it changes and lets it stand across line ends, so a row cannot be read alone.
    """
    pen = _Pen()
    rows: list[list[Cell]] = []
    for line in _OTHER_ESCAPES.sub("", ansi).split("\n")[: last + 1]:
        drawn: list[Cell] = []
        position = 0
        for mark in [*_SGR.finditer(line), None]:
            run = line[position : mark.start() if mark is not None else len(line)]
            cursor = pen.inverse or (pen.filled and len(run) == 1)
            drawn += [Cell(letter, pen.dim or pen.grey, cursor) for letter in run]
            if mark is not None:
                pen.obey(mark.group(1))
                position = mark.end()
        rows.append(drawn)
    return rows


def _colour(numbers: Sequence[int]) -> tuple[bool, int]:
    """Return whether an extended colour is a muted grey, and the count of numbers that it took."""
    match numbers:
        case [5, index, *_]:
            return index == _BRIGHT_BLACK or _FIRST_GREY <= index <= _LAST_GREY, 2
        case [2, red, green, blue, *_]:
            spread = max(red, green, blue) - min(red, green, blue)
            return _MUTED_LOW <= max(red, green, blue) <= _MUTED_HIGH and spread <= _MUTED_SPREAD, 4
        case _:
            return False, len(numbers)
