"""The step from one frame to the next: what was typed, sent or printed in between."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from shadow.hindsight import PaneOwner
from shadow.referee.screen import EMPTY, Draft, Seen

_TICK_TOLERANCE_S: Final = 1.6
"""Seconds by which a clock on the screen, which is drawn late or early, may differ from the wall clock."""
_SHORTEST_GONE: Final = 3
"""Characters that a draft needs to count as sent if it is not seen again."""
_SHORTEST_PROMPT: Final = 5
"""Characters of a prompt that was typed and sent between two frames."""
_WITH_TYPING: Final = 2
"""Lines that may change besides a composer that is typed into: its hint, its box."""

_SPINNER_ROWS: Final = 2

_ECHO_S: Final = 1.0
"""Seconds after a key in which the screen may still answer it."""


class Edit(StrEnum):
    """The change of the composer."""

    NONE = "none"
    TYPED = "typed"
    SENT = "sent"
    """Its text is at a prompt above it now."""
    GONE = "gone"
    """Its text is not there any more, and something was printed."""
    WITHDRAWN = "withdrawn"
    """Its text, or some of it, was removed."""
    UNSEEN = "unseen"
    """A prompt is above it that was never seen in it: it was typed and sent between two frames."""


@dataclass(frozen=True, slots=True)
class Step:
    """The changes between two frames of one pane."""

    before: Seen
    now: Seen
    broken: bool = False
    """The frames cannot be compared: another process, another size, a gap, or keys of the harness."""
    fresh: int = 0
    """Lines that are in neither of the two frames before: a half-drawn frame hides lines, and they come back."""
    ticked: bool = False
    """An elapsed time on the screen advanced as the wall clock did."""
    changed: int = 0
    """Rows that changed, without that of a composer that the cursor is in."""
    edit: Edit = Edit.NONE

    @property
    def keyed(self) -> bool:
        """Return whether a person pressed a key in the pane: the motion may be the echo, or scrolling."""
        return self.now.keyed_at is not None and self.now.keyed_at > self.before.at - _ECHO_S

    @property
    def moved(self) -> bool:
        """Return whether it printed, or a clock of its own advanced."""
        return self.fresh > 0 or self.ticked

    @property
    def worked(self) -> bool:
        """Return whether it moved as only an agent at work does.

        If a request failed and is made again, a spinner and a clock run as well, and the state may be an error.
        """
        return self.moved and not (self.now.retries and (self.spun or self.ticked))

    @property
    def stirred(self) -> bool:
        """Return whether anything changed outside the composer."""
        return self.changed > 0

    @property
    def spun(self) -> bool:
        """Return whether so little changed as when a spinner turns."""
        return 0 < self.changed <= _SPINNER_ROWS and self.now.history == self.before.history

    @property
    def typed(self) -> bool:
        """Return whether the composer changed."""
        return self.edit is not Edit.NONE

    @property
    def only_typed(self) -> bool:
        """Return whether text came into an empty composer, and hardly anything else changed."""
        return self.edit is Edit.TYPED and self.before.composer == EMPTY and self.fresh <= _WITH_TYPING


def step_between(older: frozenset[int], before: Seen, now: Seen, *, gap_s: float, foreign: bool) -> Step:
    """Compare two frames.

    Args:
        older: Lines of the frame before `before`.
        before: The last frame.
        now: This one.
        gap_s: Frames further apart are not one observation.
        foreign: The harness pressed keys in the pane.
    """
    changed_place = before.pid != now.pid or before.size != now.size
    unknown = PaneOwner.UNKNOWN in {before.presence, now.presence}
    if foreign or changed_place or unknown or not 0 <= now.at - before.at <= gap_s:
        return Step(before, now, broken=True)
    if before.seal == now.seal:
        return Step(before, now, fresh=max(0, now.history - before.history))
    if PaneOwner.SHELL in {before.presence, now.presence}:
        return Step(before, now, changed=_changed(before, now))
    fresh = len(now.lines - before.lines - older) + max(0, now.history - before.history)
    return Step(
        before,
        now,
        fresh=fresh,
        ticked=_ticked(before, now),
        changed=_changed(before, now),
        edit=_edit(before, now, fresh),
    )


def _changed(before: Seen, now: Seen) -> int:
    if before.rows == now.rows:
        return 0
    typed_in = {seen.cursor for seen in (before, now) if seen.composer is not None}
    pairs = enumerate(zip_longest(before.rows, now.rows))
    return sum(then != row for number, (then, row) in pairs if number not in typed_in)


def _ticked(before: Seen, now: Seen) -> bool:
    if before.clocks == now.clocks:
        return False
    passed, clocks = now.at - before.at, dict(before.clocks)
    return any(
        (then := clocks.get(rest)) is not None and seconds > then and abs(seconds - then - passed) <= _TICK_TOLERANCE_S
        for rest, seconds in now.clocks
    )


def _edit(before: Seen, now: Seen, fresh: int) -> Edit:
    then, text = before.composer or EMPTY, now.composer or EMPTY
    if then == text:
        return Edit.UNSEEN if then == EMPTY and _sent_unseen(before, now) else Edit.NONE
    if now.asks or text.length >= then.length:
        return Edit.TYPED
    if _stands_above(then, before, now):
        return Edit.SENT
    if then.length >= _SHORTEST_GONE and fresh and not before.asks:
        return Edit.GONE
    return Edit.WITHDRAWN


def _sent_unseen(before: Seen, now: Seen) -> bool:
    asks = before.asks or now.asks
    return not asks and any(length >= _SHORTEST_PROMPT for length in _appeared(before, now))


def _stands_above(draft: Draft, before: Seen, now: Seen) -> bool:
    """Return whether a draft is at one prompt more than before."""
    then = sum(start == draft.start for start, _, _ in before.prompts)
    return sum(start == draft.start for start, _, _ in now.prompts) > then


def _appeared(before: Seen, now: Seen) -> list[int]:
    """Return the lengths of the prompts that are there more often than before."""
    if before.prompts == now.prompts:
        return []
    then = [whole for _, whole, _ in before.prompts]
    lengths = []
    for _, whole, length in now.prompts:
        if whole in then:
            then.remove(whole)
        else:
            lengths.append(length)
    return lengths
