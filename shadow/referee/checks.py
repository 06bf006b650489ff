"""Checks: what the frames after an event must show before it names the state that it ended."""

from enum import StrEnum
from typing import Final, NamedTuple

from contract.record import Instant
from shadow.referee.screen import Presence
from shadow.referee.steps import Step

_ACCEPTED_WITHIN_S: Final = 3.0
_MOVES: Final = 2
"""Steps with motion that show that a prompt was accepted."""
_QUIET_S: Final = 0.7
"""For so long nothing but the composer may change after text came into it."""
_LOOKS: Final = 1
"""Looks after the event that are waited for, however far apart looks are."""


class CheckKind(StrEnum):
    """What is awaited."""

    ACCEPTED = "accepted"
    """Motion at once, a dialog, or the program's end."""
    TYPED = "typed"
    """Nothing but typing for a moment; or else, that what was typed is accepted."""
    ANSWERED = "answered"
    """The dialog is still gone in the next frame, and the agent is still there."""
    REMOVED = "removed"
    """The text is still gone from the composer in the next frame."""


class Result(StrEnum):
    """What a check came to."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    REFUTED = "refuted"
    """The text that had left the composer stands there again: the frame without it was half drawn."""


class Check(NamedTuple):
    """One event that is being checked."""

    kind: CheckKind
    at: Instant
    """Of the event."""
    draft: int | None = None
    """CRC-32 of the text that left the composer: where it comes back it was never sent."""
    looks: int = 0
    """Looks that began since."""
    moves: int = 0
    disturbed: bool = False
    """Something besides the composer changed in the quiet moment."""
    result: Result = Result.OPEN


def begin(kind: CheckKind, step: Step, draft: int | None = None) -> Check:
    """Begin a check with the step of its event."""
    return Check(kind=kind, at=step.now.at, draft=draft, moves=int(step.moved))


def follow(check: Check, step: Step, *, new_look: bool) -> Check:
    """Enter one more step."""
    looks = check.looks + new_look
    if step.broken:
        return _done(check, Result.FAILED)
    if check.kind is CheckKind.ANSWERED:
        stays = step.now.presence is Presence.PROGRAM and not step.now.asks
        return _done(check, Result.PASSED if stays else Result.FAILED)
    if _returned(check, step):
        return _done(check, Result.REFUTED)
    if check.kind is CheckKind.REMOVED:
        return _done(check, Result.PASSED)
    passed_s = step.now.at - check.at
    if check.kind is CheckKind.TYPED and not check.disturbed:
        if passed_s >= _QUIET_S:
            return _done(check, Result.PASSED)
        check = check._replace(disturbed=step.stirred and not step.typed)
    if passed_s > _ACCEPTED_WITHIN_S and looks > _LOOKS:
        return _done(check, Result.FAILED)
    moves = check.moves + step.moved
    accepted = moves >= _MOVES or step.now.asks or step.now.presence is Presence.SHELL
    if accepted and (check.kind is not CheckKind.TYPED or check.disturbed):
        return _done(check, Result.PASSED)
    return check._replace(looks=looks, moves=moves)


def _returned(check: Check, step: Step) -> bool:
    composer = step.now.composer
    return check.draft is not None and composer is not None and composer.whole == check.draft


def _done(check: Check, result: Result) -> Check:
    return check._replace(result=result)
