"""The conditions under which tmux itself may still touch a pane, in tmux's own language: formats. Pure.

They go to the server in one command with the keys. tmux knows the screen as the program last drew it, so the cursor,
some rows and the signs of a dialog are compared there and then, and not only in the frame that the guard judged.
"""

import re
from collections.abc import Sequence
from typing import Final

from understudy.screens import PaneShot

DIALOG_SIGNS: Final = (
    r"do you want",
    r"would you like",
    r"are you sure",
    r"do you trust|trust (this|the|these) ",
    r"allow (once|always|this|the|for)|always allow|allow execution",
    r"approve|approval|permission|confirmation",
    r"\(y/n|\[y/n|y/n[])]|yes/no|\(y\)es|\[y\]",
    r"[❯›>●▶→] *[1-9][.)] ",  # noqa: RUF001 - agents draw these
    r"^[^a-z0-9]*[1-9][.)] (yes|no|allow|proceed|cancel|approve|reject|deny)",
    r"[❯›>●▶→○] *(yes|no|allow|approve|deny|proceed|run|trust)",  # noqa: RUF001 - as above
    r"(esc|escape|ctrl.c) to (cancel|reject|exit|go back|close)",
    r"(enter|return) to (confirm|select|submit|continue|approve|accept)",
    r"(press|hit) (enter|return|any key)",
    r"proceed\?|continue\?|confirm\?|overwrite\?",
    r"don.t ask again",
    r"to (navigate|select)",
    r"password:|passphrase|paste (the |your )?code",
)
"""What dialogs say, as POSIX patterns without comma, brace, number sign and quote: tmux's formats would take them."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9 _<>=@&;:~\"/!-]")
_BRACKETED: Final = frozenset("$.*+?()|")


def unchanged_screen(shot: PaneShot, rows: Sequence[int] = (), *, cursor: bool = True) -> list[str]:
    """Return formats that are true while cursor and rows are as seen, and no sign of a dialog came up since.

    `cursor`: it tells of what is typed, and must not have moved. An agent at work may leave it where it drew last.
    """
    lines = shot.text.split("\n")
    formats = [f"#{{==:#{{cursor_x}} #{{cursor_y}},{shot.cursor_x} {shot.cursor_y}}}"] if cursor else []
    formats += [_row_stands(lines, row) for row in dict.fromkeys(rows) if row < len(lines) and lines[row].strip()]
    signs = [sign for sign in DIALOG_SIGNS if not _shows(sign, lines)]
    if signs:
        formats.append(f"#{{==:#{{C/ri:{'|'.join(signs)}}},0}}")
    return formats


def all_of(formats: Sequence[str]) -> str:
    """Join formats into one that is true where all of them are."""
    whole = formats[0]
    for one in formats[1:]:
        whole = f"#{{&&:{whole},{one}}}"
    return whole


def row_pattern(row: str) -> str:
    """Write a row as a pattern that matches it alone, but for signs that tmux's formats would take for their own."""
    return f"^{''.join(map(_letter, row.rstrip(' ')))}$"


def _row_stands(lines: Sequence[str], row: int) -> str:
    """The format that is true while a row is as it was: tmux tells the first row in which a pattern is found."""
    pattern = row_pattern(lines[row])
    first = next(index for index, line in enumerate(lines) if re.search(pattern, line.rstrip(" ")))
    return f"#{{==:#{{C/r:{pattern}}},{first + 1}}}"


def _letter(letter: str) -> str:
    if _PLAIN.match(letter) or not letter.isascii():
        return letter
    return f"[{letter}]" if letter in _BRACKETED else "."


def _shows(sign: str, lines: Sequence[str]) -> bool:
    found = re.compile(sign.replace("[])]", r"[\])]"), re.IGNORECASE)
    return any(found.search(line) for line in lines)
