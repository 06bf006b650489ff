"""The digest of a screen for hindsight: checksums of its lines and of its last rows, and no text of it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zlib import crc32

from understudy.record import Record
from understudy.screens import PaneShot

SIGNS: Final = ">\u276f\u203a»"
"""Prompt signs of composers."""
_TYPED: Final = re.compile(f"^[\\s│┃|▌]*[{SIGNS}]\\s*[^\\s│┃|]")
"""A prompt with text in it: a composer with a draft, or a line that was sent from it."""
_PROMPT: Final = re.compile(f"^[\\s│┃|▌]*[{SIGNS}](?:\\s|$)")
"""Any prompt, with or without text in it."""
_EDGES: Final = re.compile(f"^[\\s│┃|▌]*[{SIGNS}]\\s*|[\\s│┃|]+$")
"""The text around the typed text: a frame, a sign, blanks."""
_FRAME: Final = re.compile(r"^[\s─━═╭╮╰╯┌┐└┘│┃|▔▁▌]*$")
_DIGITS: Final = re.compile(r"\d+")
"""A clock or a counter is no output, so lines are compared without their figures."""
_CHOSEN: Final = re.compile(
    f"^[\\s│┃|▌]*[{SIGNS}→▶●]\\s*(?:\\d[.)]\\s*)?(?:Yes|No|Allow|Approve|Proceed|Don't)\\b", re.IGNORECASE
)
_OPTION: Final = re.compile(
    f"^[\\s│┃|▌]*(?:[{SIGNS}→▶●○]\\s*)?(?:\\d[.)]\\s*\\S|(?:Yes|No|Allow|Deny|Reject)\\b)", re.IGNORECASE
)
_YES_NO: Final = re.compile(
    r"[(\[]\s*(?:y(?:es)?\s*/\s*n(?:o)?|\(?y\)?es\s*/\s*\(?n\)?o)\b.*[)\]]|\(Y\)es/\(N\)o", re.IGNORECASE
)
_FOOT: Final = 16
"""Lines with text, from the last one up, among which a question stands that is still open."""
_QUESTION: Final = 3
"""Of these, the lowest lines, in which a question stands that is answered with letters."""
_COMPOSER: Final = 6
"""Lines with text, from the last one up, among which a composer stands."""


class ScreenDigest(Record):
    """One screen, as hindsight keeps it."""

    pid: int
    printed: tuple[int, ...]
    """CRC-32 of each line outside frames and prompts, without its figures."""
    typed: tuple[int, ...]
    """CRC-32 of each line with text at a prompt, likewise."""
    whole: int
    """CRC-32 of the whole screen."""
    history: int
    asks: bool = False
    """A dialog at the end of the screen waits for a choice."""
    draft: int | None = None
    """CRC-32 of the text at the last prompt; None if there is none."""
    sent: tuple[int, ...] = ()
    """CRC-32 of the texts at prompts above that."""


def digest(shot: PaneShot) -> ScreenDigest:
    """Return the digest of a pane's screen."""
    return ScreenDigest.model_construct(pid=shot.pid, history=shot.history, **_of_text(shot.text))


class _Line(NamedTuple):
    """The properties of one line by itself."""

    framing: bool
    prompt: bool
    typed: bool
    plain: int
    text_sum: int
    chosen: bool
    option: bool
    letters: bool


@lru_cache(maxsize=1 << 16)
def _read(line: str) -> _Line:
    """Read a line. Cached, since most lines stay from frame to frame."""
    framing, prompt = bool(_FRAME.match(line)), bool(_PROMPT.match(line))
    typed = bool(_TYPED.match(line))
    return _Line(
        framing=framing,
        prompt=prompt,
        typed=typed,
        plain=_sum(_DIGITS.sub("", line).strip()),
        text_sum=_sum(_EDGES.sub("", line)) if typed else 0,
        chosen=bool(_CHOSEN.match(line)),
        option=bool(_OPTION.match(line)),
        letters=bool(_YES_NO.search(line)),
    )


@lru_cache(maxsize=4096)
def _of_text(text: str) -> dict[str, Any]:
    """Return the parts that follow from the text alone. Cached, since most screens stay the same."""
    lines = [line for line in map(_read, text.split("\n")) if not line.framing]
    lowest = max((number for number, line in enumerate(lines) if line.prompt), default=-1)
    foot = lowest if lowest >= max(0, len(lines) - _COMPOSER) and lines[lowest].typed else None
    asks = _asks(lines)
    return {
        "printed": tuple(line.plain for line in lines if not line.typed),
        "typed": tuple(line.plain for line in lines if line.typed),
        "whole": _sum(text),
        "asks": asks,
        "draft": None if asks or foot is None else lines[foot].text_sum,
        "sent": tuple(line.text_sum for number, line in enumerate(lines) if line.typed and number != foot),
    }


def _asks(lines: Sequence[_Line]) -> bool:
    """Return whether a choice of two or more, one under a cursor, or a yes-or-no question is open at the end."""
    foot = lines[-_FOOT:]
    chosen = any(line.chosen for line in foot) and sum(line.option for line in foot) > 1
    return chosen or any(line.letters for line in lines[-_QUESTION:])


def _sum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
