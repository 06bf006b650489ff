"""The former address of `tmuxio.redaction`."""

from tmuxio.redaction import BadRedaction, Redactor, redact, redactor

__all__ = ["BadRedaction", "Redactor", "redact", "redactor"]
