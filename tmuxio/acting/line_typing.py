"""Types one line into an empty composer; sends it if it stands there alone, and takes it away if it does not."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tmuxio.acting import action
from tmuxio.acting.action import ActionResult, Guard, Veto
from tmuxio.acting.clearance import Clearance
from tmuxio.acting.composer import ComposerReader, ComposerText, holds, may_still_come
from tmuxio.acting.erasing import erasable, in_front
from understudy.failures import SourceFailed
from understudy.ports import Clock
from understudy.screens import Frame, PaneShot
from understudy.tokens import squeeze

POLL_S: Final = 0.05
LOOKS: Final = 3
"""Times that a pane is looked at anew because it changed between the look and the key."""
_ROUNDS: Final = 12
"""Times that backspaces are sent for one line: a program may take several for one."""
_SETTLE_S: Final = 2.0
"""Seconds that a program may take to show that backspaces came."""
_STILL: Final = 4
"""Looks in a row at the same screen after which no more of them is on its way."""
NOT_ALONE: Final = "something else stands in the composer with it"


class LineTyper:
    """Types lines into composers. May be shared by threads."""

    def __init__(
        self,
        clearance: Clearance,
        clock: Clock,
        composer: ComposerReader,
        guard: Guard,
        press_enter: Callable[[str, int, Guard], ActionResult],
        arrival_s: float,
    ) -> None:
        """Take the clearance that reads panes and acts; `arrival_s` bounds the wait for a typed line."""
        self._clearance = clearance
        self._clock = clock
        self._composer = composer
        self._guard = guard
        self._press_enter = press_enter
        self._arrival_s = arrival_s

    def type_line(self, pane: str, pid: int, line: str, guard: Guard | None) -> ActionResult:
        """Type a line into an empty composer; send it once it stands there alone, else take it away again."""
        for _ in range(LOOKS):
            shot = self._clearance.look(pane, pid, guard)
            if isinstance(shot, ActionResult):
                return shot
            composer = self._composer(shot)
            if composer is None:
                return ActionResult(done=False, why="no composer is recognised in it: it may hold a person's draft")
            if composer.text:
                return ActionResult(done=False, why="its composer is not empty: a draft stands in it")
            typed = self._clearance.act(shot, action.send_text(pane, line), composer)
            if not typed.changed:
                break
        return self._send(pane, pid, line, guard) if typed.done else typed

    def withdraw(self, pane: str, pid: int, line: str, guard: Guard | None) -> ActionResult:
        """Take the letters of a line of ours out of a composer; done where none of them is left.

        Not while a person types: a letter that was pressed and is not drawn yet would be taken in place of ours.
        """
        foreign: str | None = None
        for number in range(_ROUNDS):
            shot = self._clearance.look(pane, pid, guard)
            if isinstance(shot, ActionResult):
                return _left(shot.why)
            composer = self._composer(shot) or ComposerText("", 0, 0)
            if foreign is None:
                foreign = in_front(composer.text, line)
            if number and squeeze(composer.text) == foreign:
                return ActionResult(done=True)
            count = erasable(shot, composer, line, foreign)
            if not count:
                return _left("it cannot be separated from the other text in the composer")
            erased = self._clearance.act(shot, action.erase(pane, count), composer)
            if erased.done and not self._settles(pane, shot):
                break
            if not erased.done and not erased.changed:
                return replace(_left(erased.why), certain=erased.certain)
        return replace(_left("its program does not show that backspaces came"), certain=False)

    def _send(self, pane: str, pid: int, line: str, guard: Guard | None) -> ActionResult:
        sent = self._arrives(pane, line)
        if sent.done:
            only = OnlyThisLine(line, self._composer, guard or self._guard)
            sent = self._press_enter(pane, pid, only)
            if sent.done or not only.mixed:
                return sent if sent.done else replace(sent, why=f"typed, but not sent: {sent.why}", typed=True)
        elif sent.why != NOT_ALONE:
            return replace(sent, why=f"typed, but not sent: {sent.why}", typed=True)
        withdrawn = self.withdraw(pane, pid, line, guard)
        if withdrawn.done:
            return ActionResult(done=False, why=f"typed, and withdrawn: {NOT_ALONE}")
        why = f"typed, but not sent: {NOT_ALONE}, and {withdrawn.why}"
        return ActionResult(done=False, why=why, certain=withdrawn.certain, typed=True)

    def _arrives(self, pane: str, line: str) -> ActionResult:
        """Wait until a typed line stands in the composer, alone."""
        until = time.monotonic() + self._arrival_s
        try:
            while (shot := self._clearance.frame([pane]).by_pane.get(pane)) is not None:
                composer, late = self._composer(shot), time.monotonic() >= until
                if composer is not None and holds(composer.text, line):
                    return ActionResult(done=True)
                mixed = composer is not None and not may_still_come(composer.text, line)
                if mixed and composer is not None and (late or in_front(composer.text, line) is not None):
                    return ActionResult(done=False, why=NOT_ALONE)
                if late:
                    return ActionResult(done=False, why=f"the text did not show within {self._arrival_s:g} s")
                self._clock.sleep(POLL_S)
        except SourceFailed as failure:
            return ActionResult(done=False, why=str(failure))
        return ActionResult(done=False, why=action.GONE)

    def _settles(self, pane: str, before: PaneShot) -> bool:
        """Wait until a pane shows something else than before, and stands still then."""
        last, stood = before, 0
        until = time.monotonic() + _SETTLE_S
        while time.monotonic() < until:
            self._clock.sleep(POLL_S)
            try:
                shot = self._clearance.frame([pane]).by_pane.get(pane)
            except SourceFailed:
                return False
            if shot is None:
                return False
            stood = stood + 1 if shot.ansi == last.ansi != before.ansi else 0
            if stood >= _STILL:
                return True
            last = shot
        return last.ansi != before.ansi


class OnlyThisLine:
    """A guard that asks another, and vetoes where the composer does not hold exactly one line of ours."""

    def __init__(self, line: str, composer: ComposerReader, guard: Guard) -> None:
        self._line = line
        self._composer = composer
        self._guard = guard
        self.mixed = False
        """Return whether the composer was seen to hold something else as well."""

    def __call__(self, shot: PaneShot, frame: Frame) -> Veto | None:
        """Judge the frame."""
        composer = self._composer(shot)
        if composer is None:
            return Veto("no composer is recognised in it any more")
        if not holds(composer.text, self._line):
            self.mixed = not may_still_come(composer.text, self._line)
            return Veto(NOT_ALONE if self.mixed else "the line does not stand in the composer")
        return self._guard(shot, frame)


def _left(why: str) -> ActionResult:
    return ActionResult(done=False, why=f"it was left there: {why}", typed=True)
