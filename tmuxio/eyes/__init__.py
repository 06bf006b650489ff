"""Eyes: on a tape, on a live server frame by frame, and on a live server as the monolith looked at it."""

from tmuxio.eyes.live import ServerEyes
from tmuxio.eyes.tapes import TapeClock, TapeEyes
from tmuxio.eyes.windows import LibtmuxEyes

__all__ = ["LibtmuxEyes", "ServerEyes", "TapeClock", "TapeEyes"]
