"""The look before every action, and the one command that checks a pane and acts on it."""

import threading
import time
from collections.abc import Collection
from typing import Final

from tmuxio.acting import action
from tmuxio.acting.action import ActionResult, Guard, Veto
from tmuxio.acting.composer import ComposerText
from tmuxio.acting.last_check import unchanged_screen
from tmuxio.processes.front import stopped_in_front, unread
from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxError
from tmuxio.server.transport import Answers, OneShot
from understudy.failures import SourceFailed
from understudy.ports import Clock
from understudy.screens import Frame, PaneShot

QUIET_S: Final = 5.0
"""A person who pressed a key in a pane this recently is still typing."""
_AHEAD_S: Final = 2.0
"""A key whose instant lies so far in the future was pressed before the clock was put back."""


class Clearance:
    """Reads panes of one server and acts on those that are still as they were seen. May be shared by threads."""

    def __init__(self, address: ServerAddress, guard: Guard, clock: Clock, deadline_s: float) -> None:
        """Take the default guard; a call may pass its own."""
        self._guard = guard
        self._clock = clock
        self._deadline_s = deadline_s
        self._reader = Reader(address, deadline_s, clock=clock)
        self._carrier = OneShot(address)
        self._alone = threading.Lock()
        self._ahead: dict[str, tuple[str, float]] = {}
        """By client, a last key that lies in the future, and when it was first seen on the monotonic clock."""

    def frame(self, panes: Collection[str] | None = None) -> Frame:
        """Read every pane, and the screens of these; of all where none are named. Raises a `TmuxError`."""
        with self._alone:
            return self._reader.frame(panes)

    def request(self, *questions: str) -> Answers:
        """Ask the server; raises a `TmuxError`."""
        with self._alone:
            return self._carrier.request(questions, self._deadline_s)

    def look(self, pane: str, pid: int, guard: Guard | None, *, window: bool = False) -> PaneShot | ActionResult:
        """Look, ask the guard, and check that no person types: return the pane as it was seen, or the refusal.

        `window`: its window is meant, in which no agent has to be in front.
        """
        try:
            frame = self.frame()
            shot = frame.by_pane.get(pane)
            if shot is None:
                return ActionResult(done=False, why=action.GONE)
            why = action.objection(shot, pid, agent=not window) or ("" if window else _deaf(shot))
            if not why and (veto := _judged(guard or self._guard, shot, frame)) is not None:
                why = veto.why or "the guard refused"
            why = why or self._person_typing(shot, window=window)
        except SourceFailed as failure:
            return ActionResult(done=False, why=str(failure))
        return ActionResult(done=False, why=why) if why else shot

    def act(self, shot: PaneShot, command: str, composer: ComposerText | None) -> ActionResult:
        """Act if the pane is as it was seen, its composer holds the same text, and no dialog came up."""
        if composer is None:
            still = unchanged_screen(shot)
        else:
            ends = (composer.first, composer.last)
            still = unchanged_screen(shot, ends, cursor=composer.first <= shot.cursor_y <= composer.last)
        return self.run(action.if_unchanged(shot, command, still=still))

    def run(self, command: str) -> ActionResult:
        """Run a command of `action.if_unchanged` and return its result."""
        try:
            answers = self.request(command)
        except TmuxError as failure:
            return ActionResult(done=False, why=str(failure), certain=False)
        printed = answers.blocks[0].decode("utf-8", "replace").strip()
        if printed == action.YES:
            return ActionResult(done=True)
        return ActionResult(
            done=False, why=f"it changed at the last moment: {printed or answers.refusals.strip()}", changed=True
        )

    def _person_typing(self, shot: PaneShot, *, window: bool) -> str:
        """Return the refusal if a person types, or stopped the program meanwhile: the guard may have taken long."""
        place, kind = (shot.window_id, "window_id") if window else (shot.pane, "pane_id")
        shown = f"#{{client_control_mode}} #{{client_activity}} #{{{kind}}} #{{client_name}}"
        clients = self.request(f"list-clients -F '{shown}'").blocks[0]
        if self._typing(clients.decode("utf-8", "replace"), place):
            return f"a person typed in it within the last {QUIET_S:g} s"
        return action.STOPPED if not window and stopped_in_front(shot.pid) else ""

    def _typing(self, clients: str, place: str) -> bool:
        """Return whether a person types in a place, also where the clock was put back since their last key."""
        now = self._clock.now()
        present, ahead = [], {}
        for line in clients.splitlines():
            control, active, shown, client = [*line.split(" ", 3), "", ""][:4]  # one that is just attaching shows none
            if control == "1":  # a program, such as a monitor's own
                continue
            if int(active) > now + _AHEAD_S:
                kept = self._ahead.get(client)
                ahead[client] = kept if kept and kept[0] == active else (active, time.monotonic())
                if shown == place and time.monotonic() - ahead[client][1] < QUIET_S:
                    return True
            else:
                present.append(f"{active} {shown}")
        self._ahead = ahead
        return action.typing("\n".join(present), place, now, QUIET_S)


def _deaf(shot: PaneShot) -> str:
    """Return why the program in front would not take a key now; "" where it would."""
    if stopped_in_front(shot.pid):
        return action.STOPPED
    waiting = unread(shot.tty, shot.pid)
    return f"its program does not read: {waiting} typed bytes wait for it" if waiting else ""


def _judged(guard: Guard, shot: PaneShot, frame: Frame) -> Veto | None:
    try:
        return guard(shot, frame)
    except Exception as error:  # noqa: BLE001 - a guard that fails, however, has not agreed
        return Veto(f"the guard failed: {type(error).__name__}: {error}")
