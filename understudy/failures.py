"""The one error that looking at a server raises."""

from understudy.report import Problem, ProblemKind


class SourceFailed(Exception):
    """The server could not be seen. It never means that there is nothing to see."""

    def __init__(self, kind: ProblemKind, subject: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.subject = subject

    @property
    def problem(self) -> Problem:
        """The failure as a report carries it."""
        return Problem(kind=self.kind, subject=self.subject, text=str(self))
