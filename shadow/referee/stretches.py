"""Stretches: runs of frames in which a pane is in one condition, and how they end."""

from enum import StrEnum
from typing import Final, NamedTuple

from shadow.hindsight import PaneOwner
from shadow.referee.checks import Check, CheckKind, begin
from shadow.referee.records import NamedState, NamingRule
from shadow.referee.screen import EMPTY, Seen
from shadow.referee.steps import Edit, Step
from understudy.record import Instant

_STARTS_S: Final = 60.0
"""Seconds within which a starting program must draw a composer; a slower one may have shown something else before."""
_STANDS_S: Final = 0.5
"""Seconds that a dialog, or a resting composer, must last; a shorter one may be a frame of something else."""


class PaneCondition(StrEnum):
    """The condition of a pane."""

    RESTING = "resting"
    """The composer is empty, and nothing moves."""
    DRAFTED = "drafted"
    """Text is in the composer, and nothing moves."""
    ASKING = "asking"
    """A dialog waits for a choice."""
    STARTING = "starting"
    """A program that took over from the shell has shown no composer yet."""


class Stretch(NamedTuple):
    """One stretch, while it lasts."""

    standing: PaneCondition
    since: Instant
    until: Instant
    """Time of the last frame."""
    noticed: bool = False
    """The harness told a manager about this pane meanwhile: a prompt may be the answer."""


class Ending(NamedTuple):
    """The name that the end of a stretch gives to the looks within it."""

    named: NamedState | None = None
    rule: NamingRule | None = None
    check: Check | None = None
    """The name holds once this has passed."""
    otherwise: NamingRule | None = None
    """The rule by which the name holds if the check fails."""


NO_NAME: Final = Ending()


def condition_of(seen: Seen) -> PaneCondition | None:
    """Return the condition of an agent's pane in a frame, as far as one frame shows it."""
    if seen.presence is not PaneOwner.PROGRAM:
        return None
    if seen.asks:
        return PaneCondition.ASKING
    if seen.composer is None:
        return None
    return PaneCondition.RESTING if seen.composer == EMPTY else PaneCondition.DRAFTED


def goes_on(stretch: Stretch, step: Step) -> bool:
    """Return whether the pane is in the same condition in the next frame."""
    if step.broken:
        return False
    if stretch.standing is PaneCondition.STARTING:
        return step.now.presence is PaneOwner.PROGRAM and condition_of(step.now) is None
    if condition_of(step.now) is not stretch.standing:
        return False
    return stretch.standing is PaneCondition.ASKING or not (step.moved or step.stirred or step.typed)


def ending(stretch: Stretch, step: Step) -> Ending:
    """Return the name that the step which ended a stretch gives to it."""
    if step.broken:
        return NO_NAME
    if stretch.standing is PaneCondition.STARTING:
        return _of_start(stretch, step)
    if stretch.standing is PaneCondition.DRAFTED:
        return _of_draft(step)
    if stretch.until - stretch.since < _STANDS_S:
        return NO_NAME
    return _of_dialog(step) if stretch.standing is PaneCondition.ASKING else _of_rest(stretch, step)


def _of_draft(step: Step) -> Ending:
    name = NamedState.UNSUBMITTED_INPUT
    draft = step.before.composer.whole if step.before.composer is not None else None
    if step.edit is Edit.WITHDRAWN and step.now.composer is not None:
        return Ending(name, NamingRule.WITHDRAWN, begin(CheckKind.REMOVED, step, draft))
    if step.edit in {Edit.SENT, Edit.GONE}:
        otherwise = NamingRule.WITHDRAWN if step.edit is Edit.GONE and step.now.composer is not None else None
        return Ending(name, NamingRule.SENT, begin(CheckKind.ACCEPTED, step, draft), otherwise)
    return NO_NAME


def _of_start(stretch: Stretch, step: Step) -> Ending:
    drawn = condition_of(step.now) is not None and stretch.until - stretch.since <= _STARTS_S
    return Ending(NamedState.BUSY, NamingRule.STARTED) if drawn else NO_NAME


def _of_dialog(step: Step) -> Ending:
    if step.now.presence is not PaneOwner.PROGRAM:
        return NO_NAME
    return Ending(NamedState.WAITING_APPROVAL, NamingRule.ANSWERED, begin(CheckKind.ANSWERED, step))


def _of_rest(stretch: Stretch, step: Step) -> Ending:
    if stretch.noticed or step.now.asks:
        return NO_NAME
    if step.only_typed:
        return Ending(NamedState.IDLE, NamingRule.TYPED, begin(CheckKind.TYPED, step))
    if step.edit is Edit.UNSEEN:
        return Ending(NamedState.IDLE, NamingRule.ACCEPTED, begin(CheckKind.ACCEPTED, step))
    return NO_NAME
