"""The source on a tape: the recorded frames, and the time at which they were shot."""

from collections.abc import Collection, Mapping, Sequence

from tmuxio.sources.monolith import cut_name, printed
from understudy.clock import VirtualClock
from understudy.ports import SessionEntry, WindowEntry
from understudy.report import Problem
from understudy.screens import Frame, PaneShot, Tape


class TapeClock(VirtualClock):
    """Starts at the tape's last instant; sleeping moves it on at once."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape.at)


class TapeSource:
    """Implements both `ScreenSource` and `WindowSource` on a tape.

    Listings are those of the last frame. A look that asks for fewer frames than the tape has gets its last ones, so
    that every look ends at the same instant; one that asks for more gets all of them.
    """

    waited_s = 0.0
    """Reading a tape never waits."""

    def __init__(self, tape: Tape) -> None:
        self.problems = list[Problem]()
        """Stays empty: a tape has its frames."""
        self._frames = tape.frames
        self._last = tape.frames[-1]
        self._windows: dict[str, tuple[WindowEntry, ...]] = {}
        self._by_window: list[dict[str, PaneShot]] = []

    def look(self, frames: int = 1, gap_s: float = 0.3, panes: Collection[str] | None = None) -> Sequence[Frame]:
        """Return the tape's last frames, oldest first. The gaps are those of the tape, which has all screens."""
        del gap_s, panes
        return self._tail(frames)

    def sessions(self) -> Sequence[SessionEntry]:
        """List the sessions, by name as tmux does."""
        seen = {shot.session: SessionEntry(shot.session, str(shot.session_created), "0") for shot in self._last.panes}
        return [seen[name] for name in sorted(seen)]

    def windows(self, session: str) -> Sequence[WindowEntry]:
        """List a session's windows by index."""
        if (known := self._windows.get(session)) is None:
            shots = sorted((shot for shot in self._last.panes if _shows(shot, session)), key=_index)
            known = self._windows[session] = tuple(
                WindowEntry(str(shot.window_index), cut_name(shot.window), active=False, pane=shot.pane, pid=shot.pid)
                for shot in shots
            )
        return list(known)

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        """Read the active pane of `session:index` on the last frames; "" on those that do not show it."""
        del gap_s
        return [
            printed(shot.text) if shot else "" for shot in (shown.get(target) for shown in self._tail_by_window(looks))
        ]

    def _tail(self, frames: int) -> tuple[Frame, ...]:
        return self._frames[-frames:] if frames > 0 else ()

    def _tail_by_window(self, frames: int) -> Sequence[Mapping[str, PaneShot]]:
        """The panes of the last frames by `session:index`: looked up once for each of many windows."""
        if not self._by_window:
            self._by_window = [_by_window(frame) for frame in self._frames]
        return self._by_window[-frames:] if frames > 0 else ()


def _by_window(frame: Frame) -> dict[str, PaneShot]:
    """Return the active panes by `session:index`; the first where two have the same place."""
    return {f"{shot.session}:{shot.window_index}": shot for shot in reversed(frame.panes) if shot.active}


def _shows(shot: PaneShot, session: str) -> bool:
    return shot.session == session and shot.active


def _index(shot: PaneShot) -> int:
    return shot.window_index
