"""Redaction: secrets become stars before a text is kept or shown, in linear time, and nothing moves."""

from tmuxio.redaction.documents import redact_document, redact_lines
from tmuxio.redaction.quoting import neutral, quotable
from tmuxio.redaction.redactor import Redactor, redact, redactor
from tmuxio.redaction.rule_file import SHIPPED_RULES, BadRedaction

__all__ = [
    "SHIPPED_RULES",
    "BadRedaction",
    "Redactor",
    "neutral",
    "quotable",
    "redact",
    "redact_document",
    "redact_lines",
    "redactor",
]
