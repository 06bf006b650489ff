"""Naming: follow one pane frame by frame, and name its looks once the later frames show their state.

A look waits in a queue until its name is known or can no longer become known. Looks of one stretch share one entry, so
the queue stays short however long a pane stands still.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from shadow.hindsight import PaneOwner
from shadow.referee.checks import Check, Result, follow
from shadow.referee.claims import Run, joined
from shadow.referee.motion import Motion, busy_by, motion_of
from shadow.referee.records import NamedState, NamingRule
from shadow.referee.screen import Seen, see
from shadow.referee.steps import Step, step_between
from shadow.referee.stretches import NO_NAME, PaneCondition, Stretch, condition_of, ending, goes_on
from understudy.record import Record
from understudy.screens import PaneShot

_SHELL_FRAMES: Final = 2
"""Frames with a shell in front that make a look one at a shell."""


class Waiting(NamedTuple):
    """Looks whose name is not known yet, or that wait for those before them."""

    run: Run
    named: NamedState | None = None
    rule: NamingRule | None = None
    check: Check | None = None
    otherwise: NamingRule | None = None
    motion: Motion | None = None
    """Set while the next look may still name this look busy."""
    standing: bool = False
    """The stretch still lasts."""

    @property
    def decided(self) -> bool:
        """Return whether its name is decided: a name, or none."""
        return self.check is None and self.motion is None and not self.standing


class Decided(NamedTuple):
    """A run of looks with its name; None if nothing names it."""

    run: Run
    named: NamedState | None
    rule: NamingRule | None


class Track(Record):
    """The state of one pane between two looks."""

    last: Seen | None = None
    older: frozenset[int] = frozenset()
    """Lines of the frame before the last."""
    here: bool = False
    """An agent is in it: its program has shown a composer or a dialog since it came to the front."""
    was_here: bool = False
    """An agent has been in it, in the same process."""
    stretch: Stretch | None = None
    queue: tuple[Waiting, ...] = ()


class PaneLook(NamedTuple):
    """One look at one pane."""

    frames: Sequence[tuple[float, PaneShot]]
    run: Run
    """The claims of this look alone."""
    foreign: bool = False
    """The harness pressed keys in the pane since the look before."""
    noticed: bool = False
    """The harness told a manager about the pane since the look before."""
    word: NamedState | None = None
    """The state that the CLI itself reported."""


def follow_pane(track: Track, look: PaneLook, gap_s: float) -> tuple[Track, list[Decided]]:
    """Enter one look at a pane; returns the runs whose names are known by now, oldest first."""
    worker = _Worker(track, gap_s)
    worker.enter(look)
    return worker.track(), worker.decided


def close_pane(track: Track) -> list[Decided]:
    """Return the waiting runs when no look will follow; runs that are not decided stay unnamed."""
    return [
        Decided(one.run, one.named, one.rule) if one.decided else Decided(one.run, None, None) for one in track.queue
    ]


class _Worker:
    """The mutable state of one look."""

    def __init__(self, track: Track, gap_s: float) -> None:
        self._gap_s = gap_s
        self._last = track.last
        self._older = track.older
        self._here = track.here
        self._was_here = track.was_here
        self._stretch = track.stretch
        self._queue = list(track.queue)
        self.decided: list[Decided] = []

    def track(self) -> Track:
        return Track.model_construct(
            last=self._last,
            older=self._older,
            here=self._here,
            was_here=self._was_here,
            stretch=self._stretch,
            queue=tuple(self._queue),
        )

    def enter(self, look: PaneLook) -> None:
        if look.noticed and self._stretch is not None:
            self._stretch = self._stretch._replace(noticed=True)
        steps, began_in, shells, troubled = list[Step](), None, 0, False
        previous: PaneShot | None = None
        for number, (at, shot) in enumerate(look.frames):
            now = see(shot, at, self._last, previous)
            previous = shot
            step = self._frame(now, foreign=look.foreign, first=number == 0)
            if step is not None:
                steps.append(step)
            if number == 0:
                began_in = self._stretch
            troubled = troubled or (self._last is not None and self._last.trouble)
            shells += self._last is not None and self._last.presence is PaneOwner.SHELL
        before_own = len(steps) - (len(look.frames) - 1)
        self._name_moving(steps)
        lasted = began_in is not None and self._stretch is not None and began_in.since == self._stretch.since
        self._append(look, steps[before_own:], lasted=lasted, shells=shells, troubled=troubled)
        self._drain()

    def _frame(self, now: Seen, *, foreign: bool, first: bool) -> Step | None:
        last = self._last
        step = None
        if last is not None:
            step = step_between(self._older, last, now, gap_s=self._gap_s, foreign=foreign)
            self._check(step, new_look=first)
            if self._stretch is not None:
                self._stretch_on(self._stretch, step)
            self._older = frozenset() if step.broken else last.lines
        self._know_agent(now, last)
        self._last = now
        standing = self._condition(step) if self._stretch is None else None
        if standing is not None:
            self._stretch = Stretch(standing=standing, since=now.at, until=now.at)
        return step

    def _condition(self, step: Step | None) -> PaneCondition | None:
        """Return the stretch that begins or goes on with this frame."""
        if self._last is None:
            return None
        if self._here:
            return condition_of(self._last)
        taken_over = step is not None and not step.broken and step.before.presence is PaneOwner.SHELL
        return PaneCondition.STARTING if taken_over and self._last.presence is PaneOwner.PROGRAM else None

    def _know_agent(self, now: Seen, last: Seen | None) -> None:
        if last is not None and last.pid != now.pid:
            self._here = self._was_here = False
        if now.presence is PaneOwner.SHELL:
            self._here = False
        elif now.presence is PaneOwner.PROGRAM and (now.composer is not None or now.offers):
            self._here = self._was_here = True

    def _check(self, step: Step, *, new_look: bool) -> None:
        for place, one in enumerate(self._queue):
            if one.check is None:
                continue
            check = follow(one.check, step, new_look=new_look)
            self._queue[place] = (
                _settled(one, check.result) if check.result is not Result.OPEN else one._replace(check=check)
            )

    def _stretch_on(self, stretch: Stretch, step: Step) -> None:
        if goes_on(stretch, step):
            self._stretch = stretch._replace(until=step.now.at)
            return
        self._stretch = None
        if not self._queue or not self._queue[-1].standing:
            return
        end, one = ending(stretch, step), self._queue[-1]
        named = end.named
        if named is NamedState.IDLE and one.run.trouble:
            named = NamedState.AT_REST
        self._queue[-1] = one._replace(
            standing=False,
            named=named,
            rule=end.rule,
            check=end.check,
            otherwise=end.otherwise,
            motion=one.motion if end is NO_NAME else None,
        )

    def _name_moving(self, steps: Sequence[Step]) -> None:
        """Name the look before busy, or not, by the motion since then."""
        if not self._queue or (one := self._queue[-1]).motion is None or one.standing:
            return
        rule = busy_by(one.motion, steps)
        named = None if rule is None else NamedState.BUSY
        self._queue[-1] = one._replace(motion=None, named=named, rule=rule)

    def _append(self, look: PaneLook, own: Sequence[Step], *, lasted: bool, shells: int, troubled: bool) -> None:
        run, last = look.run, self._queue[-1] if self._queue else None
        if troubled:
            run = run._replace(trouble=True)
        if look.word is not None:
            self._queue.append(Waiting(run=run, named=look.word, rule=NamingRule.AGENT_WORD))
        elif shells == len(look.frames) >= _SHELL_FRAMES and self._was_here:
            self._queue.append(Waiting(run=run, named=NamedState.CRASHED, rule=NamingRule.SHELL))
        elif lasted and last is not None and last.standing:
            self._queue[-1] = last._replace(run=joined(last.run, run), motion=None)
        elif lasted:
            asks = self._stretch is not None and self._stretch.standing is PaneCondition.ASKING
            self._queue.append(Waiting(run=run, standing=True, motion=None if asks else motion_of(own)))
        else:
            motion = motion_of(own) if self._here else None
            self._queue.append(Waiting(run=run, motion=motion))

    def _drain(self) -> None:
        while self._queue and self._queue[0].decided:
            one = self._queue.pop(0)
            self.decided.append(Decided(one.run, one.named, one.rule))


def _settled(one: Waiting, result: Result) -> Waiting:
    """Return the name after a check."""
    if result is Result.FAILED and one.otherwise is not None:
        return one._replace(check=None, rule=one.otherwise)
    return one._replace(check=None) if result is Result.PASSED else one._replace(check=None, named=None, rule=None)
