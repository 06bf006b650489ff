"""Frames at the speed of tmux: a list over a control client, and only the screens that may have changed.

Nothing is older than its frame: a screen that is not read again is one that was shown not to have changed since. The
processes of every pane are asked about each time, while tmux makes its list, since an agent may die without a byte
being printed. Screens that must be read again whatever the list will say are asked for together with it.
"""

import secrets
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tmuxio.processes.running import ProcessTrees
from tmuxio.reading import listing
from tmuxio.reading.listing import KnownPanes, Lasting, PaneRow
from tmuxio.reading.pane_cache import PaneCache
from tmuxio.reading.pane_query import PaneQuery
from tmuxio.reading.reader import Chains, Reader, shot
from tmuxio.reading.staleness import LastReading, clock_jumped, stale
from tmuxio.server.address import ServerAddress
from tmuxio.server.control import ControlClient
from tmuxio.server.errors import NoServer, ServerSilent, TmuxError, TmuxMissing
from tmuxio.server.transport import OneShot
from understudy.clock import SystemClock
from understudy.ports import Clock
from understudy.screens import Frame, PaneShot

_FULL_EVERY: Final = 60
"""Frames after which everything is read again, as a net below what no test has thought of."""
_BULK: Final = 20_000
"""Pieces of output times panes. What a control client is told leaves in pieces of 16 KB, for each of which tmux walks
all panes: above this (about 350 of 500 panes, 170 of 1000) a client of its own is cheaper, although it must be started.
Measured, and held to it, by tests/benchmarks/test_bulk_switch.py."""
_PIECE: Final = 16384
_NOTHING: Final = Lasting("", "")
_RETRY_S: Final = (0.5, 30.0)
"""Seconds without a control client after it failed: at first, and at most."""


@dataclass(slots=True)
class _Sight:
    """What one frame has come to know."""

    rows: dict[str, PaneRow]
    below: Mapping[int, tuple[str, ...]]
    """Processes by pane process."""
    closely: set[int]
    """Of which pane processes they were read closely."""
    screens: dict[str, str]
    lasting: dict[str, Lasting]


