"""Reads composers for the actuator: with the shipped rules of the CLIs, else by the prompt sign alone. Pure.

What an agent writes into its composer itself, a placeholder or a suggestion behind the text, is dim or grey and counts
as nothing: only what was typed decides whether a key may be pressed.
"""

from collections.abc import Sequence
from typing import Final

from modular.reading import processes
from modular.reading.composer import Composer, find_composer
from modular.reading.identity import identify
from modular.reading.ink import cells
from modular.rulebook.book import RuleBook, shipped
from modular.rulebook.composer_shapes import CompiledComposer
from modular.rulebook.file import UNKNOWN
from tmuxio.acting.composer import ComposerText, read_rows
from understudy.screens import PaneShot

_DRAWN: Final = frozenset("│┃|▌▎╎╏┆┇>❯›»➤❭λ!$%#*·")  # noqa: RUF001 - agents draw these
_FIRST_DRAWN, _LAST_DRAWN = "\u2500", "\u259f"
"""Lines, corners and blocks. They stay in their rows, in whatever colour, as do the signs above."""


def read_composer(shot: PaneShot) -> ComposerText | None:
    """Read the composer of whatever agent a pane runs; None where none is recognised on its screen."""
    rows, shapes = shot.text.split("\n"), _shapes(shot, shipped())
    if (composer := find_composer(rows, shot.ansi, shapes)) is None:
        return read_rows(_without_muted(rows, shot.ansi), shot)
    text = _typed(rows, shot, shapes, composer) if composer.draft else ""
    return ComposerText(text, composer.first, composer.last)


def _shapes(shot: PaneShot, book: RuleBook) -> tuple[CompiledComposer, ...]:
    """The shapes that the CLI's own rules know, then those that any CLI may have."""
    named = dict.fromkeys((identify(shot, processes.chain(shot), book), UNKNOWN))
    return tuple(shape for agent in named for shape in book.of(agent).looks.composers)


def _typed(rows: Sequence[str], shot: PaneShot, shapes: Sequence[CompiledComposer], composer: Composer) -> str:
    """Read a draft without what the agent suggests behind it."""
    inside, plain = range(composer.first, composer.last + 1), _without_muted(rows, shot.ansi)
    bare = [plain[index] if index in inside else row for index, row in enumerate(rows)]
    again = find_composer(bare, shot.ansi, shapes)
    # a draft of which no part is recognised without the muted one is a draft all the same
    return (again.text if again is not None else "") or composer.text


def _without_muted(rows: Sequence[str], ansi: str) -> list[str]:
    """Blank every dim or grey letter, frames and prompt signs aside."""
    drawn = cells(ansi, len(rows))
    plain = []
    for index, row in enumerate(rows):
        letters = drawn[index] if index < len(drawn) else []
        kept = (cell.letter if _stays(cell.letter) or not cell.muted else " " for cell in letters)
        plain.append("".join(kept).rstrip(" ") if letters else row)
    return plain


def _stays(letter: str) -> bool:
    return letter in _DRAWN or _FIRST_DRAWN <= letter <= _LAST_DRAWN
