"""Eyes: on a tape, on a live server frame by frame, and on a live server as the monolith looked at it."""

from tmuxio.live_eyes import ServerEyes
from tmuxio.tape_eyes import TapeClock, TapeEyes
from tmuxio.window_eyes import LibtmuxEyes

__all__ = ["LibtmuxEyes", "ServerEyes", "TapeClock", "TapeEyes"]
