"""The only code that presses keys, kills windows or opens them. It looks before it touches, every time.

Keys go through a client that first asks for its script (`source-file -`): one that was given up while its server was
stopped is dead by the time the server goes on, and its keys are never pressed.
"""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from contract.failures import LookingFailed
from contract.intents import Key
from contract.ports import Clock
from contract.screens import Frame, PaneShot
from tmuxio.reading.capture import pane_id
from tmuxio.reading.reader import Reader
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import TmuxError
from tmuxio.server.transport import Answers, OneShot
from tmuxio.touching import touch
from tmuxio.touching.tokens import Place, find, squeeze
from tmuxio.touching.touch import Guard, Touch, Veto

__all__ = ["Guard", "Hands", "Place", "Touch", "Veto"]

QUIET_S: Final = 5.0
"""Somebody who pressed a key in a pane this recently is still typing."""
SCROLLBACK: Final = 200
"""Lines above the screen in which a token is looked for."""

_POLL_S: Final = 0.05
_TAIL: Final = 24
"""Characters from the end of a line by which its arrival is told."""
_PASTED: Final = "[Pasted "
"""Some agents show a mark in place of a long text."""


class Hands:
    """Touches panes of one server. May be shared by threads: one of them at a time talks to the server."""

    def __init__(
        self, address: ServerAddress, guard: Guard, clock: Clock, *, deadline_s: float = 5.0, arrival_s: float = 3.0
    ) -> None:
        """Take the guard that is asked unless a touch brings its own; `arrival_s` bounds the wait for a typed line."""
        self._guard = guard
        self._clock = clock
        self._deadline_s = deadline_s
        self._arrival_s = arrival_s
        self._reader = Reader(address, deadline_s, clock=clock)
        self._carrier = OneShot(address)
        self._alone = threading.Lock()

    def type_line(self, pane: str, pid: int, text: str, *, guard: Guard | None = None) -> Touch:
        """Type a text as one line and send it: Enter is pressed once the text is seen, and the guard asked again."""
        line = touch.one_line(text)
        if not line:
            return Touch(done=False, why="there is nothing to type")
        shot = self._cleared(pane, pid, guard)
        if isinstance(shot, Touch):
            return shot
        typed = self._act(touch.if_unchanged(shot, touch.send_text(pane, line)))
        if not typed.done:
            return typed
        sent = self._arrives(pane, line, shot.text)
        if sent.done:
            sent = self.press(pane, pid, (Key.ENTER,), guard=guard)
        return sent if sent.done else replace(sent, why=f"typed, but not sent: {sent.why}")

    def press(
        self, pane: str, pid: int, keys: Sequence[Key], *, guard: Guard | None = None, gap_s: float = 0.1
    ) -> Touch:
        """Press named keys, `gap_s` seconds apart, looking before each; raises ValueError for any but `Key`'s."""
        named = [Key(key) for key in keys]
        for number, key in enumerate(named):
            if number:
                self._clock.sleep(gap_s)
            shot = self._cleared(pane, pid, guard)
            pressed = (
                shot if isinstance(shot, Touch) else self._act(touch.if_unchanged(shot, touch.send_key(pane, key)))
            )
            if not pressed.done:
                return replace(pressed, why=f"after {' '.join(named[:number])}: {pressed.why}") if number else pressed
        return Touch(done=True)

    def kill_window(self, pane: str, pid: int, *, guard: Guard | None = None) -> Touch:
        """Kill the window that holds a pane; an agent need not be in front of it, but nobody may type in the window."""
        shot = self._cleared(pane, pid, guard, window=True)
        if isinstance(shot, Touch):
            return shot
        return self._act(touch.if_unchanged(shot, f"kill-window -t {pane}", keys=False))

    def spawn(self, session: str, index: int | None, name: str, command: str) -> Touch:
        """Open a window in a session, by default at its first free index, and type a command into its shell.

        A shell stays below the command, so that one which ends leaves a window behind that monitors can see. The window
        does not come to anybody's front. The result names its pane even where the command could not be typed.
        """
        line = touch.one_line(command)
        if not line:
            return Touch(done=False, why="there is no command to start")
        try:
            ident = self._session(session)
            if ident is None:
                return Touch(done=False, why=f"there is no session {session!r}")
        except LookingFailed as failure:
            return Touch(done=False, why=str(failure))
        try:
            made = self._ask(touch.open_window(ident, index, name))
        except TmuxError as failure:
            return Touch(done=False, why=str(failure), certain=False)
        if not made.blocks[0]:
            return Touch(done=False, why=f"tmux opened no window: {made.refusals.strip()}")
        pane, pid = made.blocks[0].decode().split()
        return replace(self._start(pane, int(pid), line), pane=pane, pid=int(pid))

    def find_token(self, pane: str, pid: int, token: str) -> Place:
        """Look for a delivery's token in a pane and the scrollback above it.

        Raises a `TmuxError` where the server cannot be seen; a pane that is gone, or another's now, shows it nowhere.
        """
        pane_id(pane)
        process, screen = self._ask(
            f"display-message -p -t {pane} '#{{pane_pid}}'", f"capture-pane -p -S -{SCROLLBACK} -t {pane}"
        ).blocks
        if process.strip() != str(pid).encode():
            return Place.NOWHERE
        return find(screen.decode("utf-8", "replace"), token)

    def _cleared(self, pane: str, pid: int, guard: Guard | None, *, window: bool = False) -> PaneShot | Touch:
        """Look, ask the guard, and see that nobody types: the pane as it was seen, or the refusal."""
        try:
            frame = self._frame()
            shot = frame.by_pane.get(pane)
            if shot is None or (why := touch.objection(shot, pid, agent=not window)):
                return Touch(done=False, why=why if shot else touch.GONE)
            if (veto := _judged(guard or self._guard, shot, frame)) is not None:
                return Touch(done=False, why=veto.why)
            place, kind = (shot.window_id, "window_id") if window else (pane, "pane_id")
            clients = self._ask(f"list-clients -F '#{{client_activity}} #{{{kind}}}'").blocks[0]
        except LookingFailed as failure:
            return Touch(done=False, why=str(failure))
        if touch.typing(clients.decode("utf-8", "replace"), place, self._clock.now(), QUIET_S):
            return Touch(done=False, why=f"somebody typed in it within the last {QUIET_S:g} s")
        return shot

    def _act(self, command: str) -> Touch:
        try:
            answers = self._ask(command)
        except TmuxError as failure:
            return Touch(done=False, why=str(failure), certain=False)
        said = answers.blocks[0].decode("utf-8", "replace").strip()
        if said == touch.YES:
            return Touch(done=True)
        return Touch(done=False, why=f"it changed at the last moment: {said or answers.refusals.strip()}")

    def _start(self, pane: str, pid: int, line: str) -> Touch:
        """Type a command into the shell of a new window, once that has shown something."""
        until = self._clock.now() + self._arrival_s
        try:
            while True:
                shot = self._frame().by_pane.get(pane)
                if shot is None or (why := touch.objection(shot, pid, agent=False)):
                    return Touch(done=False, why=why if shot else touch.GONE)
                if shot.text.strip() or self._clock.now() >= until:
                    break
                self._clock.sleep(_POLL_S)  # a shell that still starts may throw away what is typed
        except LookingFailed as failure:
            return Touch(done=False, why=str(failure))
        keys = f"{touch.send_text(pane, line)} ; {touch.send_key(pane, Key.ENTER)}"
        return self._act(touch.if_unchanged(shot, keys, front=False))

    def _arrives(self, pane: str, line: str, before: str) -> Touch:
        """Wait until the end of a typed line shows in its pane once more than before."""
        tail = squeeze(line)[-_TAIL:]
        until = self._clock.now() + self._arrival_s
        try:
            while (shot := self._frame().by_pane.get(pane)) is not None:
                seen = squeeze(shot.text).count(tail) > squeeze(before).count(tail)
                if seen or shot.text.count(_PASTED) > before.count(_PASTED):
                    return Touch(done=True)
                if self._clock.now() >= until:
                    return Touch(done=False, why=f"the text did not show within {self._arrival_s:g} s")
                self._clock.sleep(_POLL_S)
        except LookingFailed as failure:
            return Touch(done=False, why=str(failure))
        return Touch(done=False, why=touch.GONE)

    def _frame(self) -> Frame:
        with self._alone:
            return self._reader.frame()

    def _ask(self, *questions: str) -> Answers:
        with self._alone:
            return self._carrier.ask(questions, self._deadline_s)

    def _session(self, name: str) -> str | None:
        """The id of a session: names may look like targets of another kind."""
        lines = self._ask("list-sessions -F '#{session_id} #{session_name}'").blocks[0].decode("utf-8", "replace")
        pairs = (line.partition(" ") for line in lines.split("\n"))
        return next((ident for ident, _, known in pairs if known == name), None)


def _judged(guard: Guard, shot: PaneShot, frame: Frame) -> Veto | None:
    try:
        return guard(shot, frame)
    except Exception as error:  # noqa: BLE001 - a guard that fails, however, has not said yes
        return Veto(f"the guard failed: {type(error).__name__}: {error}")
