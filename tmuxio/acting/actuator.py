"""The only code that presses keys, kills windows or opens them. It reads the pane before every key.

Keys go through a client that first asks for its script (`source-file -`): a client that was given up while its
server was stopped is dead by the time the server goes on, and its keys are never pressed.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tmuxio.acting import action
from tmuxio.acting.action import ActionResult, Guard, Veto
from tmuxio.acting.clearance import Clearance
from tmuxio.acting.composer import ComposerReader, ComposerText, read_prompt
from tmuxio.acting.last_check import unchanged_screen
from tmuxio.acting.line_typing import LOOKS, POLL_S, LineTyper
from tmuxio.acting.tokens import TokenPlace, find
from tmuxio.processes.front import unread
from tmuxio.reading.capture import pane_id
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxError
from understudy.failures import SourceFailed
from understudy.intents import Key
from understudy.ports import Clock
from understudy.screens import Frame, PaneShot
from understudy.tokens import squeeze

__all__ = ["ActionResult", "Actuator", "Guard", "TokenPlace", "Veto"]

SCROLLBACK: Final = 2000
"""Lines above the screen in which a token is looked for."""


class Actuator:
    """Acts on panes of one server. May be shared by threads: one of them at a time talks to the server."""

    def __init__(
        self,
        address: ServerAddress,
        guard: Guard,
        clock: Clock,
        *,
        deadline_s: float = 5.0,
        arrival_s: float = 3.0,
        composer: ComposerReader = read_prompt,
    ) -> None:
        """Take the default guard; a call may pass its own.

        `arrival_s` bounds the wait for a typed line; `composer` reads what stands in an agent's composer.
        """
        self._clock = clock
        self._arrival_s = arrival_s
        self._composer = composer
        self._clearance = Clearance(address, guard, clock, deadline_s)
        self._lines = LineTyper(self._clearance, clock, composer, guard, self._enter, arrival_s)

    def type_line(self, pane: str, pid: int, text: str, *, guard: Guard | None = None) -> ActionResult:
        """Type a text as one line into an empty composer and send it, once it stands there alone.

        Where something else stands there too, the typed text is taken away as far as it is distinct from the rest;
        `ActionResult.typed` says that it was not.
        """
        line = action.one_line(text)
        if not line:
            return ActionResult(done=False, why="there is nothing to type")
        return self._lines.type_line(pane, pid, line, guard)

    def withdraw(self, pane: str, pid: int, text: str, *, guard: Guard | None = None) -> ActionResult:
        """Take a typed line out of a composer again: its own letters, and none of those before and behind it."""
        return self._lines.withdraw(pane, pid, action.one_line(text), guard)

    def press(
        self, pane: str, pid: int, keys: Sequence[Key], *, guard: Guard | None = None, gap_s: float = 0.1
    ) -> ActionResult:
        """Press named keys, `gap_s` seconds apart, looking before each; raises ValueError for any but `Key`'s."""
        named = [Key(key) for key in keys]
        for number, key in enumerate(named):
            if number:
                self._clock.sleep(gap_s)
            pressed = self._press_one(pane, pid, key, guard)
            if not pressed.done:
                return replace(pressed, why=f"after {' '.join(named[:number])}: {pressed.why}") if number else pressed
        return ActionResult(done=True)

    def kill_window(self, pane: str, pid: int, *, guard: Guard | None = None) -> ActionResult:
        """Kill a pane, and with it its window where it is the only one; refused while a person types in the window.

        An agent need not be in front of it. Panes that were split beside it, or moved into its window, stay.
        """
        killed = ActionResult(done=False)
        for _ in range(LOOKS):
            shot = self._clearance.look(pane, pid, guard, window=True)
            if isinstance(shot, ActionResult):
                return shot
            prompt = action.only_shells(shot.processes)  # at which a person may type a command
            still = [*unchanged_screen(shot, cursor=prompt), *action.same_window(shot)]
            killed = self._act(action.if_unchanged(shot, f"kill-pane -t {pane}", keys=False, still=still))
            if not killed.changed:
                break
        return killed

    def spawn(self, session: str, index: int | None, name: str, command: str) -> ActionResult:
        """Open a window in a session, by default at its first free index, and type a command into its shell.

        A shell stays below the command, so that one which ends leaves a window behind that monitors can see. The window
        does not become the current one of any client. The result names its pane even where the command was not typed.
        """
        line = action.one_line(command)
        if not line:
            return ActionResult(done=False, why="there is no command to start")
        try:
            ident = self._session(session)
            if ident is None:
                return ActionResult(done=False, why=f"there is no session {session!r}")
        except SourceFailed as failure:
            return ActionResult(done=False, why=str(failure))
        try:
            made = self._clearance.request(action.open_window(ident, index, name))
        except TmuxError as failure:
            return ActionResult(done=False, why=str(failure), certain=False)
        if not made.blocks[0]:
            return ActionResult(done=False, why=f"tmux opened no window: {made.refusals.strip()}")
        pane, pid = made.blocks[0].decode().split()
        return replace(self._start(pane, int(pid), line), pane=pane, pid=int(pid))

    def find_token(self, pane: str, pid: int, token: str) -> TokenPlace:
        """Look for a delivery's token in a pane and the scrollback above it.

        Raises a `TmuxError` where the server cannot be read; a pane that is gone or has a new process is `NOWHERE`.
        """
        shot = self._clearance.frame([pane_id(pane)]).by_pane.get(pane)
        if shot is None or shot.pid != pid:
            return TokenPlace.NOWHERE
        (above,) = self._clearance.request(f"capture-pane -p -S -{SCROLLBACK} -E -1 -t {pane}").blocks
        history = above.decode("utf-8", "replace") if shot.history else ""  # without any, tmux prints the first row
        place = _place(history, shot, self._composer(shot), token)
        return TokenPlace.WAITING if place is TokenPlace.NOWHERE and unread(shot.tty, pid) else place

    def _press_one(self, pane: str, pid: int, key: Key, guard: Guard | None) -> ActionResult:
        pressed = ActionResult(done=False)
        for _ in range(LOOKS):
            shot = self._clearance.look(pane, pid, guard)
            if isinstance(shot, ActionResult):
                return shot
            pressed = self._clearance.act(shot, action.send_key(pane, key), self._composer(shot))
            if not pressed.changed:
                break
        return pressed

    def _enter(self, pane: str, pid: int, guard: Guard) -> ActionResult:
        return self._press_one(pane, pid, Key.ENTER, guard)

    def _act(self, command: str) -> ActionResult:
        return self._clearance.run(command)

    def _start(self, pane: str, pid: int, line: str) -> ActionResult:
        """Type a command into the shell of a new window, once that has shown something."""
        until = time.monotonic() + self._arrival_s
        try:
            while True:
                shot = self._frame().by_pane.get(pane)
                if shot is None or (why := action.objection(shot, pid, agent=False)):
                    return ActionResult(done=False, why=why if shot else action.GONE)
                if shot.text.strip() or time.monotonic() >= until:
                    break
                self._clock.sleep(POLL_S)  # a shell that still starts may throw away what is typed
        except SourceFailed as failure:
            return ActionResult(done=False, why=str(failure))
        keys = f"{action.send_text(pane, line)} ; {action.send_key(pane, Key.ENTER)}"
        return self._act(action.if_unchanged(shot, keys, front=False))

    def _frame(self) -> Frame:
        return self._clearance.frame()

    def _session(self, name: str) -> str | None:
        """Return the id of a session: names may look like targets of another kind."""
        lines = self._clearance.request("list-sessions -F '#{session_id} #{session_name}'").blocks[0]
        pairs = (line.partition(" ") for line in lines.decode("utf-8", "replace").split("\n"))
        return next((ident for ident, _, known in pairs if known == name), None)


def _place(history: str, shot: PaneShot, composer: ComposerText | None, token: str) -> TokenPlace:
    """Return the place of a token: text in the composer was not sent, text anywhere else was."""
    if composer is None:
        return find(f"{history}{shot.text}", token)
    wanted, rows = squeeze(token), shot.text.split("\n")
    if wanted in squeeze(composer.text):
        return TokenPlace.COMPOSER
    others = (f"{history}{''.join(rows[: composer.first])}", "".join(rows[composer.last + 1 :]))
    return TokenPlace.ABOVE if any(wanted in squeeze(text) for text in others) else TokenPlace.NOWHERE
