"""Labels: which monitor was right, and whether hindsight or a person decided it."""

from enum import StrEnum

from understudy.record import Record


class Right(StrEnum):
    """The monitor that was right."""

    INCUMBENT = "incumbent"
    CANDIDATE = "candidate"
    BOTH = "both"
    NEITHER = "neither"


class Referee(StrEnum):
    """The source of a label: hindsight or a person."""

    HINDSIGHT = "hindsight"
    PERSON = "person"


class Label(Record):
    """The decision about a bout: which monitor was right, by which referee, and why."""

    right: Right
    by: Referee
    reason: str = ""
    rule: str = ""
    """The fact on which hindsight rests (`shadow.refuting.PaneFactKind`); empty if a person decided."""
    alone: bool = True
    """False if hindsight can rule out one of the two states alone: the label is shown, and no guardrail counts it."""

    @property
    def candidate_wrong(self) -> bool:
        """Return whether the candidate was wrong."""
        return self.right in {Right.INCUMBENT, Right.NEITHER}
