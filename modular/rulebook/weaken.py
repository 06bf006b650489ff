"""Translates a regular expression to RE2, weakened: it matches wherever the original does, and perhaps elsewhere.

RE2 tries hundreds of patterns in one pass over a text, but has neither lookaround nor Python's definition of a letter,
and drops its cache where a pattern may go on through any following text. So only the most selective part of every
pattern is kept that has no such stretch in it. A pattern that cannot be translated is None, never wrong.

`re2.Filter`, which looks for literals, was tried in its place: it takes 515 of the 545 shipped patterns (none with
lookaround), lets twice as many through, and costs 5 to 10 % more CPU a screen and 18 % more to prepare.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from re import _parser  # type: ignore[attr-defined]  # nothing public takes a pattern apart as Python means it
from typing import Any, Final

from modular.rulebook.ranges import Ranges, all_but, merged, size

_BEYOND_ASCII: Final = (0x80, 0x10FFFF)
SPACES: Final[Ranges] = [
    (0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
    (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
]  # fmt: skip
_ASCII_SPACES: Final[Ranges] = [(0x09, 0x0D), (0x20, 0x20)]
_DIGITS: Final[Ranges] = [(0x30, 0x39)]
_WORDS: Final[Ranges] = [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
_MAY_BE: Final[dict[str, Ranges]] = {
    "SPACE": SPACES,
    "NOT_SPACE": all_but(_ASCII_SPACES),
    "DIGIT": [*_DIGITS, _BEYOND_ASCII],
    "NOT_DIGIT": all_but(_DIGITS),
    "WORD": [*_WORDS, _BEYOND_ASCII],
    "NOT_WORD": all_but(_WORDS),
}
"""Content of a category, with or without `re.ASCII`; beyond ASCII all characters count, whatever Unicode's version."""
_ANYTHING: Final[Ranges] = [(0, 0x10FFFF)]
_FOLDED_BY_PYTHON_ALONE: Final = "\u0130\u0131"
"""Letters that Python takes for an i where case does not count."""
_WIDE: Final = 40
"""A repeated set of so many ASCII characters goes on through ordinary text."""
_FEW: Final = 16


_LINE_END: Final = 0x0A
_BLANK_ROWS: Final = "\\n[" + "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in SPACES) + "]*\\n"
"""The text that may stand for a line's end: more of them, with nothing but blanks between."""


class _Unsayable(Exception):
    """A construct that this module does not know."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Return the weakened part of a pattern."""

    text: str
    weight: float = 0.0
    """Its selectivity: about the number of letters that it requires."""
    whole: bool = True
    """It stands for all of the part, so that its neighbours may be joined to it."""
    wide: bool = False
    """It holds a set that goes on through ordinary text where it is repeated."""


_UNSPECIFIC: Final = _Piece("", whole=False)


@cache  # the rules for every CLI are in the sieve of each
def weakened(pattern: re.Pattern[str]) -> str | None:
    """Return the RE2 pattern that matches wherever the original does, also in a text with more rows.

    Those may be any rows above and below, and blank ones anywhere. None where it cannot be translated.
    """
    try:
        parsed = _parser.parse(pattern.pattern, pattern.flags)
        return _sequence(parsed, parsed.state.flags).text
    except (_Unsayable, AttributeError, TypeError, ValueError):  # another Python may take patterns apart otherwise
        return None


def _sequence(nodes: Iterable[tuple[Any, Any]], flags: int) -> _Piece:
    runs: list[list[_Piece]] = [[]]
    broken: list[_Piece] = []
    for operation, argument in nodes:
        piece = _node(str(operation), argument, flags)
        if piece.whole:
            runs[-1].append(piece)
        else:
            broken.append(piece)
            runs.append([])
    joined = [
        _Piece(
            "".join(piece.text for piece in run),
            sum(piece.weight for piece in run),
            whole=not broken,
            wide=any(piece.wide for piece in run),
        )
        for run in runs
    ]
    return max(joined + broken, key=lambda piece: piece.weight)


def _node(operation: str, argument: Any, flags: int) -> _Piece:
    if operation in {"LITERAL", "NOT_LITERAL", "ANY", "IN"}:
        return _character(operation, argument, flags)
    if operation in {"BRANCH", "SUBPATTERN", "ATOMIC_GROUP"}:
        return _group(operation, argument, flags)
    if operation in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, inner = argument
        return _repeated(_sequence(inner, flags), least, most)
    if operation == "AT":
        return _edge(str(argument))
    if operation in {"ASSERT", "ASSERT_NOT"}:
        return _Piece("")
    raise _Unsayable(operation)


