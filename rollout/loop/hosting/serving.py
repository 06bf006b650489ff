"""Serve a monitor from within its own process: its construction, and the source that a request names."""

from pathlib import Path
from typing import Any

from rollout.loop.hosting.monitors import MonitorSpec, SourceKind, load
from understudy.clock import SystemClock
from understudy.ports import Monitor, ScreenSource, WindowSource
from understudy.serve import OpenedSource, serve_stdio
from understudy.tapes import unpack
from understudy.wire import Live, OnTape


class SourceOpener:
    """Opens the source that a request names: a tape is replayed; on a live server it is kept between requests."""

    def __init__(self, kind: SourceKind = "server") -> None:
        self.kind = kind
        self._kept: dict[str, ScreenSource | WindowSource] = {}
        self._clock = SystemClock()

    def __call__(self, sight: OnTape | Live) -> OpenedSource:
        """Raises `SourceFailed` where there is nothing to look at."""
        # imported here: a monitor that only ever watches tapes needs no way to a server
        if isinstance(sight, OnTape):
            from tmuxio.sources import TapeClock, TapeSource  # noqa: PLC0415

            tape = unpack(sight.tape)
            return OpenedSource(TapeSource(tape), TapeClock(tape))
        if sight.socket_path not in self._kept:
            self._kept[sight.socket_path] = _live(self.kind, Path(sight.socket_path), self._clock)
        return OpenedSource(self._kept[sight.socket_path], self._clock)


def _live(kind: SourceKind, socket_path: Path, clock: SystemClock) -> ScreenSource | WindowSource:
    from tmuxio.reading.control_reader import ControlReader  # noqa: PLC0415
    from tmuxio.server.address import ServerAddress  # noqa: PLC0415 - as above
    from tmuxio.sources import LibtmuxSource, ServerSource  # noqa: PLC0415

    address = ServerAddress(socket_path)
    return LibtmuxSource(address, clock) if kind == "windows" else ServerSource(ControlReader(address), clock)


def serve_spec(spec: MonitorSpec) -> None:
    """Serve a monitor on the standard streams until they end; raises `UnknownMonitor` where it cannot be made."""
    source = SourceOpener()

    def make() -> Monitor[Any]:
        monitor, source.kind = load(spec)
        return monitor

    serve_stdio(make, source)
