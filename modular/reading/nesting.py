"""The inner screen of a multiplexer that runs in a pane: without its status row, its tab bar, or the frame it draws.

tmux, GNU screen and zellij may run in a pane, also on a machine behind ssh or in a container. What they draw around the
inner screen is no agent's.
"""

import re
from collections.abc import Sequence
from typing import Final

from modular.reading import processes
from understudy import PaneShot
from understudy.screens import plain

_SGR: Final = re.compile("\x1b\\[[0-9;:]*m")
_TMUX_BAR: Final = re.compile(r"^ ?\[[^\]\n]{1,60}\] ?\d+:\S")
"""As tmux draws it unless told otherwise: the session in brackets, then the windows by number."""
_SCREEN_BAR: Final = re.compile(r"^[\s\[(]*\S*[\s\])|]*.*(?:\(?\b\d+\*[$&!@-]*\s?\$?[\w(.]|\b\d+[-*]?\$\S* )")
_ZELLIJ_TABS: Final = re.compile(r"^ ?Zellij\b")
_ZELLIJ_KEYS: Final = re.compile(r"(?:Ctrl|Alt) ?\+|<[Cc]trl|<[Aa]lt|\bLOCK\b.*\bPANE\b")
_BARS: Final = 2
"""So many status rows tmux or screen draws at most, in practice."""
_ZELLIJ_ROWS: Final = 4
"""So many rows of keys and tips stand below its frames at most."""
_CLOCK_AT_END: Final = re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?(?:[ |]+\S+){0,4}\s*$")
_COLOURED: Final = re.compile(
    "^(?:\x1b\\[[0-9;:]*m)*\x1b\\[(?:[0-9;:]*;)?(?:4[0-8]|10[0-7]|7)(?:[;:][0-9;:]*)?m(?:\x1b\\[[0-9;:]*m)*[^\x1b]"
)
_UNCOLOURED: Final = re.compile("\x1b\\[(?:[0-9;:]*;)?(?:0|27|49)?m.*\\S", re.DOTALL)
_WIDE: Final = 0.9
_FRAME_TOP, _FRAME_FOOT = re.compile(r"^[┌╭].*[┐╮]\s*$"), re.compile(r"^[└╰].*[┘╯]\s*$")
_FIRST_BORDER: Final = re.compile("^((?:\x1b\\[[0-9;:]*m)*)│")
_LAST_BORDER: Final = re.compile("│((?:\x1b\\[[0-9;:]*m)*\\s*)$")


def inner(shot: PaneShot, chain: Sequence[str]) -> PaneShot:
    """Return a shot of the inner screen; the shot itself where nothing is drawn around it."""
    if not processes.may_nest(chain):
        return shot
    rows = shot.ansi.rstrip("\n").split("\n")
    texts = [plain(row) for row in rows]
    names_it = processes.multiplexes(chain) or _ZELLIJ_TABS.match(texts[0]) is not None
    first, last = _without_bars(rows, texts, shot.width, names_it=names_it)
    framed = names_it and _is_framed(texts[first:last])
    if framed:
        first, last = first + 1, last - 1
    if (first, last) == (0, len(rows)):
        return shot
    kept = rows[first:last]
    if framed:
        kept = [_LAST_BORDER.sub(r"\1", _FIRST_BORDER.sub(r"\1", row)) for row in kept]
    pen = "".join(_SGR.findall("\n".join(rows[:first])))  # a colour stands until another is written
    return shot.model_copy(update={"ansi": pen + "\n".join(kept) + "\n"})


def _without_bars(rows: Sequence[str], texts: Sequence[str], width: int, *, names_it: bool) -> tuple[int, int]:
    """Return the first row of the inner screen, and the one behind its last."""
    last = len(rows)
    if _ZELLIJ_TABS.match(texts[0]):
        while last > 1 and _FRAME_FOOT.match(texts[last - 1]) is None and last > len(rows) - _ZELLIJ_ROWS:
            last -= 1
        keys = any(_ZELLIJ_KEYS.search(row) for row in texts[last:])
        return 1, last if keys and _FRAME_FOOT.match(texts[last - 1]) else _above_keys(texts)
    while last > len(rows) - _BARS and last > 1 and _is_bar(rows[last - 1], texts[last - 1], width, names_it=names_it):
        last -= 1
    if last < len(rows):
        return 0, last
    return int(_is_bar(rows[0], texts[0], width, names_it=names_it)), last


def _above_keys(texts: Sequence[str]) -> int:
    """Return how many rows stand above those in which zellij explains its keys."""
    last = len(texts)
    while last > 1 and _ZELLIJ_KEYS.search(texts[last - 1]):
        last -= 1
    return last


def _is_bar(row: str, text: str, width: int, *, names_it: bool) -> bool:
    """Whether a row at an edge of the screen is a status row; `names_it` says that a multiplexer is known to run."""
    if _TMUX_BAR.match(text):
        return True
    if not names_it or not text.strip():
        return False
    filled = len(text) >= width * _WIDE and _COLOURED.match(row) is not None and _UNCOLOURED.search(row) is None
    return filled or _CLOCK_AT_END.search(text) is not None or _SCREEN_BAR.match(text) is not None


def _is_framed(texts: Sequence[str]) -> bool:
    """Whether one frame goes around all of these rows."""
    return (
        len(texts) > 2  # noqa: PLR2004 - a top, a foot, and something in between
        and _FRAME_TOP.match(texts[0]) is not None
        and _FRAME_FOOT.match(texts[-1]) is not None
        and all(row.startswith("│") and row.rstrip().endswith("│") for row in texts[1:-1])
    )
