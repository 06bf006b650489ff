"""Screen sources: a tape, a live server frame by frame, and a live server as the monolith read it."""

from tmuxio.sources.live import ServerSource
from tmuxio.sources.tapes import TapeClock, TapeSource
from tmuxio.sources.windows import LibtmuxSource

__all__ = ["LibtmuxSource", "ServerSource", "TapeClock", "TapeSource"]
