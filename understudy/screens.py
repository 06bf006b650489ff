"""The visible state of a tmux server: one pane, one frame of all panes, and a tape of a few frames."""

import re
from functools import cached_property

from understudy.record import Instant, Record

_SEQUENCES = re.compile("\x1b\\[[0-9;:?]*[ -/]*[@-~]")
"""Nearly all escapes are of this form. It begins with a fixed prefix, which makes the search eight times as fast."""
ESCAPES = re.compile("\x1b\\[[0-9;:?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[()][0-9A-B]|[\x0e\x0f]")
"""The escape sequences that `capture-pane -e` prints."""


def plain(ansi: str) -> str:
    """Take the colours out of a screen: return the text that `capture-pane -p` prints without `-e`.

    Blanks at the ends of lines go with them, as tmux trims them where no colour stands behind.
    """
    if "\x1b" in ansi or "\x0e" in ansi:
        others = ansi.count("\x1b") > ansi.count("\x1b[") or "\x0e" in ansi or "\x0f" in ansi
        ansi = (ESCAPES if others else _SEQUENCES).sub("", ansi)
    if " \n" not in ansi and not ansi.endswith(" "):
        return ansi
    return "\n".join([line.rstrip(" ") for line in ansi.split("\n")])


class PaneShot(Record):
    """One pane at one instant."""

    pane: str
    """tmux's id, such as `%12`."""
    pid: int
    session: str
    session_id: str
    """tmux's id, such as `$3`: names may be changed under a running monitor."""
    session_created: int
    """Seconds since the epoch."""
    window_id: str
    window_index: int
    window: str
    """The window's name."""
    window_panes: int = 1
    """The number of panes in its window."""
    active: bool = True
    """True if it is its window's active pane."""
    title: str = ""
    width: int = 80
    """Cells."""
    height: int = 24
    """Cells."""
    cursor_x: int = 0
    cursor_y: int = 0
    dead: bool = False
    """The process ended and `remain-on-exit` keeps the pane."""
    alternate: bool = False
    """The alternate screen is on."""
    in_mode: bool = False
    """Copy mode, or another mode of tmux: the screen is not the agent's."""
    tty: str = ""
    command: str = ""
    """tmux's `pane_current_command`."""
    processes: tuple[str, ...] = ()
    """Command names from the pane's own process down to the one in front; empty where they could not be read."""
    history: int = 0
    """Lines of scrollback above the screen."""
    typed_at: Instant | None = None
    """The instant of a person's last key in it, or turn to it; None where no person's terminal shows it."""
    vanished: bool = False
    """It was listed but gone when its text was read: `ansi` is empty and means nothing."""
    ansi: str = ""
    """The visible screen with colours, as `capture-pane -p -e` prints it."""

    @property
    def key(self) -> str:
        """Return pane and process id as one text: the identity of its occupant. A respawned pane has another."""
        return f"{self.pane}/{self.pid}"

    @cached_property
    def text(self) -> str:
        """The visible screen without colours."""
        return plain(self.ansi)


class Frame(Record):
    """All panes of a server as they were at one instant."""

    at: Instant
    panes: tuple[PaneShot, ...]

    @cached_property
    def by_pane(self) -> dict[str, PaneShot]:
        """The shots by pane id."""
        return {shot.pane: shot for shot in self.panes}


class Tape(Record):
    """A few frames of one server, oldest first, about 0.3 s apart: enough to see motion."""

    id: str
    frames: tuple[Frame, ...]

    @property
    def at(self) -> float:
        """The time of its last frame, in seconds since the epoch."""
        return self.frames[-1].at
