"""Takes secrets out of screens before they are kept: every character of a secret becomes a star, and nothing moves.

What is matched is what a person would read: colours are looked through, so that a highlighted password is one word.
Redacting twice changes nothing more.
"""

import re
from collections.abc import Iterator
from typing import Final

_STAR: Final = "*"

_ESCAPE = re.compile("\x1b\\[[0-9;:?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[()][0-9A-B]|[\x0e\x0f]")

_LINK = re.compile("\x1b\\]8;([^\x07\x1b]*)(?:\x07|\x1b\\\\)")

_VALUE: Final = r"[^\s'\"`,;&|<>]+"
"""What stands for a secret where the word before it says so."""

_NAME: Final = (
    r"(?i:(?:api[_-]?key|secret[_-]?key|access[_-]?key|private[_-]?key|access[_-]?token|auth[_-]?token"
    r"|refresh[_-]?token|token|secret|passwd|password|passphrase|credentials?)(?:[_-](?:id|key))?)"
)

_SECRETS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # Keys that say whose they are: the prefix stays, so that a reader still knows what was there.
        r"\b(?:sk|pk|rk)[-_](?:ant-|proj-|live_|test_|or-v1-|svcacct-)*(?P<secret>[A-Za-z0-9_\-]{16,})",
        (
            r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|hf_|npm_|pypi-|AIza|ya29\.|dop_v1_|gsk_|xai-)"
            r"(?P<secret>[A-Za-z0-9_\-]{10,})"
        ),
        r"\b(?:AKIA|ASIA|AROA|AIDA)(?P<secret>[A-Z0-9]{12,})\b",
        r"\b(?P<secret>eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]*)?)",
        # Headers, on one line of their own or on a command line.
        (
            r"(?i:\b(?:proxy-)?authorization\b['\"]?\s{0,3}[:=]\s{0,3}['\"]?)"
            r"(?i:(?:bearer|basic|token|digest)\s{1,3})?(?P<secret>[^\s'\"]+)"
        ),
        r"\b(?i:bearer)\s{1,3}(?P<secret>[A-Za-z0-9._~+/\-]{8,}=*)",
        r"(?i:\bx-api-key\b['\"]?\s{0,3}[:=]\s{0,3}['\"]?)(?P<secret>[^\s'\"]+)",
        # A password between user and host.
        r"\b[A-Za-z][A-Za-z0-9+.\-]*://[^\s/:@'\"]*:(?P<secret>[^\s/@'\"]+)@",
        # Whatever a name of that kind is given: NAME=value, "name": "value", --password value.
        rf"(?<![A-Za-z0-9]){_NAME}['\"]?\s{{0,3}}(?:=|:)\s{{0,3}}['\"]?(?P<secret>{_VALUE})",
        rf"(?<!\S)--?(?:[A-Za-z0-9]+-)*{_NAME}\s(?:['\"])?(?P<secret>(?!-){_VALUE})",
    )
)

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----")
_END = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=*]{16,}")
"""A line of a private key's body, which may stand in a frame or behind line numbers."""

_NARROWEST: Final = 40
"""Cells: a line that ends before was ended by its writer, not by the terminal."""

_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=.~*]+")


def redact(text: str) -> str:
    """Star the secrets of a text, which may have colours: the result has the same length and the same lines."""
    while (starred := _once(text)) != text:  # ends, as stars only ever become more
        text = starred
    return text


def _once(text: str) -> str:
    spans = list(_spans(_ESCAPE.sub("", text)))
    links = list(_LINK.finditer(text))
    if not (spans or links):
        return text
    starred, places = list(text), _places(text)
    for start, end in spans:
        for place in places[start:end]:
            if not starred[place].isspace():
                starred[place] = _STAR
    for link in links:  # its target is not shown, but would be kept
        starred[link.start(1) : link.end(1)] = redact(link[1])
    return "".join(starred)


def _places(text: str) -> list[int]:
    """Where in the text each character that is shown stands."""
    places: list[int] = []
    at = 0
    for escape in _ESCAPE.finditer(text):
        places.extend(range(at, escape.start()))
        at = escape.end()
    places.extend(range(at, len(text)))
    return places


def _spans(shown: str) -> Iterator[tuple[int, int]]:
    for secret in _SECRETS:
        for found in secret.finditer(shown):
            start, end = found.span("secret")
            yield start, end
            yield from _wrapped(shown, start, end)
    yield from _private_keys(shown)


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
