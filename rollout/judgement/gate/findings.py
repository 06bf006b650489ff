"""The findings of the gate, rule by rule."""

from dataclasses import dataclass
from enum import StrEnum


class GateVerdict(StrEnum):
    """The result of a rule. Only one of these lets a change through."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """Neither is shown: too few rounds, or too close to the bound."""
    MISSING = "missing"
    """Its subject was not measured, or not stored."""


@dataclass(frozen=True, slots=True)
class GateFinding:
    """One rule at one number of agents, or at all of them."""

    rule: str
    subject: str
    verdict: GateVerdict
    figure: float | None
    """As the rule counts it: a ratio, an exponent, or seconds; None where there is none."""
    bound: float
    unit: str
    """`x`, `exponent`, or `s`."""
    says: str
    """Its basis, or the missing part."""

    @property
    def passed(self) -> bool:
        """Return whether the rule is shown to be kept."""
        return self.verdict is GateVerdict.PASSED
