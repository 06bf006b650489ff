"""Reads a whole tmux server: its panes, their screens and their processes, in one round trip or two."""

import secrets
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

from tmuxio.processes.running import ProcessTrees
from tmuxio.reading import capture, listing
from tmuxio.reading.listing import Lasting, PaneRow
from tmuxio.server.address import ServerAddress
from tmuxio.server.errors import OutOfResources, ServerSilent, TmuxRefused
from tmuxio.server.transport import OneShot, Transport
from understudy.clock import SystemClock
from understudy.ports import Clock
from understudy.screens import Frame, PaneShot


class Chains(Protocol):
    """Names what runs below processes; see `tmuxio.processes.running.ProcessTrees`."""

    def __call__(self, pids: Iterable[int], closely: Collection[int] | None = None, /) -> Mapping[int, tuple[str, ...]]:
        """Name the processes below each of these, outermost first."""
        ...


_TRIES = 2
"""Attempts: a server changes once between a list and its screens; one that does so again is answered with an error."""


class Reader:
    """Reads one server. It remembers its panes, so that it can ask for their screens together with the list.

    Every reading has a deadline of `deadline_s` seconds as a whole. Not to be shared between threads.
    """

    def __init__(
        self,
        address: ServerAddress,
        deadline_s: float = 5.0,
        *,
        transport: Transport | None = None,
        clock: Clock | None = None,
        processes: Chains | None = None,
    ) -> None:
        self.address = address
        self._deadline_s = deadline_s
        self._transport = transport or OneShot(address)
        self._clock = clock or SystemClock()
        self._processes = processes or ProcessTrees()
        self._screens: dict[str, str] = {}

    def frame(self, panes: Collection[str] | None = None, *, screens: bool = True) -> Frame:
        """Read every pane of the server as it is at one instant.

        Args:
            panes: ids of those whose screens are wanted; the others have the screen that was last read, or none. None
                for all of them: a second round trip fetches those that are new.
            screens: whether any screen is wanted.

        Raises a `TmuxError` where the server cannot be read.
        """
        at, until = self._clock.now(), time.monotonic() + self._deadline_s
        asked = () if not screens else self._screens if panes is None else sorted(panes)
        rows, seen = self.look(asked, until)
        vanished: set[str] = set()
        if screens and panes is None and (new := [pane for pane in rows if pane not in seen]):
            later, more = self.look(new, until)
            vanished = set(new) - set(later)
            rows |= {pane: later[pane] for pane in new if pane in later}
            seen |= more
        self._screens = {pane: seen.get(pane, self._screens.get(pane, "")) for pane in rows if pane not in vanished}
        try:
            below = self._processes({row.pid for row in rows.values()})
        except OSError as error:  # processes that cannot be read may still run
            raise OutOfResources(self.address.socket_path, error) from error
        return Frame(
            at=at,
            panes=tuple(
                shot(row, self._screens.get(row.pane, ""), below.get(row.pid, ()), vanished=row.pane in vanished)
                for row in rows.values()
            ),
        )

    def sessions(self) -> dict[str, int]:
        """List the sessions by name, each with its creation in seconds since the epoch.

        Raises a `TmuxError` where the server cannot be read.
        """
        answers = self._transport.request(["list-sessions -F '#{session_created} #{session_name}'"], self._deadline_s)
        lines = answers.blocks[0].decode("utf-8", "replace").split("\n")[:-1]  # tmux escapes line ends in names
        return {name: int(created) for created, _, name in (line.partition(" ") for line in lines)}

    def typed(self, since: float) -> frozenset[str]:
        """Return the panes into which a person's keys have gone since an instant, as far as attached clients show it.

        tmux cuts a client's last key to whole seconds; one in the second of `since` counts. Keys that a
        manager or a script sent with `send-keys` leave no trace there. Raises a `TmuxError` where the server cannot be
        read.
        """
        shown = "#{client_control_mode} #{client_activity} #{pane_id}"
        (block,) = self._transport.request([f"list-clients -F '{shown}'"], self._deadline_s).blocks
        seen = (line.split(" ") for line in block.decode("utf-8", "replace").splitlines())
        return frozenset(pane for control, active, pane in seen if control != "1" and int(active) + 1 > since)

    def look(self, panes: Iterable[str], until: float) -> tuple[dict[str, PaneRow], dict[str, str]]:
        """Read the list and these screens in one round trip, which tmux answers without doing anything in between.

        `until` is an instant of the monotonic clock. Panes that are gone have neither a row nor a screen.
        """
        batches = capture.batches(panes)
        fault = ""
        for _ in range(_TRIES):
            mark = secrets.token_hex(8)
            questions = [listing.question(mark), *map(capture.question, batches)]
            if (within_s := until - time.monotonic()) <= 0:
                raise ServerSilent(self.address.socket_path, self._deadline_s)
            listed, *captured = self._transport.request(questions, within_s).blocks
            try:
                rows = listing.read(listed, mark)
                screens: dict[str, str] = {}
                for block, batch in zip(captured, batches, strict=True):
                    screens |= capture.read(block, batch, rows)
            except (listing.UnreadableListing, capture.TornCapture) as torn:
                fault = str(torn)
            else:
                return rows, screens
        raise TmuxRefused(self.address.socket_path, fault)


def shot(
    row: PaneRow, ansi: str, processes: tuple[str, ...], *, lasting: Lasting | None = None, vanished: bool = False
) -> PaneShot:
    """Make a pane's record from its row, its screen and its processes; `lasting` where the row has it not.

    The fields of a row have the names that they have in the record, which refuses one that it does not know.
    """
    fields: dict[str, object] = dict(zip(_OF_THE_RECORD, row[1:-1], strict=True))
    if lasting is not None:
        fields["tty"], fields["command"] = lasting
    fields["processes"] = processes
    fields["vanished"] = vanished
    fields["typed_at"] = None if row.typed is None else float(row.typed)
    fields["ansi"] = ansi
    return PaneShot.model_validate(fields)


_OF_THE_RECORD: Final = PaneRow._fields[1:-1]
"""All but `activity`, which no record has, and `typed`, which is an instant there."""
