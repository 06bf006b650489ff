"""Frames at the speed of tmux: a list over a control client, and only the screens that may have changed.

Nothing is older than its frame: a screen that is not read again is one that was shown not to have changed since. The
processes of every pane are read each time, since an agent may die without a byte being printed.
"""

import secrets
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from contract.clock import SystemClock
from contract.ports import Clock
from contract.screens import Frame, PaneShot
from tmuxio import capture, listing
from tmuxio.address import ServerAddress
from tmuxio.blocks import unescaped
from tmuxio.control import ControlClient
from tmuxio.errors import NoServer, ServerSilent, TmuxError, TmuxMissing
from tmuxio.listing import Row
from tmuxio.processes import Running
from tmuxio.reader import Chains, Reader, shot
from tmuxio.staleness import Seen, clock_jumped, stale
from tmuxio.transport import OneShot

_FULL_EVERY: Final = 60
"""Frames after which everything is read again, as a net below what no test has thought of."""
_BULK: Final = 20_000
"""Pieces of output times panes. What a control client is told leaves in pieces of 16 KB, for each of which tmux walks
all panes: above this (about 200 of 1000 panes) a client of its own is cheaper, although it must be started."""
_PIECE: Final = 16384
_RETRY_S: Final = (0.5, 30.0)
"""Seconds without a control client after it failed: at first, and at most."""


