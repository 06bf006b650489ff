"""The composer: the place on an agent's screen in which a person types, and whether a draft stands in it.

A placeholder is not a draft. Agents write one in a dim or muted colour, with the cursor inverse on its first letter,
so the colours decide where they are known; where they are not, the CLI's own placeholder texts do.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from modular.reading.ink import cells
from modular.reading.matching import first_match
from modular.rulebook.composer_shapes import CompiledComposer

_NOTHING: Final = re.compile("[\\s\u200b\u2588\u258c_|]*\\Z")
"""Blank, or only a cursor that the CLI draws itself."""
_NARROWEST: Final = 20
"""Cells; no pane in which an agent works is narrower."""
_FRAME: Final = "│┃|\u200b"
_OWN_WORDS_APART: Final = 2
"""Blanks behind the prompt sign and its own: a person types right behind these, a CLI leaves a cell for the cursor."""
_MARGIN_WORDS_APART: Final = 8
"""So many of them set text to the right margin: a hint, whatever its colour."""


class Composer(NamedTuple):
    """The composer's place on the screen, and its text. A tuple: one is made of nearly every screen that is read."""

    first: int
    """Its first row, borders included."""
    last: int
    """Its last row, borders included."""
    text: str
    """Its text, its rows joined by line ends."""
    draft: bool
    """True if that text was typed, and is no placeholder."""
    owner: str
    """The CLI whose rules know its shape."""


def find_composer(rows: Sequence[str], ansi: str | None, shapes: Sequence[CompiledComposer]) -> Composer | None:
    """Find the composer on a screen; `ansi` is the same screen with colours, None where they are not known."""
    for shape in shapes:
        if (found := _FINDERS[shape.shape.shape](rows, shape)) is not None:
            composer = _read(rows, ansi, shape, *found)
            if not _holds_a_dialog(rows, shape, composer):
                return composer
    return None


def _holds_a_dialog(rows: Sequence[str], shape: CompiledComposer, composer: Composer) -> bool:
    """Return whether the text, or the border above it, shows that the frame is a dialog's."""
    if composer.text and first_match(shape.refuses, composer.text) is not None:
        return True
    return shape.refuses_border(rows[composer.first])


def _read(
    rows: Sequence[str], ansi: str | None, shape: CompiledComposer, first: int, last: int, inner: Sequence[int]
) -> Composer:
    texts = [_typed(rows[index], shape, is_first=index == inner[0]) for index in inner]
    text = "\n".join(texts).strip()
    return Composer(first, last, text, _is_draft(text, rows, ansi, shape, inner, last), shape.owner)


def _is_draft(
    text: str, rows: Sequence[str], ansi: str | None, shape: CompiledComposer, inner: Sequence[int], last: int
) -> bool:
    if _NOTHING.match(text) or first_match(shape.placeholders, text) is not None:
        return False
    apart = _apart(rows, shape, inner)
    if apart >= _MARGIN_WORDS_APART:
        return False
    if ansi is not None:
        return not _is_muted(ansi, inner, shape)
    hint = shape.empty_hint
    return apart < _OWN_WORDS_APART and (hint is None or not any(hint.search(row) for row in rows[last + 1 :]))


def _apart(rows: Sequence[str], shape: CompiledComposer, inner: Sequence[int]) -> int:
    """Return the number of blanks between a prompt sign and a single row of text; 0 without a sign or with more."""
    if shape.prompt is None or sum(bool(_bare(rows[index], shape).strip()) for index in inner) != 1:
        return 0
    row = rows[inner[0]]
    behind = row[_text_start(row, shape, is_first=True) :]
    return len(behind) - len(behind.lstrip(" ")) if behind.strip() else 0


def _bare(row: str, shape: CompiledComposer) -> str:
    return row if shape.strip is None else _without(shape.strip, row)


@lru_cache(maxsize=4096)
def _without(pattern: re.Pattern[str], row: str, count: int = 0) -> str:
    """Return a row without the matches of a pattern; cached, since the row is mostly the same from look to look."""
    return pattern.sub("", row, count=count)


def _typed(row: str, shape: CompiledComposer, *, is_first: bool) -> str:
    row = _bare(row, shape)
    if shape.prompt is not None and (is_first or shape.shape.shape == "prompt"):
        row = _without(shape.prompt, row, 1)
    return row.replace("\xa0", " ").strip()


def _find_fenced(rows: Sequence[str], shape: CompiledComposer) -> tuple[int, int, Sequence[int]] | None:
    fence, top = shape.fence, shape.top
    if fence is None or top is None:
        return None
    below = 0
    for bottom in range(len(rows) - 1, 0, -1):
        row = rows[bottom]
        if not (row or shape.fits_blank):
            continue
        if fence.search(row):
            inner = _rows_up_to(rows, bottom, top, shape)
            if inner:
                return inner[0] - 1, bottom, inner
        below += bool(row.strip())
        if below > shape.shape.below:
            return None
    return None


