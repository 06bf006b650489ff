"""Redaction of structured text: lines that belong together, and JSON documents."""

from collections.abc import Callable, Sequence
from typing import Final

from pydantic import JsonValue

Redact = Callable[[str], str]
"""Takes secrets out of a text, keeping its length and its lines."""

_BETWEEN: Final = ": "


def redact_lines(lines: Sequence[str], redact: Redact) -> tuple[str, ...]:
    """Redact lines as one text, since a secret may go on from one to the next."""
    if not lines:
        return ()
    whole, at, redacted = redact("\n".join(lines)), 0, list[str]()
    for line in lines:
        redacted.append(whole[at : at + len(line)])
        at += len(line) + 1
    return tuple(redacted)


def redact_document(value: JsonValue, redact: Redact) -> JsonValue:
    """Redact every text in a JSON document: a value together with its key, a list of texts as lines of one text."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        if texts and len(texts) == len(value):
            return list(redact_lines(texts, redact))
        return [redact_document(item, redact) for item in value]
    if isinstance(value, dict):
        return {redact(key): _under(key, item, redact) for key, item in value.items()}
    return value


def _under(key: str, value: JsonValue, redact: Redact) -> JsonValue:
    if isinstance(value, str) and value:
        head = f'"{key}"{_BETWEEN}"'
        if '"' not in value and "\n" not in value:
            return redact(redact(f'{head}{value}"')[len(head) : -1])
    return redact_document(value, redact)
