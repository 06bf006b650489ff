"""Colours and cells: what the looks are painted with."""

from typing import Final

RESET: Final = "\x1b[0m"
CARET: Final = "\u203a"
"""The single angle quotation mark before a composer line."""
CURSOR: Final = "\u276f"
"""The heavy one before the chosen line of a dialog."""
_CODES: Final = {
    "dim": "2",
    "bold": "1",
    "grey": "38;5;245",
    "orange": "38;5;173",
    "red": "38;5;203",
    "blue": "38;5;111",
}


def paint(style: str, text: str) -> str:
    """Colour a text; an empty style leaves it plain."""
    return f"\x1b[{_CODES[style]}m{text}{RESET}" if style else text


def fit(text: str, width: int) -> str:
    """Cut or fill a plain text to so many cells; every glyph of the actors' own is one cell wide."""
    return text[:width].ljust(width)


def wrap(text: str, width: int) -> list[str]:
    """Break a plain text into lines of at most so many cells, at blanks where it can; at least one line."""
    out: list[str] = []
    line = ""
    for word in text.split(" "):
        rest = word
        if line and len(line) + 1 + len(rest) > width:
            out.append(line)
            line = ""
        elif line:
            line += " "
        while len(line) + len(rest) > width:
            out.append(line + rest[: width - len(line)])
            rest, line = rest[width - len(line) :], ""
        line += rest
    return [*out, line]