class ControlReader:
    """A source of frames for `ServerSource`, like a `Reader`; `close` it to end its client. Not for several threads."""

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
        self._processes = processes or ProcessTrees()
        self._control = ControlClient(address)
        self._bulk = Reader(address, deadline_s, transport=OneShot(address))
        self._buffer = f"understudy-{secrets.token_hex(4)}"
        self._wait_s, self._not_before = _RETRY_S[0], 0.0
        self._known = KnownPanes()
        self._mark = secrets.token_hex(8)  # nobody but tmux is ever told
        self._lists = {lasting: listing.question(self._mark, lasting=lasting) for lasting in (True, False)}
        self._rows: dict[str, PaneRow] = {}
        self._seen: dict[str, LastReading] = {}
        self._lasting: dict[str, Lasting] = {}
        self._below: Mapping[int, tuple[str, ...]] = {}
        self._elsewhere: set[str] = set()
        """Panes that had just begun to run something else: tmux may not have known its command yet."""
        self._pane_cache = PaneCache()
        self._frames = 0
        self._clocks = (0.0, 0.0)

    def frame(self, panes: Collection[str] | None = None, *, screens: bool = True) -> Frame:
        """Read every pane of the server as it is now; arguments and errors are those of `Reader.frame`."""
        at, clocks = self._clock.now(), (time.time(), time.monotonic())
        until = clocks[1] + self._deadline_s
        whole = self._frames % _FULL_EVERY == 0 or clock_jumped(self._clocks, clocks)
        if whole:
            self._seen = {pane: last._replace(second=0) for pane, last in self._seen.items()}

        def wanted(some: list[str]) -> list[str]:
            return [] if not screens else some if panes is None else [pane for pane in some if pane in panes]

        # What was stale when the last frame was done is so still: activity never goes back.
        sure = stale(self._rows, self._seen)
        sight = self._look(wanted(sure), {self._rows[pane].pid for pane in sure}, until, lasting=whole)
        moved = stale(sight.rows, self._seen)
        self._look_closer(sight, moved)
        due = wanted(moved)
        self._complete(sight, due, until)
        vanished = {pane for pane in due if pane not in sight.screens}
        self._keep(sight, int(clocks[0]), vanished)
        self.captures += len(due)
        self.spared += len(sight.rows) - len(due)
        self._frames, self._clocks = self._frames + 1, clocks
        shots = tuple(self._shot(pane, row, vanished=pane in vanished) for pane, row in sight.rows.items())
        return Frame.model_construct(at=at, panes=shots)

    def sessions(self) -> dict[str, int]:
        """List the sessions by name, as `Reader.sessions` does."""
        return self._bulk.sessions()

    def close(self) -> None:
        """End the control client."""
        self._control.close()

    def _look(self, sure: list[str], printed: set[int], until: float, *, lasting: bool) -> _Sight:
        """Read the list, with the screens that are due in any case, and the processes, those of `printed` closely."""
        sight = _Sight({}, {}, set(), {}, {})
        if self._without_client() or self._bulky(self._rows, sure):
            sight.rows, sight.screens = self._bulk.look(sure, until)
        else:
            self._look_by_client(sight, sure, printed, until, lasting=lasting)
        return sight

    def _look_closer(self, sight: _Sight, moved: list[str]) -> None:
        """Read the processes of panes that came, or printed since the list was asked for last."""
        pids = {row.pid for row in sight.rows.values()}
        late = {sight.rows[pane].pid for pane in moved} - sight.closely
        if late or not pids <= sight.below.keys():
            sight.below = self._processes(pids, late)

    def _look_by_client(
        self, sight: _Sight, sure: list[str], printed: set[int], until: float, *, lasting: bool
    ) -> None:
        def processes() -> None:
            if pids := {row.pid for row in self._rows.values()}:
                sight.below, sight.closely = self._processes(pids, printed), printed

        pane_query = self._pane_query(sure, self._elsewhere)
        questions = [self._lists[lasting], *pane_query.questions()]
        try:
            listed, *blocks = self._control.request(questions, self._left(until), processes).blocks
            sight.rows = listing.read(listed, self._mark, self._known)
            sight.screens, sight.lasting = pane_query.answers(blocks, sight.rows)
        except (NoServer, ServerSilent, TmuxMissing):
            raise
        except (TmuxError, listing.UnreadableListing):  # no session to attach to, or a name that forged an answer's end
            self._control.close()
            self._not_before = time.monotonic() + self._wait_s
            self._wait_s = min(self._wait_s * 2, _RETRY_S[1])
            sight.rows, sight.screens = self._bulk.look(sure, until)
            sight.below = {}  # time has passed
        else:
            self._wait_s = _RETRY_S[0]

    def _complete(self, sight: _Sight, due: list[str], until: float) -> None:
        """Read the screens that are due by the list, and what lasts of panes that run something else."""
        rows, below = sight.rows, sight.below
        elsewhere = {pane for pane, row in rows.items() if self._below.get(row.pid) != below.get(row.pid)}
        unnamed = {pane for pane in due if not below.get(rows[pane].pid)}  # nothing else tells who is there
        self._elsewhere = elsewhere
        asked = [pane for pane in elsewhere | unnamed if pane not in sight.lasting and not rows[pane].command]
        left = [pane for pane in due if pane not in sight.screens]
        if not (asked or left):
            return
        if not self._without_client() and not self._bulky(rows, left):
            pane_query = self._pane_query(left, asked)
            try:
                blocks = self._control.request(pane_query.questions(), self._left(until)).blocks
            except ServerSilent:
                raise
            except TmuxError:
                pass
            else:
                screens, lasting = pane_query.answers(blocks, rows)
                sight.screens |= screens
                sight.lasting |= lasting
                left = [pane for pane in left if pane not in screens]
                asked = []
        if left or asked:  # too many, or some whose size changed or that went meanwhile: one trip tells all of it
            later, screens = self._bulk.look(left, until)
            sight.screens |= screens
            for pane in {*screens, *asked} & later.keys():
                rows[pane] = later[pane]

    def _keep(self, sight: _Sight, second: int, vanished: set[str]) -> None:
        """Remember what was seen, and forget the panes that are gone."""
        rows = sight.rows
        for pane, ansi in sight.screens.items():
            last = self._seen.get(pane)
            self._seen[pane] = LastReading(rows[pane], second, moved=last is not None and last.ansi != ansi, ansi=ansi)
        self._lasting |= sight.lasting
        self._lasting |= {pane: Lasting(row.tty, row.command) for pane, row in rows.items() if row.tty}
        present = rows.keys() - vanished
        for kept in (self._seen, self._lasting):
            for pane in kept.keys() - present:
                del kept[pane]
        self._pane_cache.keep_only(present)
        self._rows, self._below = rows, sight.below

    def _pane_query(self, screens: Iterable[str], lasting: Iterable[str]) -> PaneQuery:
        # a screen printed to a client that leaks would stay in the server for good; a buffer's does not
        return PaneQuery(tuple(screens), tuple(lasting), self._buffer if self._control.leaks else None)

    def _without_client(self) -> bool:
        return time.monotonic() < self._not_before

    def _bulky(self, rows: Mapping[str, PaneRow], panes: Iterable[str]) -> bool:
        size = sum(rows[pane].width * rows[pane].height for pane in panes)
        return size / _PIECE * len(rows) > _BULK

    def _shot(self, pane: str, row: PaneRow, *, vanished: bool) -> PaneShot:
        below, lasting = self._below.get(row.pid, ()), self._lasting.get(pane, _NOTHING)
        if vanished:
            return shot(row, "", below, lasting=lasting, vanished=True)
        return self._pane_cache.shot(row, self._seen.get(pane), below, lasting)

    def _left(self, until: float) -> float:
        if (left := until - time.monotonic()) <= 0:
            raise ServerSilent(self.address.socket_path, self._deadline_s)
        return left
