"""The shapes of composers as rule files describe them, ready to be looked for on a screen."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from modular.rulebook.file import ComposerShape
from modular.rulebook.patterns import compiled, compiled_one, row_test
from modular.rulebook.sieve import Need


@dataclass(frozen=True, slots=True)
class CompiledComposer:
    """A composer's shape ready to be looked for."""

    shape: ComposerShape
    owner: str
    """The CLI whose file has it; for shapes that CLIs share, `unknown`."""
    prompt: re.Pattern[str] | None
    fence: re.Pattern[str] | None
    fits_blank: bool
    """A blank row is a fence."""
    top: re.Pattern[str] | None
    strip: re.Pattern[str] | None
    footer: re.Pattern[str] | None
    over: re.Pattern[str] | None
    placeholders: tuple[re.Pattern[str], ...]
    refuses: tuple[re.Pattern[str], ...]
    refuses_border: Callable[[str], bool]
    """Return whether an upper border shows a dialog's frame; kept by row, as a border is mostly the same."""
    empty_hint: re.Pattern[str] | None


def compiled_composer(
    shape: ComposerShape,
    owner: str,
    placeholders: tuple[re.Pattern[str], ...],
    refuses: tuple[re.Pattern[str], ...],
) -> CompiledComposer:
    """Compile one shape of the CLI `owner`, with the placeholders and refusals of its whole file."""
    fence = compiled_one(shape.fence)
    return CompiledComposer(
        shape=shape,
        owner=owner,
        prompt=compiled_one(shape.prompt),
        fence=fence,
        fits_blank=fence is not None and fence.search("") is not None,
        top=compiled_one(shape.top or shape.fence),
        strip=compiled_one(shape.strip),
        footer=compiled_one(shape.footer),
        over=compiled_one(shape.over),
        placeholders=(*compiled(shape.placeholders), *placeholders),
        refuses=(*compiled(shape.refuses), *refuses),
        refuses_border=row_test(refuses if shape.shape == "fenced" else ()),
        empty_hint=compiled_one(shape.empty_hint),
    )


def shape_need(shape: CompiledComposer) -> Need:
    """Return the patterns without which the shape is not on a screen.

    Rows are searched as they are; a prompt between fences is searched in the text without the borders.
    """
    wanted = {"fenced": (shape.fence, shape.top), "prompt": (shape.prompt,), "bar": (shape.fence, shape.prompt)}
    return [(pattern,) for pattern in wanted[shape.shape.shape] if pattern is not None]
