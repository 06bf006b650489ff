"""Private keys: the lines between BEGIN and END, and the rest of a block that has partly scrolled away."""

import re
from collections.abc import Iterator
from typing import Final

_BEGIN: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----")
_END: Final = re.compile(rb"-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----")
_LONG_RUN: Final = re.compile(rb"[A-Za-z0-9+/=*]{16,}")
"""A line of a key's body, which may stand in a frame or behind line numbers."""
_BODY: Final = re.compile(rb"[^A-Za-z0-9+/=*\n]*(?:\d{1,5}[^A-Za-z0-9+/=*\n]+)?([A-Za-z0-9+/=*]+)[^A-Za-z0-9+/=*\n]*")
_HEADER: Final = re.compile(rb"[^A-Za-z0-9\n]*(?:\d{1,5}\W+)?(?:[A-Z][A-Za-z\-]+: [^\n]*)?")
_INLINE: Final = re.compile(rb"[A-Za-z0-9+/=*]{16,}[^\s\"',]*")


def private_keys(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield the spans of the bodies of private keys."""
    if b"PRIVATE" not in text:
        return
    marks = sorted(
        [(found.start(), found.end(), True) for found in _BEGIN.finditer(text)]
        + [(found.start(), found.end(), False) for found in _END.finditer(text)]
    )
    for number, (start, end, begins) in enumerate(marks):
        before = marks[number - 1] if number else (0, 0, False)
        after = marks[number + 1] if number + 1 < len(marks) else (len(text), len(text), True)
        if begins:
            yield from _forward(text, end, after[0], whole=not after[2])
        elif not before[2] or not number:
            yield from _backward(text, before[1], start)


def _forward(text: bytes, start: int, stop: int, *, whole: bool) -> Iterator[tuple[int, int]]:
    """Yield the lines that follow BEGIN; every line counts where an END follows, and only long ones where none does."""
    line_end = _line_end(text, start, stop)
    if rest := _INLINE.search(text, start, line_end):
        yield rest.start(), line_end if line_end == stop and whole else rest.end()
    at = line_end + 1
    while at < stop:
        end = _line_end(text, at, stop)
        body = _BODY.fullmatch(text, at, end) if whole else None
        run = body.span(1) if body else _span(_LONG_RUN.search(text, at, end))
        if run is not None:
            yield run
        elif not _HEADER.fullmatch(text, at, end):
            return
        at = end + 1


def _backward(text: bytes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the lines before an END whose BEGIN is not there."""
    line = max(start, text.rfind(b"\n", start, stop) + 1)
    if run := _LONG_RUN.search(text, line, stop):
        yield run.span()
    short = True  # the last line of a body alone may be short
    while line > start:
        end = line - 1
        line = max(start, text.rfind(b"\n", start, end) + 1)
        run = _LONG_RUN.search(text, line, end)
        if run is None and short and (body := _BODY.fullmatch(text, line, end)):
            yield body.span(1)
        elif run is None:
            return
        else:
            yield run.span()
        short = False


def _span(found: re.Match[bytes] | None) -> tuple[int, int] | None:
    return found.span() if found else None


def _line_end(text: bytes, at: int, stop: int) -> int:
    end = text.find(b"\n", at, stop)
    return stop if end < 0 else end
