"""The place of a delivery's token in a pane: typed but not sent, sent, or nowhere."""

import re
from enum import StrEnum
from typing import Final

from understudy.tokens import squeeze


class TokenPlace(StrEnum):
    """The place in a pane in which a text was found."""

    COMPOSER = "composer"
    """Typed, and not sent yet."""
    ABOVE = "above"
    """Above the composer: it was sent."""
    WAITING = "waiting"
    """Not on the screen, but the pane's program has not read the last typed text yet."""
    NOWHERE = "nowhere"


_PROMPT = re.compile(r"^[\s│┃|▌▎]*[>❯›»➤](?:\s|$)")  # noqa: RUF001 - agents draw these
"""The beginning of a composer's first line, in a frame or without."""

_DEEPEST: Final = 12
"""Lines with text, from the last one up, among which a composer begins."""
_WITHOUT_PROMPT: Final = 3
"""The lines that count as the composer where none is recognised."""


def find(screen: str, token: str) -> TokenPlace:
    """Find the place of a token on a plain screen; the lowest one counts."""
    lines = [line for line in screen.split("\n") if line.strip()]
    at = _composer(lines)
    wanted = squeeze(token)
    if wanted in squeeze("".join(lines[at:])):
        return TokenPlace.COMPOSER
    if wanted in squeeze("".join(lines)):
        return TokenPlace.ABOVE
    return TokenPlace.NOWHERE


def _composer(lines: list[str]) -> int:
    """Return the line at which the composer begins."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _DEEPEST), -1):
        if _PROMPT.match(lines[at]):
            return at
    return max(0, len(lines) - _WITHOUT_PROMPT)
