"""Foreign text as it may be quoted in a message or a log: without secrets and control characters."""

from tmuxio.redaction.documents import Redact
from tmuxio.redaction.redactor import redact as shipped

_STAND_IN = "\N{MIDDLE DOT}"


def neutral(text: str) -> str:
    """Replace every control and format character but the ends of lines and tabs."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in "\n\t" else _STAND_IN for char in text)


def quotable(text: str, redact: Redact = shipped) -> str:
    """Redact a text and neutralise its control characters; colours are looked through first."""
    return neutral(redact(text))