def _rows_up_to(rows: Sequence[str], bottom: int, top: re.Pattern[str], shape: CompiledComposer) -> Sequence[int]:
    """Return the rows between a bottom fence and the nearest fence above it; none if that is no composer."""
    for index in range(bottom - 1, max(-1, bottom - shape.shape.rows - 2), -1):
        if top.search(rows[index]):
            inner = range(index + 1, bottom)
            if shape.shape.inside:
                return _last_prompt(rows, inner, shape)
            begins = bool(inner) and (
                shape.prompt is None or shape.prompt.search(_bare(rows[inner[0]], shape)) is not None
            )
            return inner if begins else ()
    return ()


def _last_prompt(rows: Sequence[str], inner: Sequence[int], shape: CompiledComposer) -> Sequence[int]:
    """Return the last filled row between the fences, if it is a prompt."""
    filled = [index for index in inner if _bare(rows[index], shape).strip()]
    if filled and shape.prompt is not None and shape.prompt.search(_bare(rows[filled[-1]], shape)):
        return range(filled[-1], inner[-1] + 1)
    return ()


def _find_prompt(rows: Sequence[str], shape: CompiledComposer) -> tuple[int, int, Sequence[int]] | None:
    prompt, footer = shape.prompt, shape.footer
    if prompt is None:
        return None
    filled = [index for index, row in enumerate(rows) if row.strip()]
    last = len(filled) - 1
    while (
        last >= 0
        and len(filled) - 1 - last < shape.shape.below
        and footer is not None
        and footer.search(rows[filled[last]])
    ):
        last -= 1
    for position in range(last, max(-1, last - shape.shape.rows), -1):
        index = filled[position]
        if prompt.search(rows[index]):
            first = index
            while shape.strip is None and first > 0 and prompt.search(rows[first - 1]) and rows[first - 1].strip(" >"):
                first -= 1  # a draft of several lines repeats the prompt on each
            return _top_of(rows, first, shape), filled[last], range(first, filled[last] + 1)
        if not (_goes_on(rows, index) or (footer is not None and rows[index].startswith(" "))):
            return None
    return None


def _top_of(rows: Sequence[str], first: int, shape: CompiledComposer) -> int:
    """Return the first row of the frame around a text that begins in this row."""
    while shape.over is not None and first > 0 and shape.over.search(rows[first - 1]):
        first -= 1
    return first


def _goes_on(rows: Sequence[str], index: int) -> bool:
    """Return whether a row is the rest of the row above it, which is as wide as any."""
    width = max(len(row) for row in rows)
    return width >= _NARROWEST and len(rows[index - 1]) >= width - 1  # the last cell may be blank


def _find_bar(rows: Sequence[str], shape: CompiledComposer) -> tuple[int, int, Sequence[int]] | None:
    fence, prompt = shape.fence, shape.prompt
    if fence is None or prompt is None:
        return None
    below = 0
    for bottom in range(len(rows) - 1, 0, -1):
        if fence.search(rows[bottom]):
            first = bottom
            while first > 0 and prompt.search(rows[first - 1]):
                first -= 1
            inner = range(first, bottom - 1)  # the row above the fence names the model
            return (first, bottom, inner) if inner else None
        below += bool(rows[bottom].strip())
        if below > shape.shape.below:
            return None
    return None


_FINDERS: Final = {"fenced": _find_fenced, "prompt": _find_prompt, "bar": _find_bar}


def _is_muted(ansi: str, inner: Sequence[int], shape: CompiledComposer) -> bool:
    """Return whether every letter of the text is dim or grey; the one under an inverse cursor does not count."""
    counted = muted = 0
    wanted = set(inner)
    for index, row in enumerate(cells(ansi, inner[-1])):
        if index in wanted:
            plain = "".join(cell.letter for cell in row)
            start = _text_start(plain, shape, is_first=index == inner[0])
            text = [cell for cell in row[start:] if not (cell.letter.isspace() or cell.letter in _FRAME or cell.cursor)]
            counted += len(text)
            muted += sum(cell.muted for cell in text)
    return counted > 0 and muted == counted


def _text_start(row: str, shape: CompiledComposer, *, is_first: bool) -> int:
    start = 0
    if shape.strip is not None and (border := shape.strip.match(row)) is not None:
        start = border.end()
    if shape.prompt is not None and (is_first or shape.shape.shape == "prompt"):
        found = shape.prompt.search(row[start:])
        start += found.end() if found is not None else 0
    return start
