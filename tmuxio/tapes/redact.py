"""Takes secrets out of screens before they are kept: every character of a secret becomes a star, and nothing moves.

What is matched is what a person would read: colours are looked through, so that a highlighted password is one word.
Redacting twice changes nothing more.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

HERE: Final = Path(__file__).with_name("redaction.toml")
"""The rules that ship with the program."""

_STAR: Final = "*"

_ESCAPE = re.compile("\x1b\\[[0-9;:?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[()][0-9A-B]|[\x0e\x0f]")

_LINK = re.compile("\x1b\\]8;([^\x07\x1b]*)(?:\x07|\x1b\\\\)")

_PIECE = re.compile(r"\{([A-Z]+)\}")

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----")
_END = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=*]{16,}")
"""A line of a private key's body, which may stand in a frame or behind line numbers."""

_NARROWEST: Final = 40
"""Cells: a line that ends before was ended by its writer, not by the terminal."""

_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=.~*]+")


class BadRedaction(ValueError):
    """A file of rules that is not what it must be; the text names the file, the rule and the remedy."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: dict[str, str] = Field(default_factory=dict)
    pieces: dict[str, str] = Field(default_factory=dict)
    off: tuple[str, ...] = ()
    """Names of shipped rules that are not applied."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """Stars what its rules take for a secret."""

    rules: Sequence[re.Pattern[str]]

    def __call__(self, text: str) -> str:
        """Star the secrets of a text, which may have colours: the result has the same length and the same lines."""
        while (starred := self._once(text)) != text:  # ends, as stars only ever become more
            text = starred
        return text

    def _once(self, text: str) -> str:
        spans = list(self._spans(_ESCAPE.sub("", text)))
        links = list(_LINK.finditer(text))
        if not (spans or links):
            return text
        starred, places = list(text), _places(text)
        for start, end in spans:
            for place in places[start:end]:
                if not starred[place].isspace():
                    starred[place] = _STAR
        for link in links:  # its target is not shown, but would be kept
            starred[link.start(1) : link.end(1)] = self(link[1])
        return "".join(starred)

    def _spans(self, shown: str) -> Iterator[tuple[int, int]]:
        for rule in self.rules:
            for found in rule.finditer(shown):
                start, end = found.span("secret" if "secret" in rule.groupindex else 0)
                yield start, end
                yield from _wrapped(shown, start, end)
        yield from _private_keys(shown)


def redactor(own: Path | None = None) -> Redactor:
    """Read the shipped rules and, where there is one, a file of one's own that adds to them or turns some `off`.

    Raises `BadRedaction`, and OSError where the file cannot be read.
    """
    shipped = _read(HERE)
    more = _read(own) if own is not None else _File()
    if unknown := [name for name in more.off if name not in shipped.rules]:
        raise BadRedaction(f"{own}: off: no rule is called {unknown[0]!r}; there are: {', '.join(shipped.rules)}")
    pieces = shipped.pieces | more.pieces
    rules = {name: rule for name, rule in (shipped.rules | more.rules).items() if name not in more.off}
    return Redactor(tuple(_compiled(own or HERE, name, rule, pieces) for name, rule in rules.items()))


@cache
def _shipped() -> Redactor:
    return redactor()


def redact(text: str) -> str:
    """Star the secrets of a text by the rules that ship with the program."""
    return _shipped()(text)


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRedaction(f"{path}: is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRedaction(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _compiled(path: Path, name: str, rule: str, pieces: dict[str, str]) -> re.Pattern[str]:
    try:
        pattern = re.compile(_PIECE.sub(lambda piece: pieces[piece[1]], rule))
    except KeyError as error:
        raise BadRedaction(f"{path}: rules.{name}: there is no piece {error}; write it under [pieces]") from error
    except re.error as error:
        raise BadRedaction(f"{path}: rules.{name}: is no regular expression: {error}") from error
    if pattern.match(""):
        raise BadRedaction(f"{path}: rules.{name}: matches the empty text, so it would star everything; make it longer")
    return pattern


def _places(text: str) -> list[int]:
    """Where in the text each character that is shown stands."""
    places: list[int] = []
    at = 0
    for escape in _ESCAPE.finditer(text):
        places.extend(range(at, escape.start()))
        at = escape.end()
    places.extend(range(at, len(text)))
    return places


def _wrapped(shown: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The rest of a token that the terminal broke at its edge: it goes on where the next line begins."""
    line = shown.rfind("\n", 0, start) + 1
    while end < len(shown) and shown[end] == "\n" and end - line >= _NARROWEST:
        rest = _TOKEN.match(shown, end + 1)
        if rest is None:
            return
        yield rest.span()
        line, end = end + 1, rest.end()


def _private_keys(shown: str) -> Iterator[tuple[int, int]]:
    """Everything between BEGIN and END; a block that scrolled in or out at an end is told by its lines."""
    for begin in _BEGIN.finditer(shown):
        end = _END.search(shown, begin.end())
        other = _BEGIN.search(shown, begin.end())
        if end is not None and (other is None or end.start() < other.start()):
            yield begin.end(), end.start()
        else:
            yield from _key_lines(shown, begin.end(), +1)
    for end in _END.finditer(shown):
        yield from _key_lines(shown, end.start(), -1)


def _key_lines(shown: str, at: int, step: int) -> Iterator[tuple[int, int]]:
    """The lines next to a marker for as long as they look like a key's body."""
    while True:
        if step > 0:
            start = shown.find("\n", at) + 1
            if start == 0:
                return
            end = shown.find("\n", start)
            end = len(shown) if end < 0 else end
        else:
            end = shown.rfind("\n", 0, at)
            if end < 0:
                return
            start = shown.rfind("\n", 0, end) + 1
        body = _KEY_LINE.search(shown, start, end)
        if body is None:
            return
        yield body.span()
        at = start
