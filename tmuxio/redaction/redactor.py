"""Redaction of one text: every character of a secret becomes a star, and nothing moves.

Rules match the text that a person reads: colours are skipped, so that a highlighted password is one word, and rows
that were wrapped are joined again. Redacting twice changes nothing more.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import re2  # type: ignore[import-untyped]  # it ships no types

from tmuxio.redaction.characters import flat
from tmuxio.redaction.layout import unwrapped
from tmuxio.redaction.private_keys import private_keys
from tmuxio.redaction.rule_file import Rule, read_rules
from understudy.screens import ESCAPES

_PASSES: Final = 4
"""Passes over a text at most: stars may make another secret match, and the work stays in proportion to the text."""
_MEMORY: Final = 256 << 20
_ALWAYS: Final = b""
"""Matches in every text: its absence shows that the search was given up."""
_LINK = re.compile("\x1b\\]8;([^\x07\x1b]*)(?:\x07|\x1b\\\\)")
_SEEN = re.compile(r"\S")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Redactor:
    """Replaces every secret that its rules match by stars."""

    rules: Sequence[Rule]
    _sieve: "_Sieve" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search for the rules that match in a text."""
        object.__setattr__(self, "_sieve", _Sieve([rule for rule in self.rules if rule.linear]))

    def __call__(self, text: str, width: int | None = None) -> str:
        """Star the secrets of a text, which may have colours: the result has the same length and the same lines.

        `width` is that of the pane which shows it, in cells, where one does.
        """
        for _ in range(_PASSES):
            starred = self._once(text, width)
            if starred == text:
                break
            text = starred
        return text

    def _once(self, text: str, width: int | None) -> str:
        if "\x1b" not in text and "\x0e" not in text and "\x0f" not in text:
            return _starred(text, self._spans(text, width))
        spans = _placed(self._spans(ESCAPES.sub("", text), width), text)
        links = [link.span(1) for link in _LINK.finditer(text)]  # a target is not shown, but would be kept
        if links:
            targets = "\n".join(text[start:end] for start, end in links)
            spans = [*spans, *_in_targets(self._spans(targets, None), links)]
        return _starred(text, spans)

    def _spans(self, shown: str, width: int | None) -> list[Span]:
        plain = flat(shown)
        spans = [*self._found(plain), *private_keys(plain)]
        for rule in self.rules:
            if not rule.linear:
                spans.extend(rule.spans(shown))
        if "\n" in shown:
            for joined in unwrapped(shown, plain, width):
                whole = joined.text
                for start, end in (*self._found(whole), *private_keys(whole)):
                    spans.extend(joined.spans_of(start, end))
        return spans

    def _found(self, plain: bytes) -> Iterator[Span]:
        for rule in self._sieve.passing(plain):
            yield from rule.spans(plain)


class _Sieve:
    """Finds in one pass over a text the rules that match somewhere in it."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._set: Any = None
        self._ready = False

    def passing(self, plain: bytes) -> Iterable[Rule]:
        """Return the rules that match."""
        if not self._ready:
            self._prepare()
        if self._set is None:
            return self._rules
        found = self._set.Match(plain) or ()
        if 0 not in found:  # its memory ran out on the way: every rule is tried
            return self._rules
        return [self._rules[number - 1] for number in sorted(found) if number]

    def _prepare(self) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        options.encoding = re2.Options.Encoding.LATIN1
        patterns = re2.Set.SearchSet(options)
        patterns.Add(_ALWAYS)
        for rule in self._rules:
            patterns.Add(rule.pattern.pattern)
        try:
            patterns.Compile()
            self._set = patterns
        except re2.error:  # more than its memory holds: every rule is tried
            self._set = None
        self._ready = True


def redactor(own: Path | None = None) -> Redactor:
    """Make a redactor of the shipped rules and, where there is one, a file of one's own.

    Raises `BadRedaction`, and OSError where the file cannot be read.
    """
    return Redactor(read_rules(own))


@cache
def _shipped() -> Redactor:
    return redactor()


def redact(text: str, width: int | None = None) -> str:
    """Star the secrets of a text by the rules that ship with the program."""
    return _shipped()(text, width)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield spans in order, without overlaps."""
    last: Span | None = None
    for start, end in sorted(spans):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _starred(text: str, spans: Sequence[Span]) -> str:
    if not spans:
        return text
    pieces, at = list[str](), 0
    for start, end in _merged(spans):
        pieces.append(text[at:start])
        pieces.append(_SEEN.sub("*", text[start:end]))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _placed(spans: Sequence[Span], text: str) -> list[Span]:
    """Move spans of the shown text to their places among its escapes."""
    if not spans:
        return []
    shown_at, text_at, shown, at = list[int](), list[int](), 0, 0
    for escape in ESCAPES.finditer(text):
        if escape.start() > at:
            shown_at.append(shown)
            text_at.append(at)
            shown += escape.start() - at
        at = escape.end()
    shown_at.append(shown)
    text_at.append(at)
    ends = [*shown_at[1:], shown + len(text) - at]
    placed = list[Span]()
    for start, end in _merged(spans):
        run = bisect_right(shown_at, start) - 1
        while run < len(shown_at) and shown_at[run] < end:
            first, last = max(start, shown_at[run]), min(end, ends[run])
            shift = text_at[run] - shown_at[run]
            if first < last:
                placed.append((first + shift, last + shift))
            run += 1
    return placed


def _in_targets(spans: Sequence[Span], links: Sequence[Span]) -> Iterator[Span]:
    """Move spans of the joined targets of links to where these stand."""
    starts, at = list[int](), 0
    for start, end in links:
        starts.append(at)
        at += end - start + 1
    for start, end in spans:
        number = bisect_right(starts, start) - 1
        while number < len(links) and starts[number] < end:
            shift = links[number][0] - starts[number]
            first, last = max(start, starts[number]) + shift, min(end + shift, links[number][1])
            if first < last:
                yield first, last
            number += 1
