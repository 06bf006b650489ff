"""Eyes on a tape: what any monitor sees when it watches what was recorded, and the time it was then."""

from collections.abc import Collection, Sequence

from contract.clock import VirtualClock
from contract.ports import SessionSeen, WindowSeen
from contract.screens import Frame, PaneShot, Tape
from tmuxio.monolith import cut_name, printed


class TapeClock(VirtualClock):
    """Stands at the tape's last instant when the watching begins; sleeping moves it on at once."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape.at)


class TapeEyes:
    """Implements both `Eyes` and `WindowEyes` on a tape.

    Listings are those of the last frame. A look that asks for fewer frames than the tape has gets its last ones, so
    that every look ends at the same instant; one that asks for more gets what there is.
    """

    waited_s = 0.0
    """Watching a tape never waits."""

    def __init__(self, tape: Tape) -> None:
        self._frames = tape.frames
        self._last = tape.frames[-1]

    def look(self, frames: int = 1, gap_s: float = 0.3, panes: Collection[str] | None = None) -> Sequence[Frame]:
        """Show the tape's last frames, oldest first. Gaps are the tape's own, and its screens all there already."""
        del gap_s, panes
        return self._tail(frames)

    def sessions(self) -> Sequence[SessionSeen]:
        """List the sessions, by name as tmux does."""
        seen = {shot.session: SessionSeen(shot.session, str(shot.session_created), "0") for shot in self._last.panes}
        return [seen[name] for name in sorted(seen)]

    def windows(self, session: str) -> Sequence[WindowSeen]:
        """List a session's windows by index."""
        shots = sorted(self._active(session), key=lambda shot: shot.window_index)
        return [
            WindowSeen(str(shot.window_index), cut_name(shot.window), active=False, pane=shot.pane, pid=shot.pid)
            for shot in shots
        ]

    def capture(self, target: str, looks: int = 1, gap_s: float = 0.3) -> Sequence[str]:
        """Read the active pane of `session:index` on the last frames; "" on those that do not show it."""
        del gap_s
        session, _, index = target.rpartition(":")
        return [
            next((printed(shot.text) for shot in self._active(session, frame) if str(shot.window_index) == index), "")
            for frame in self._tail(looks)
        ]

    def _active(self, session: str, frame: Frame | None = None) -> list[PaneShot]:
        return [shot for shot in (frame or self._last).panes if shot.session == session and shot.active]

    def _tail(self, frames: int) -> tuple[Frame, ...]:
        return self._frames[-frames:] if frames > 0 else ()
