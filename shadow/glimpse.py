"""What hindsight keeps of a screen: sums of its lines and what stands at its foot, and no text of it."""

import re
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from contract.record import Record
from contract.screens import PaneShot

_SIGNS: Final = ">\u276f\u203a»"
_TYPED: Final = re.compile(f"^[\\s│┃|▌]*[{_SIGNS}]\\s*[^\\s│┃|]")
"""A prompt with something in it: a composer being written in, or what was sent from it."""
_PROMPT: Final = re.compile(f"^[\\s│┃|▌]*[{_SIGNS}](?:\\s|$)")
"""Any prompt, with or without something in it."""
_EDGES: Final = re.compile(f"^[\\s│┃|▌]*[{_SIGNS}]\\s*|[\\s│┃|]+$")
"""What stands around what was typed: a frame, a sign, blanks."""
_FRAME: Final = re.compile(r"^[\s─━═╭╮╰╯┌┐└┘│┃|▔▁▌]*$")
_DIGITS: Final = re.compile(r"\d+")
"""A clock or a counter is no output: lines are compared without their figures."""
_CHOSEN: Final = re.compile(
    f"^[\\s│┃|▌]*[{_SIGNS}→▶●]\\s*(?:\\d[.)]\\s*)?(?:Yes|No|Allow|Approve|Proceed|Don't)\\b", re.IGNORECASE
)
_OPTION: Final = re.compile(
    f"^[\\s│┃|▌]*(?:[{_SIGNS}→▶●○]\\s*)?(?:\\d[.)]\\s*\\S|(?:Yes|No|Allow|Deny|Reject)\\b)", re.IGNORECASE
)
_YES_NO: Final = re.compile(
    r"[(\[]\s*(?:y(?:es)?\s*/\s*n(?:o)?|\(?y\)?es\s*/\s*\(?n\)?o)\b.*[)\]]|\(Y\)es/\(N\)o", re.IGNORECASE
)
_FOOT: Final = 16
"""Lines with text, from the last one up, among which a question stands that is still open."""
_QUESTION: Final = 3
"""Of these, the lowest, in which a question is to be answered in letters."""
_COMPOSER: Final = 6
"""Lines with text, from the last one up, among which a composer stands."""


class Glimpse(Record):
    """One screen, as far as hindsight is concerned."""

    pid: int
    printed: tuple[int, ...]
    """CRC-32 of each line outside frames and prompts, without its figures."""
    typed: tuple[int, ...]
    """Likewise of lines with something at a prompt."""
    whole: int
    """CRC-32 of the whole screen."""
    history: int
    asks: bool = False
    """A dialog stands at its foot and waits for a choice."""
    draft: int | None = None
    """CRC-32 of what stands at the prompt at its foot; None where nothing does."""
    sent: tuple[int, ...] = ()
    """CRC-32 of what stands at prompts above that."""


def glimpse(shot: PaneShot) -> Glimpse:
    """Take what hindsight needs of a pane's screen."""
    return Glimpse.model_construct(pid=shot.pid, history=shot.history, **_of_text(shot.text))


@lru_cache(maxsize=4096)
def _of_text(text: str) -> dict[str, Any]:
    """The parts that follow from the text alone; a screen that stands is taken apart once."""
    lines = [line for line in text.split("\n") if not _FRAME.match(line)]
    at_prompts = {number for number, line in enumerate(lines) if _TYPED.match(line)}
    lowest = max((number for number, line in enumerate(lines) if _PROMPT.match(line)), default=-1)
    foot = lowest if lowest in at_prompts and lowest >= len(lines) - _COMPOSER else None
    asks = _asks(lines)
    plain = [_sum(_DIGITS.sub("", line).strip()) for line in lines]
    prompts = sorted(at_prompts)
    return {
        "printed": tuple(line for number, line in enumerate(plain) if number not in at_prompts),
        "typed": tuple(plain[number] for number in prompts),
        "whole": _sum(text),
        "asks": asks,
        "draft": None if asks or foot is None else _sum(_EDGES.sub("", lines[foot])),
        "sent": tuple(_sum(_EDGES.sub("", lines[number])) for number in prompts if number != foot),
    }


def _asks(lines: list[str]) -> bool:
    """Whether a choice of at least two, one of them under a cursor, or a yes-or-no question is open at the foot."""
    foot = lines[-_FOOT:]
    chosen = any(_CHOSEN.match(line) for line in foot) and sum(bool(_OPTION.match(line)) for line in foot) > 1
    return chosen or any(_YES_NO.search(line) for line in lines[-_QUESTION:])


def _sum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