def _character(operation: str, argument: Any, flags: int) -> _Piece:
    if operation == "LITERAL":
        return _literal(argument, flags)
    if operation == "ANY":
        return _one_of(_ANYTHING if flags & re.DOTALL else all_but([(_LINE_END, _LINE_END)]))
    items = argument if operation == "IN" else [("NEGATE", None), ("LITERAL", argument)]
    return _one_of(_ANYTHING if flags & re.IGNORECASE and _has_case(items) else _members(items))


def _group(operation: str, argument: Any, flags: int) -> _Piece:
    if operation == "BRANCH":
        return _branches([_sequence(branch, flags) for branch in argument[1]])
    if operation == "ATOMIC_GROUP":
        return _branches([_sequence(argument, flags)])
    _, added, removed, inner = argument
    return _branches([_sequence(inner, (flags | added) & ~removed)])


def _literal(code: int, flags: int) -> _Piece:
    letter = chr(code)
    weight = 1.0 if letter.isalnum() or not letter.isascii() else 0.4
    if not flags & re.IGNORECASE or not _cased(code):
        return _Piece(_class([(code, code)]), weight)
    if not letter.isascii():
        return _one_of(_ANYTHING)
    return _Piece(f"(?i:[{letter}{_FOLDED_BY_PYTHON_ALONE if letter in 'iI' else ''}])", weight)


def _one_of(ranges: Ranges) -> _Piece:
    few = size(ranges, 0, 0x10FFFF) <= _FEW
    return _Piece(_class(ranges), 0.5 if few else 0.2, wide=size(ranges, 0, 0x7F) >= _WIDE)


def _branches(pieces: Sequence[_Piece]) -> _Piece:
    return _Piece(
        f"(?:{'|'.join(piece.text for piece in pieces)})",
        min(piece.weight for piece in pieces),
        whole=all(piece.whole for piece in pieces),
        wide=any(piece.wide for piece in pieces),
    )


def _repeated(piece: _Piece, least: int, most: int) -> _Piece:
    if most == 1 and piece.whole:
        return _Piece(f"(?:{piece.text})?", wide=piece.wide) if least == 0 else piece
    if piece.wide or not piece.whole:
        return _UNSPECIFIC if least == 0 else _Piece(piece.text, piece.weight, whole=False)
    return _Piece(f"(?:{piece.text}){'+' if least else '*'}", piece.weight if least else 0.0)


def _edge(name: str) -> _Piece:
    """The beginning and end of the text are those of a row: rows may have been added."""
    if name.startswith("AT_BEGINNING"):
        return _Piece("(?m:^)", 0.5)
    return _Piece("(?m:$)", 0.5) if name.startswith("AT_END") else _Piece("")


def _members(items: Sequence[tuple[Any, Any]]) -> Ranges:
    """Return the code points that a set may hold."""
    if str(items[0][0]) == "NEGATE":
        return all_but(chain.from_iterable(_certain(str(kind), value) for kind, value in items[1:]))
    return merged(chain.from_iterable(_possible(str(kind), value) for kind, value in items))


def _possible(kind: str, value: Any) -> Ranges:
    match kind:
        case "LITERAL":
            return [(value, value)]
        case "RANGE":
            return [value]
        case "CATEGORY":
            return _MAY_BE[_category(value)]
        case _:
            raise _Unsayable(kind)


def _certain(kind: str, value: Any) -> Ranges:
    """Return the code points that a member of a set holds with any flags: all except those its opposite may hold."""
    if kind != "CATEGORY":
        return _possible(kind, value)
    name = _category(value)
    return all_but(_MAY_BE[name.removeprefix("NOT_") if name.startswith("NOT_") else f"NOT_{name}"])


def _category(value: Any) -> str:
    name = str(value).removeprefix("CATEGORY_")
    if name not in _MAY_BE:
        raise _Unsayable(name)
    return name


def _has_case(items: Sequence[tuple[Any, Any]]) -> bool:
    return any(str(kind) == "RANGE" or (str(kind) == "LITERAL" and _cased(value)) for kind, value in items)


def _cased(code: int) -> bool:
    letter = chr(code)
    return letter.isalpha() or not letter == letter.lower() == letter.upper()


def _class(ranges: Ranges) -> str:
    if not ranges:
        return r"[^\x00-\x{10ffff}]"  # nothing at all
    known = "[" + "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in ranges) + "]"
    return known if size(ranges, _LINE_END, _LINE_END) == 0 else rf"(?:{known}|{_BLANK_ROWS})"
