"""One thing that was checked."""

from dataclasses import dataclass
from enum import StrEnum


class CheckResult(StrEnum):
    """How it is."""

    WELL = "well"
    NOTE = "note"
    """Works; somebody should know."""
    BROKEN = "broken"
    """A run would fail, or do what nobody wants."""


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """What was found, and the remedy where one is needed."""

    subject: str
    verdict: CheckResult
    says: str
    remedy: str = ""


def well(subject: str, says: str) -> DoctorFinding:
    """Say that something is as it should be."""
    return DoctorFinding(subject, CheckResult.WELL, says)


def note(subject: str, says: str, remedy: str = "") -> DoctorFinding:
    """Say something worth knowing that stops nothing."""
    return DoctorFinding(subject, CheckResult.NOTE, says, remedy)


def broken(subject: str, says: str, remedy: str) -> DoctorFinding:
    """Say that something is missing or broken, and what to do."""
    return DoctorFinding(subject, CheckResult.BROKEN, says, remedy)
