"""Rules as data: the shipped file, and a file of one's own that adds to it."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from pathlib import Path
from typing import Any, Final

import re2  # type: ignore[import-untyped]  # it ships no types
from pydantic import BaseModel, ConfigDict, Field, ValidationError

SHIPPED_RULES: Final = Path(__file__).with_name("rules.toml")
"""The rules that ship with the program."""

_MEMORY: Final = 64 << 20
"""Bytes that a pattern's automaton may take."""
_PIECE = re.compile(r"\{([A-Z_]+)\}")
_RANDOM_SIZE: Final = 16
_RANDOM_BITS: Final = 3.0
_NO_SECRET = re.compile(
    rb"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{40}|(?:https?|file)://.*|~?\.{0,2}/[\w./\-]*"
    rb"|\d+|[A-Za-z]+(?:[-_.][A-Za-z]+)*\d{0,4}|sha\d+[-:].*"
)
"""Ids, hashes of commits, paths and names, which stand behind ordinary keys too."""


class BadRedaction(ValueError):
    """A file of rules that is not valid; the text names the file, the rule and the remedy."""


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    match: str
    unless: str = ""
    """A match that is one of these as a whole is no secret."""
    random: bool = False
    """Only a text that looks random is a secret."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: dict[str, str | _Rule] = Field(default_factory=dict)
    pieces: dict[str, str] = Field(default_factory=dict)
    off: tuple[str, ...] = ()
    """Names of shipped rules that are not applied."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule. Its pattern is RE2's and takes linear time, or Python's where RE2 lacks a feature of it."""

    pattern: Any
    linear: bool
    groups: tuple[int, ...]
    """Those that hold a secret; the whole match where none does."""
    unless: Any = None
    random: bool = False

    def spans(self, text: Any) -> Iterator[tuple[int, int]]:
        """Yield the spans of secrets in a text: bytes for a pattern of RE2's, else characters."""
        at, size = 0, len(text)
        while at < size and (found := self.pattern.search(text, at)) is not None:
            groups = _groups(found, self.groups)
            last = groups[0][0] + 1
            for group in self.groups:
                start, end = groups[group]
                if start < end:
                    last = max(last, end)
                    if self._counts(text[start:end]):
                        yield start, end
            at = max(last, at + 1)

    def _counts(self, secret: Any) -> bool:
        if self.unless is not None and self.unless.fullmatch(secret):
            return False
        return not self.random or _looks_random(secret)


def _groups(found: Any, wanted: tuple[int, ...]) -> Any:
    """Return the spans of a match by the number of their group.

    RE2's matches hold them in a list; to ask for one by one makes them count their groups every time, which takes
    longer than the search.
    """
    held = getattr(found, "_spans", None)
    return held if held is not None else {group: found.span(group) for group in (0, *wanted)}


def read_rules(own: Path | None = None) -> tuple[Rule, ...]:
    """Read the shipped rules and, where there is one, a file of one's own that adds to them or turns some `off`.

    Raises `BadRedaction`, and OSError where the file cannot be read.
    """
    shipped = _read(SHIPPED_RULES)
    more = _read(own) if own is not None else _File()
    if unknown := [name for name in more.off if name not in shipped.rules]:
        raise BadRedaction(f"{own}: off: no rule is called {unknown[0]!r}; there are: {', '.join(shipped.rules)}")
    pieces = shipped.pieces | more.pieces
    rules = {name: rule for name, rule in (shipped.rules | more.rules).items() if name not in more.off}
    return tuple(_compiled(own or SHIPPED_RULES, name, rule, pieces) for name, rule in rules.items())


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRedaction(f"{path}: is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRedaction(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _compiled(path: Path, name: str, rule: str | _Rule, pieces: dict[str, str]) -> Rule:
    given = _Rule(match=rule) if isinstance(rule, str) else rule
    try:
        text, unless = _filled(given.match, pieces), _filled(given.unless, pieces)
    except KeyError as error:
        raise BadRedaction(f"{path}: rules.{name}: there is no piece {error}; write it under [pieces]") from error
    pattern, linear = _linear(text), True
    if pattern is None:
        try:
            pattern, linear = re.compile(text), False
        except re.error as error:
            raise BadRedaction(f"{path}: rules.{name}: is no regular expression: {error}") from error
    if pattern.match(b"" if linear else ""):
        raise BadRedaction(f"{path}: rules.{name}: matches the empty text, so it would star everything; make it longer")
    groups = tuple(sorted(number for group, number in pattern.groupindex.items() if _holds_secret(group)))
    excepted = None
    if unless:
        excepted = _linear(unless) if linear else re.compile(unless)
        if excepted is None:
            raise BadRedaction(f"{path}: rules.{name}.unless: is no regular expression that RE2 knows")
    return Rule(pattern, linear, groups or (0,), excepted, given.random)


def _holds_secret(group: bytes | str) -> bool:
    return group.startswith(b"secret") if isinstance(group, bytes) else group.startswith("secret")


def _filled(text: str, pieces: dict[str, str]) -> str:
    while (filled := _PIECE.sub(lambda piece: pieces[piece[1]], text)) != text:
        text = filled
    return text


def _linear(pattern: str) -> Any:
    """Compile for RE2; None where it uses a feature that RE2 lacks, or characters outside ASCII."""
    if not pattern.isascii():
        return None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    options.encoding = re2.Options.Encoding.LATIN1
    try:
        return re2.compile(pattern.encode(), options)
    except re2.error:
        return None


@lru_cache(4096)
def _looks_random(secret: bytes | str) -> bool:
    text = secret.encode() if isinstance(secret, str) else secret
    if len(text) < _RANDOM_SIZE or _NO_SECRET.fullmatch(text):
        return False
    if not any(48 <= char <= 57 for char in text):  # noqa: PLR2004 - digits
        return False
    counts = [text.count(char) / len(text) for char in set(text)]
    return -sum(share * log2(share) for share in counts) >= _RANDOM_BITS