class Watch:
    """A source of frames for `ServerEyes`, like a `Reader`; `close` it to end its client. Not for several threads."""

    def __init__(
        self,
        address: ServerAddress,
        deadline_s: float = 5.0,
        *,
        clock: Clock | None = None,
        processes: Chains | None = None,
    ) -> None:
        self.address = address
        self.captures = 0
        """Screens that were read."""
        self.spared = 0
        """Screens that needed not be read."""
        self._deadline_s = deadline_s
        self._clock = clock or SystemClock()
        self._processes = processes or Running()
        self._control = ControlClient(address)
        self._bulk = Reader(address, deadline_s, transport=OneShot(address))
        self._buffer = f"understudy-{secrets.token_hex(4)}"
        self._wait_s, self._not_before = _RETRY_S[0], 0.0
        self._known: dict[str, Row] = {}
        self._seen: dict[str, Seen] = {}
        self._commands: dict[str, str] = {}
        self._below: dict[int, tuple[str, ...]] = {}
        self._elsewhere: set[str] = set()
        """Panes that had just begun to run something else: tmux may not have known its command yet."""
        self._shots: dict[str, tuple[object, PaneShot]] = {}
        self._frames = 0
        self._clocks = (0.0, 0.0)

    def frame(self, panes: Collection[str] | None = None, *, screens: bool = True) -> Frame:
        """Read every pane of the server as it is now; arguments and errors are those of `Reader.frame`."""
        at, clocks = self._clock.now(), (time.time(), time.monotonic())
        until = clocks[1] + self._deadline_s
        rows = self._list(until)
        below = dict(self._processes({row.pid for row in rows.values()}))
        elsewhere = {pane for pane, row in rows.items() if self._below.get(row.pid) != below.get(row.pid)}
        moved_on = elsewhere | (self._elsewhere & rows.keys())
        if self._frames % _FULL_EVERY == 0 or clock_jumped(self._clocks, clocks):
            self._seen = {pane: replace(last, second=0) for pane, last in self._seen.items()}
            due = list(rows)
        else:
            due = stale(rows, self._seen)
            due += moved_on.difference(due)
        if not screens:
            due = []
        elif panes is not None:
            due = [pane for pane in due if pane in panes]
        self._elsewhere = elsewhere | moved_on.difference(due)
        vanished = self._read(rows, due, int(clocks[0]), until)
        self._frames, self._clocks, self._below = self._frames + 1, clocks, below
        self._seen = {pane: last for pane, last in self._seen.items() if pane in rows and pane not in vanished}
        shots = tuple(self._shot(row, below.get(row.pid, ()), vanished=row.pane in vanished) for row in rows.values())
        self._shots = {pane: last for pane, last in self._shots.items() if pane in rows}
        self._commands = {shot.pane: shot.command for shot in shots}
        return Frame(at=at, panes=shots)

    def sessions(self) -> dict[str, int]:
        """List the sessions by name, as `Reader.sessions` does."""
        return self._bulk.sessions()

    def close(self) -> None:
        """End the control client."""
        self._control.close()

    def _list(self, until: float) -> dict[str, Row]:
        if time.monotonic() < self._not_before:
            return self._bulk.look((), until)[0]
        mark = secrets.token_hex(8)
        try:
            (block,) = self._control.ask([listing.question(mark, commands=False)], self._left(until)).blocks
            rows = listing.read(block, mark, self._known)
        except (NoServer, ServerSilent, TmuxMissing):
            raise
        except (TmuxError, listing.Unreadable):  # no session to attach to, or a name that forged an answer's end
            self._control.close()
            self._not_before = time.monotonic() + self._wait_s
            self._wait_s = min(self._wait_s * 2, _RETRY_S[1])
            return self._bulk.look((), until)[0]
        self._wait_s = _RETRY_S[0]
        return rows

    def _read(self, rows: dict[str, Row], due: Sequence[str], second: int, until: float) -> set[str]:
        """Read the screens that are due into memory, with the figures of that moment; returns who had gone."""
        self.captures += len(due)
        self.spared += len(rows) - len(due)
        if not due:
            return set()
        size = sum(rows[pane].width * rows[pane].height for pane in due)
        screens: dict[str, str] = {}
        bulky = size / _PIECE * len(rows) > _BULK or time.monotonic() < self._not_before
        if not bulky:
            screens = self._captured(rows, due, until)
        left = [pane for pane in due if pane not in screens]
        if left:  # too many, or some whose size changed or that went meanwhile: one trip tells all of it
            later, more = self._bulk.look(left, until)
            for pane in more:
                rows[pane] = later[pane]
                self._commands[pane] = later[pane].command
            screens |= more
        for pane, ansi in screens.items():
            last = self._seen.get(pane)
            moved = last is not None and last.ansi != ansi
            self._seen[pane] = Seen(rows[pane], second, moved, ansi)
        return {pane for pane in due if pane not in screens}

    def _captured(self, rows: dict[str, Row], due: Sequence[str], until: float) -> dict[str, str]:
        """Capture over the control client; panes that are gone, or whose size is another by now, are left out."""
        leaks = self._control.leaks
        questions: list[str] = []
        for pane in due:
            if leaks:  # a screen printed to this client would stay in the server for good; a buffer's does not
                name = self._buffer
                questions.append(f"capture-pane -e -b {name} -t {pane}\nshow-buffer -b {name}\ndelete-buffer -b {name}")
            else:
                questions.append(capture.question((pane,)))
            questions.append(f"display-message -p -t {pane} '#{{pane_current_command}}'")
        try:
            blocks = self._control.ask(questions, self._left(until)).blocks
        except ServerSilent:
            raise
        except TmuxError:
            return {}
        screens: dict[str, str] = {}
        for pane, block, command in zip(due, blocks[::2], blocks[1::2], strict=True):
            text = unescaped(block).removesuffix(b"\n") if leaks else block
            try:
                screens |= capture.read(text, (pane,), rows)
            except capture.Torn:
                continue
            self._commands[pane] = command.decode("utf-8", "replace").removesuffix("\n")
        return screens

    def _shot(self, row: Row, below: tuple[str, ...], *, vanished: bool) -> PaneShot:
        """The pane's record: the one of the frame before where nothing changed."""
        seen = self._seen.get(row.pane)
        command = row.command or self._commands.get(row.pane, "")
        made_of = (row, seen.ansi if seen else "", below, command, vanished)
        last = self._shots.get(row.pane)
        if last is not None and last[0] == made_of:
            return last[1]
        made = shot(replace(row, command=command), made_of[1], below, vanished=vanished)
        self._shots[row.pane] = (made_of, made)
        return made

    def _left(self, until: float) -> float:
        if (left := until - time.monotonic()) <= 0:
            raise ServerSilent(self.address.socket_path, self._deadline_s)
        return left
