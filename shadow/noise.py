"""The class NOISE: on the adjacent tape, from the same memory, the incumbent differs from itself in the same way."""

from collections.abc import Sequence

from shadow.differences import DiffClass, Difference
from shadow.sides import Sides, Who
from understudy.report import CycleReport


def is_noise(difference: Difference, again: CycleReport) -> bool:
    """Return whether the incumbent's other report agrees with the candidate; `again` starts from the same memory.

    Every differing value must agree: if the state agrees and an action does not, it is still a difference in
    judgement. A pane that the other report could not read proves nothing.
    """
    sides = Sides(again)
    if sides.could_not_see(Who(difference.pane, difference.pid, difference.session, difference.window)):
        return False
    side, ours, theirs = sides.side(difference.subject), difference.incumbent, difference.candidate
    turned = (
        side.state is theirs.state,
        side.intent_keys == theirs.intent_keys,
        theirs.detail is None or side.detail is theirs.detail,
    )
    differs_from_itself = (side.state, side.detail, side.intents) != (ours.state, ours.detail, ours.intents)
    return differs_from_itself and all(turned)


def classify(differences: Sequence[Difference], again: CycleReport | None) -> tuple[Difference, ...]:
    """Give the class NOISE to differences that are noise. Without a second report none is; other classes stay."""
    if again is None:
        return tuple(differences)
    return tuple(
        difference.model_copy(update={"klass": DiffClass.NOISE})
        if difference.klass is DiffClass.TRUE and is_noise(difference, again)
        else difference
        for difference in differences
    )
