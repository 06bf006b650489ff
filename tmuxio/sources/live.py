"""The fast source on a live server: whole frames."""

from collections.abc import Collection, Sequence
from typing import Protocol

from tmuxio.sources.sleep_meter import SleepMeter
from understudy.ports import Clock
from understudy.report import Problem
from understudy.screens import Frame


class FrameSource(Protocol):
    """The source of frames: a `Reader`, or the faster `ControlReader`."""

    def frame(self, panes: Collection[str] | None = None) -> Frame:
        """Read the server as it is now, with the screens of these panes or of all."""
        ...


class ServerSource:
    """Implements `understudy.ports.ScreenSource` on a live server."""

    def __init__(self, reader: FrameSource, clock: Clock) -> None:
        self._reader = reader
        self._sleep_meter = SleepMeter(clock)
        self.problems = list[Problem]()
        """Stays empty: what cannot be read is raised."""

    @property
    def waited_s(self) -> float:
        """Seconds spent asleep between frames."""
        return self._sleep_meter.waited_s

    def look(self, frames: int = 1, gap_s: float = 0.3, panes: Collection[str] | None = None) -> Sequence[Frame]:
        """Shoot frames now, oldest first; raises a `TmuxError` where the server cannot be read."""
        seen: list[Frame] = []
        for _ in range(frames):
            if seen:
                self._sleep_meter.sleep(gap_s)
            seen.append(self._reader.frame(panes))
        return seen
