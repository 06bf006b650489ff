"""Serving a monitor of ours from within its own process: its making, and eyes for whatever it is shown."""

from pathlib import Path
from typing import Any

from rollout.loop.hosting.monitors import EyesKind, MonitorSpec, load
from understudy.clock import SystemClock
from understudy.ports import Eyes, Monitor, WindowEyes
from understudy.serve import Sighted, serve_stdio
from understudy.tapes import unpack
from understudy.wire import Live, OnTape


class OurEyes:
    """Opens eyes on whatever a request shows: a tape is replayed; on a live server they are kept between requests."""

    def __init__(self, kind: EyesKind = "server") -> None:
        self.kind = kind
        self._kept: dict[str, Eyes | WindowEyes] = {}
        self._clock = SystemClock()

    def __call__(self, sight: OnTape | Live) -> Sighted:
        """Raises `SourceFailed` where there is nothing to look at."""
        # imported here: a monitor that only ever watches tapes needs no way to a server
        if isinstance(sight, OnTape):
            from tmuxio.eyes import TapeClock, TapeEyes  # noqa: PLC0415

            tape = unpack(sight.tape)
            return Sighted(TapeEyes(tape), TapeClock(tape))
        if sight.socket_path not in self._kept:
            self._kept[sight.socket_path] = _live(self.kind, Path(sight.socket_path), self._clock)
        return Sighted(self._kept[sight.socket_path], self._clock)


def _live(kind: EyesKind, socket_path: Path, clock: SystemClock) -> Eyes | WindowEyes:
    from tmuxio.eyes import LibtmuxEyes, ServerEyes  # noqa: PLC0415
    from tmuxio.reading.watch import Watch  # noqa: PLC0415
    from tmuxio.server.address import ServerAddress  # noqa: PLC0415 - as above

    address = ServerAddress(socket_path)
    return LibtmuxEyes(address, clock) if kind == "windows" else ServerEyes(Watch(address), clock)


def serve_spec(spec: MonitorSpec) -> None:
    """Serve a monitor on the standard streams until they end; raises `UnknownMonitor` where it cannot be made."""
    eyes = OurEyes()

    def make() -> Monitor[Any]:
        monitor, eyes.kind = load(spec)
        return monitor

    serve_stdio(make, eyes)
