"""The token at the beginning of each message that the harness types: `[u-1a2b3c4d]`."""

import re
from typing import Final

TOKEN: Final = re.compile(r"\[u-[0-9a-f]{4,16}\]")
"""Matches a token in a text out of which blanks and frames were taken by `squeeze`."""
_FILL: Final = re.compile(r"[\s│┃|▌▎╎╏┆┇]+")
"""Characters that a terminal or a frame puts into a text that it breaks."""


def squeeze(text: str) -> str:
    """Take blanks and frames out of a text, so that it is found however it was wrapped."""
    return _FILL.sub("", text)
