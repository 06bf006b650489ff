"""One thing that was checked."""

from dataclasses import dataclass
from enum import StrEnum


class CheckResult(StrEnum):
    """The result of a check."""

    WELL = "well"
    NOTE = "note"
    """Works; the operator should know about it."""
    BROKEN = "broken"
    """A run would fail, or do something unwanted."""


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """A finding, and the remedy where one is needed."""

    subject: str
    verdict: CheckResult
    says: str
    remedy: str = ""


def well(subject: str, says: str) -> DoctorFinding:
    """Report a check that passed."""
    return DoctorFinding(subject, CheckResult.WELL, says)


def note(subject: str, says: str, remedy: str = "") -> DoctorFinding:
    """Report a fact that the operator should know and that stops nothing."""
    return DoctorFinding(subject, CheckResult.NOTE, says, remedy)


def broken(subject: str, says: str, remedy: str) -> DoctorFinding:
    """Report something missing or broken, with the remedy."""
    return DoctorFinding(subject, CheckResult.BROKEN, says, remedy)
