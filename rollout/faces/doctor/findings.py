"""One thing that was checked."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it is."""

    WELL = "well"
    NOTE = "note"
    """Works; somebody should know."""
    BROKEN = "broken"
    """A run would fail, or do what nobody wants."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and the remedy where one is needed."""

    subject: str
    verdict: Verdict
    says: str
    remedy: str = ""


def well(subject: str, says: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(subject, Verdict.WELL, says)


def note(subject: str, says: str, remedy: str = "") -> Finding:
    """Say something worth knowing that stops nothing."""
    return Finding(subject, Verdict.NOTE, says, remedy)


def broken(subject: str, says: str, remedy: str) -> Finding:
    """Say that something is missing or broken, and what to do."""
    return Finding(subject, Verdict.BROKEN, says, remedy)
