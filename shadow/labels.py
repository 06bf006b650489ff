"""Who was right, and who says so."""

from enum import StrEnum

from understudy.record import Record


class Right(StrEnum):
    """Who was right."""

    INCUMBENT = "incumbent"
    CANDIDATE = "candidate"
    BOTH = "both"
    NEITHER = "neither"


class Referee(StrEnum):
    """Who said who was right."""

    HINDSIGHT = "hindsight"
    PERSON = "person"


class Label(Record):
    """Who was right, by whom, and why."""

    right: Right
    by: Referee
    reason: str = ""
    rule: str = ""
    """What hindsight went by (`shadow.refuting.PaneFactKind`); empty where a person spoke."""
    alone: bool = True
    """False where hindsight can speak for one of the two states alone: it is shown, and no guardrail counts it."""

    @property
    def candidate_wrong(self) -> bool:
        """Whether the candidate was wrong."""
        return self.right in {Right.INCUMBENT, Right.NEITHER}
