"""Checks: what the frames after an event must show before it names the state that it ended."""

from enum import StrEnum
from typing import Final, NamedTuple

from shadow.hindsight import PaneOwner
from shadow.referee.steps import Step
from understudy.record import Instant

_ACCEPTED_WITHIN_S: Final = 3.0
_MOVES: Final = 2
"""Steps with motion that show that a prompt was accepted."""
_QUIET_S: Final = 0.7
"""Seconds in which nothing but the composer may change after text came into it."""
_LOOKS: Final = 1
"""Looks after the event that a check waits for, however far apart looks are."""


class CheckKind(StrEnum):
    """The kind of confirmation that a check waits for."""

    ACCEPTED = "accepted"
    """Motion at once, a dialog, or the program's end."""
    TYPED = "typed"
    """Nothing but typing for a moment; or else, that the typed prompt is accepted."""
    ANSWERED = "answered"
    """The dialog is still gone in the next frame, and the agent is still there."""
    REMOVED = "removed"
    """The text is still gone from the composer in the next frame."""


class Result(StrEnum):
    """The result of a check."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    REFUTED = "refuted"
    """The text that had left the composer is there again: the frame without it was half drawn."""


class Check(NamedTuple):
    """One event that is being checked."""

    kind: CheckKind
    at: Instant
    """Time of the event."""
    draft: int | None = None
    """CRC-32 of the text that left the composer: if it comes back it was never sent."""
    looks: int = 0
    """Looks that began since then."""
    moves: int = 0
    disturbed: bool = False
    """Something besides the composer changed in the quiet moment."""
    result: Result = Result.OPEN


def begin(kind: CheckKind, step: Step, draft: int | None = None) -> Check:
    """Begin a check with the step of its event."""
    return Check(kind=kind, at=step.now.at, draft=draft, moves=int(step.moved))


def follow(check: Check, step: Step, *, new_look: bool) -> Check:
    """Enter one more step."""
    if step.broken:
        return check._replace(result=Result.FAILED)
    if _returned(check, step):
        return check._replace(result=Result.REFUTED)
    if check.kind is CheckKind.REMOVED:
        return check._replace(result=Result.PASSED)
    if check.kind is CheckKind.ANSWERED:
        stays = step.now.presence is PaneOwner.PROGRAM and not step.now.asks
        return check._replace(result=Result.PASSED if stays else Result.FAILED)
    return _followed(check._replace(looks=check.looks + new_look), step)


def _followed(check: Check, step: Step) -> Check:
    """Wait for the quiet moment, or for the motion that shows that a prompt was accepted."""
    passed_s = step.now.at - check.at
    awaits_quiet = check.kind is CheckKind.TYPED and not check.disturbed
    if awaits_quiet and passed_s >= _QUIET_S:
        return check._replace(result=Result.PASSED)
    if passed_s > _ACCEPTED_WITHIN_S and check.looks > _LOOKS:
        return check._replace(result=Result.FAILED)
    check = check._replace(moves=check.moves + step.moved, disturbed=not awaits_quiet or _disturbs(step))
    accepted = check.moves >= _MOVES or step.now.asks or step.now.presence is PaneOwner.SHELL
    return check._replace(result=Result.PASSED) if accepted and check.disturbed else check


def _disturbs(step: Step) -> bool:
    return step.stirred and not step.typed


def _returned(check: Check, step: Step) -> bool:
    composer = step.now.composer
    return check.draft is not None and composer is not None and composer.whole == check.draft
