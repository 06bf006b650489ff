"""Motion: a look in which an agent's pane changed, and whether the agent was busy."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from shadow.hindsight import PaneOwner
from shadow.referee.lines import checksum
from shadow.referee.records import NamingRule
from shadow.referee.steps import Step

_PRINTS_ON: Final = 2
"""Steps with motion in the next look that make the motion in this one more than a last repaint."""

_TURNS: Final = 2
"""Steps of a look at which a spinner turned; it must turn at all but one step of the next look as well."""
_PICTURES: Final = 3
"""Screens that a spinner shows at least; a blinking cursor shows two."""


class Motion(NamedTuple):
    """The record of one look that is kept until the next look shows whether it was busy."""

    printed: bool = False
    """It moved within the look, and no key was pressed."""
    ticked: bool = False
    """A clock of its own advanced within the look."""
    turned: bool = False
    """One or two rows changed at nearly every step, as where a spinner turns."""
    pictures: tuple[int, ...] = ()
    """CRC-32 of the screens of such a look."""


def motion_of(steps: Sequence[Step]) -> Motion | None:
    """Return the motion within a look, by its own steps; None if the look cannot be named busy."""
    for step in steps:
        if _cannot_tell(step):
            return None
    turned = sum(_turned(step) for step in steps) >= _TURNS
    return Motion(
        printed=any(step.worked for step in steps),
        ticked=any(_ticks(step) for step in steps),
        turned=turned,
        pictures=tuple(_pictures(steps)) if turned else (),
    )


def busy_by(motion: Motion, steps: Sequence[Step]) -> NamingRule | None:
    """Return the rule that names a look busy, with the steps from its last frame to the end of the next look."""
    if motion.ticked:
        return NamingRule.CLOCK
    untouched = list(_until_touched(steps))
    if untouched and _ticks(untouched[0]):
        return NamingRule.CLOCK
    if motion.printed and sum(step.worked for step in untouched) >= _PRINTS_ON:
        return NamingRule.PRINTED
    return NamingRule.SPUN if motion.turned and _turns_on(motion, untouched) else None


def _turns_on(motion: Motion, steps: Sequence[Step]) -> bool:
    turns = sum(_turned(step) for step in steps)
    pictures = {*motion.pictures, *_pictures(steps)}
    return turns > _TURNS and turns >= len(steps) - 1 and len(pictures) >= _PICTURES


def _ticks(step: Step) -> bool:
    return step.ticked and not step.now.retries


def _turned(step: Step) -> bool:
    return step.spun and not step.now.retries


def _pictures(steps: Iterable[Step]) -> set[int]:
    return {checksum(repr(seen.rows)) for step in steps for seen in (step.before, step.now)}


def _until_touched(steps: Sequence[Step]) -> Iterable[Step]:
    for step in steps:
        if _cannot_tell(step):
            return
        yield step


def _cannot_tell(step: Step) -> bool:
    """Return whether keys, a dialog or a shell were seen: motion may then be something else than a turn."""
    keys = step.broken or step.typed or step.keyed
    return keys or step.now.presence is not PaneOwner.PROGRAM or step.now.asks
