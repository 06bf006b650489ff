"""Where a delivery's token stands in a pane: typed but not sent, sent, or nowhere."""

import re
from enum import StrEnum
from typing import Final


class TokenPlace(StrEnum):
    """Where in a pane a text was found."""

    COMPOSER = "composer"
    """Typed, and not sent yet."""
    ABOVE = "above"
    """In what was said before: it was sent."""
    WAITING = "waiting"
    """Not on the screen, but the pane's program has not read yet what was typed last."""
    NOWHERE = "nowhere"


_PROMPT = re.compile(r"^[\s│┃|▌▎]*[>❯›»➤](?:\s|$)")  # noqa: RUF001 - agents draw these
"""How the first line of a composer begins, in a frame or without."""

_DEEPEST: Final = 12
"""Lines with text, from the last one up, among which a composer begins."""
_WITHOUT_PROMPT: Final = 3
"""The lines that count as the composer where none is recognised."""
_FILL = re.compile(r"[\s│┃|▌▎╎╏┆┇]+")
"""What a terminal or a frame puts into a text that it breaks."""


def squeeze(text: str) -> str:
    """Take blanks and frames out of a text, so that it is found however it was wrapped."""
    return _FILL.sub("", text)


def find(screen: str, token: str) -> TokenPlace:
    """Find where a token stands on a plain screen; the lowest place counts."""
    lines = [line for line in screen.split("\n") if line.strip()]
    at = _composer(lines)
    wanted = squeeze(token)
    if wanted in squeeze("".join(lines[at:])):
        return TokenPlace.COMPOSER
    if wanted in squeeze("".join(lines)):
        return TokenPlace.ABOVE
    return TokenPlace.NOWHERE


def _composer(lines: list[str]) -> int:
    """The line at which the composer begins."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _DEEPEST), -1):
        if _PROMPT.match(lines[at]):
            return at
    return max(0, len(lines) - _WITHOUT_PROMPT)
